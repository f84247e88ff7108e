import { createReadStream } from 'node:fs';
import { copyTo, linesOf, type ModelNode, makeParents, parseExportLine } from '@rookery/client/subtree';
import type { Context } from '../context.ts';
import { tellCopied } from '../copying/told.ts';
import { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failures.ts';
import { countText } from '../quantities.ts';

export interface ImportOptions {
  readonly parents?: boolean;
  readonly merge?: boolean;
}

/** Creates at a path what an export has, as it is read. */
export async function importFrom(
  context: Context,
  file: string,
  text: string,
  { parents, merge }: ImportOptions,
): Promise<ExitCode> {
  const { client, path } = await context.at(text);
  const chunks = file === '-' ? context.stdin : readFrom(file);
  let end: { readonly nodes: number; readonly ephemeralsLeftOut: number } | undefined;
  async function* nodes(): AsyncGenerator<ModelNode> {
    let number = 0;
    for await (const text of linesOf(chunks)) {
      const line = parseExportLine(text, ++number);
      if (end !== undefined) throw new UsageError(`line ${number} of the export stands behind its end`);
      if (line.is === 'node') yield line.node;
      else if (line.is === 'end') end = line;
      else if (parents === true) await makeParents(client, path);
    }
  }
  const copied = await copyTo(client, path, nodes(), {
    merges: merge === true,
    done: (count) => context.progress.show(`${countText(count)} nodes copied`),
  });
  if (end?.nodes !== copied.nodes) {
    throw new UsageError(
      `${file} is not whole: ${end === undefined ? 'its last line is missing' : `it should have ${end.nodes} nodes`}; ${copied.nodes} were imported`,
    );
  }
  await tellCopied(context, copied, end.ephemeralsLeftOut);
  return ExitCode.ok;
}

async function* readFrom(file: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(file) as AsyncIterable<Buffer>;
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
