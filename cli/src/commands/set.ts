import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { statJson } from '../output/node-json.ts';

export interface SetOptions {
  readonly version?: number;
}

export async function set(
  context: Context,
  text: string,
  valueText: string,
  { version }: SetOptions,
): Promise<ExitCode> {
  const value = await context.readValue(valueText);
  const { client, path } = await context.at(text);
  const stat = await client.set(path, value, { version });
  if (context.json) await context.jsonLine({ path, stat: statJson(stat) });
  return ExitCode.ok;
}
