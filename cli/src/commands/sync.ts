import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';

/** Says nothing: that it ends is the answer. */
export async function sync(context: Context, text: string): Promise<ExitCode> {
  const { client, path } = await context.at(text);
  await client.sync(path);
  if (context.json) await context.jsonLine({ path });
  return ExitCode.ok;
}
