import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { NotFound } from '../failures.ts';
import { statJson } from '../output/node-json.ts';
import { statLines } from '../output/node-text.ts';
import { listing } from '../output/table.ts';

export async function stat(context: Context, text: string): Promise<ExitCode> {
  const { client, path } = await context.at(text);
  const found = await client.exists(path);
  if (found === undefined) throw new NotFound(path);
  await (context.json
    ? context.jsonLine({ path, stat: statJson(found) })
    : context.out.line(listing(statLines(found))));
  return ExitCode.ok;
}
