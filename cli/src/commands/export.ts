import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { endLine, headLine, modelOf, nodeLine, walk } from '@rookery/client/subtree';
import type { Context } from '../context.ts';
import { tellEphemerals } from '../copying/told.ts';
import { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failures.ts';
import { Out } from '../output/out.ts';
import { counted, countText } from '../quantities.ts';

/** Values may be secrets. */
const FILE_MODE = 0o600;

/** Writes the subtree as lines of JSON. A file is there whole, or as it was before. */
export async function exportTo(context: Context, text: string, file: string): Promise<ExitCode> {
  if (file === '-') {
    const { ephemerals } = await writeTo(context, context.out, text);
    tellEphemerals(context, ephemerals);
    return ExitCode.ok;
  }
  const unfinished = `${file}.unfinished`;
  const stream = createWriteStream(unfinished, { mode: FILE_MODE });
  let failure: Error | undefined;
  const out = new Out(stream, (error) => {
    failure = error ?? new Error('it was closed');
  });
  try {
    const { nodes, ephemerals } = await writeTo(context, out, text, () => failure);
    await new Promise<void>((resolve) => stream.end(() => resolve()));
    if (failure !== undefined) throw cannotWrite(file, failure);
    await rename(unfinished, file).catch((error: Error) => {
      throw cannotWrite(file, error);
    });
    tellEphemerals(context, ephemerals);
    await (context.json
      ? context.jsonLine({ nodes, ephemeralsLeftOut: ephemerals, file })
      : context.out.line(`${counted(nodes, 'node')} in ${file}`));
    return ExitCode.ok;
  } catch (error) {
    stream.destroy();
    await rm(unfinished, { force: true });
    throw failure === undefined ? error : cannotWrite(file, failure);
  }
}

async function writeTo(
  context: Context,
  out: Out,
  text: string,
  failed: () => Error | undefined = () => undefined,
): Promise<{ readonly nodes: number; readonly ephemerals: number }> {
  const { client, path, isServersOwn } = await context.at(text);
  let nodes = 0;
  let ephemerals = 0;
  await out.line(headLine(path, new Date(context.nowMs()).toISOString()));
  const met = walk(client, path, { leavesOut: isServersOwn });
  for await (const node of modelOf(client, path, met, () => ephemerals++)) {
    await out.line(nodeLine(node));
    context.progress.show(`${countText(++nodes)} nodes exported`);
    const failure = failed();
    if (failure !== undefined) throw failure;
  }
  await out.line(endLine(nodes, ephemerals));
  await out.flush();
  return { nodes, ephemerals };
}

function cannotWrite(file: string, error: Error): UsageError {
  return new UsageError(`${file} cannot be written: ${error.message}`);
}
