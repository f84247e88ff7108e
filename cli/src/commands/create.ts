import type { NodeKind } from '@rookery/client';
import { makeParents, parseAcl } from '@rookery/client/subtree';
import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failures.ts';
import { statJson } from '../output/node-json.ts';

export interface CreateCommandOptions {
  readonly sequential?: boolean;
  readonly container?: boolean;
  /** Milliseconds. */
  readonly ttl?: number;
  readonly ephemeral?: boolean;
  readonly parents?: boolean;
  readonly acl?: readonly string[];
}

/** Prints the path of what it has made. */
export async function create(
  context: Context,
  text: string,
  valueText: string,
  options: CreateCommandOptions,
): Promise<ExitCode> {
  const kind = kindOf(options);
  const acl = options.acl?.map(parseAcl);
  const value = await context.readValue(valueText);
  const { client, path } = await context.at(text);
  if (options.parents === true) await makeParents(client, path);
  const created = await client.create(path, value, { kind, ttlMs: options.ttl, acl });
  await (context.json
    ? context.jsonLine({ path: created.path, stat: statJson(created.stat) })
    : context.out.line(created.path));
  return ExitCode.ok;
}

function kindOf({ sequential, container, ttl, ephemeral }: CreateCommandOptions): NodeKind {
  if (ephemeral === true) {
    throw new UsageError(
      'an ephemeral node goes with the session that made it, and that of this command ends with it; a program that stays has to make it',
    );
  }
  if (container === true && (sequential === true || ttl !== undefined))
    throw new UsageError('--container goes with neither --sequential nor --ttl: servers have no such nodes');
  if (ttl === 0) throw new UsageError('--ttl 0 is no time to live: a millisecond is the least');
  if (container === true) return 'container';
  return sequential === true ? 'persistent-sequential' : 'persistent';
}
