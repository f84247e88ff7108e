import { join } from '@rookery/client/subtree';
import type { Command } from 'commander';
import { wantedAt } from '../completing/candidates.ts';
import type { ConnectionSettings } from '../connection.ts';
import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';

/** More than anybody reads through; a shell takes its time with each of them. */
const MAX_CANDIDATES = 1_000;
/** Whoever waits at a prompt wants no answer that comes late. */
const TIMEOUT_MS = 2_000;

/** Prints what can stand at the end of a line, one candidate on each. Where the ensemble does not answer there is none. */
export async function complete(context: Context, program: Command, line: string): Promise<ExitCode> {
  const wanted = wantedAt(program, line);
  if (wanted.is === 'nothing') return ExitCode.ok;
  const candidates =
    wanted.is === 'words' ? wanted.words : await pathsLike(context, wanted.prefix, wanted.connection);
  for (const candidate of candidates) await context.out.line(candidate);
  return ExitCode.ok;
}

async function pathsLike(
  context: Context,
  prefix: string,
  connection: ConnectionSettings,
): Promise<readonly string[]> {
  const slash = prefix.indexOf('/');
  if (slash < 0) return prefix === '' ? ['/'] : [];
  const end = prefix.lastIndexOf('/');
  const servers = prefix.slice(0, slash);
  const folder = end === slash ? '/' : prefix.slice(slash, end);
  const beginning = prefix.slice(end + 1);
  const { client } = await context.at(servers + folder, { ...connection, timeoutMs: TIMEOUT_MS });
  const { names } = await client.children(folder);
  return names
    .filter((name) => name.startsWith(beginning) && !/\s/.test(name))
    .sort()
    .slice(0, MAX_CANDIDATES)
    .map((name) => servers + join(folder, name));
}

/** No completion of files, in the words of kubectl's plugins. */
const NO_FILES = ':4';

/** The same for kubectl, which asks `kubectl_complete-rookery` with the words behind `kubectl rookery`. */
export async function completeForKubectl(
  context: Context,
  program: Command,
  words: readonly string[],
): Promise<ExitCode> {
  const wanted = wantedAt(program, ['rookery', 'kubectl', ...words].map(quoted).join(' '));
  const candidates = wanted.is === 'words' ? wanted.words : [];
  for (const candidate of candidates) await context.out.line(candidate.trimEnd());
  await context.out.line(NO_FILES);
  return ExitCode.ok;
}

function quoted(word: string): string {
  return word === '' ? '' : word.replaceAll(/[\\"'\s]/g, '\\$&');
}
