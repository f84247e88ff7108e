import { aclTexts, parseAcl } from '@rookery/client/subtree';
import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';

export interface AclSetOptions {
  /** Of the access list. */
  readonly version?: number;
}

export async function getAcl(context: Context, text: string): Promise<ExitCode> {
  const { client, path } = await context.at(text);
  const { acl, stat } = await client.getAcl(path);
  if (context.json) await context.jsonLine({ path, acl: aclTexts(acl), aversion: stat.aversion });
  else for (const entry of aclTexts(acl)) await context.out.line(entry);
  return ExitCode.ok;
}

export async function setAcl(
  context: Context,
  text: string,
  entries: readonly string[],
  { version }: AclSetOptions,
): Promise<ExitCode> {
  const acl = entries.map(parseAcl);
  const { client, path } = await context.at(text);
  const { aversion } = await client.setAcl(path, acl, { version });
  if (context.json) await context.jsonLine({ path, acl: entries, aversion });
  return ExitCode.ok;
}
