import { outcomeOf } from '../admin/outcome.ts';
import type { RestoredSnapshot, StreamRefusal } from '../admin/zookeeper-commands.ts';
import type { Limits } from '../bounds/limits.ts';
import type { RunningReplica } from '../member-parts.ts';
import { ZOOKEEPER_LEVEL } from '../model/feature-level.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { abandonBody, beginBody, chunkBody, endBody, RestoreFailure } from '../replica/restore.ts';
import type { Storage } from '../storage/storage.ts';
import { isOf } from '../zookeeper-snapshot/format.ts';

/** Of one entry of the log: applied within a few milliseconds. */
const CHUNK_BYTES = 128 * 1024;
/** Chunks on their way through the log at once. */
const MOST_UNDER_WAY = 8;
/** A round to a majority and the syncs of their disks: far longer than either takes while there is a quorum. */
const GIVE_UP_MS = 30_000;
/** Of what the process may have, so much may be two trees. */
const TREES_FRACTION = 3 / 4;
/** Of a node, beside its path and data. */
const NODE_BYTES = 112;

export interface RestoreParts {
  readonly running: RunningReplica;
  readonly storage: Pick<Storage, 'spaceLow'>;
  readonly scheduler: Scheduler;
  readonly limits: Limits;
  /** What the process may have. */
  readonly memoryBytes: number;
  /** Above 0, and of no other restore. */
  readonly token: number;
  /** Whether the member still runs that. */
  readonly isThere: () => boolean;
}

/** Thrown where it does not go on. */
class Stopped extends Error {
  override readonly name = 'Stopped';
  readonly refusal: StreamRefusal;

  constructor(status: number, error: string) {
    super(error);
    this.refusal = { status, error };
  }
}

const UNDER_WAY: StreamRefusal = { status: 409, error: 'another restore is under way: ask again later' };

/** Why this member cannot begin one; undefined: it can. */
export function whyNoRestore({ replica, machine, restores }: RunningReplica): StreamRefusal | undefined {
  const { featureLevel } = machine;
  if (featureLevel < ZOOKEEPER_LEVEL) {
    const error = `the ensemble is at feature level ${featureLevel}, and restores need ${ZOOKEEPER_LEVEL}: raise it first, by POST /admin/feature-level {"level": ${ZOOKEEPER_LEVEL}} at the leader`;
    return { status: 409, error };
  }
  if (!replica.leading)
    return { status: 503, error: 'the leader has just begun to lead: ask again in a moment' };
  return restores.own === 0 ? undefined : UNDER_WAY;
}

/**
 * Brings a snapshot in ZooKeeper's format through the log, as the leader: it is the tree of all members once this settles. Whatever goes wrong
 * before its last entry is in the log changes nothing.
 */
export async function restore(
  parts: RestoreParts,
  body: AsyncIterable<Uint8Array>,
): Promise<RestoredSnapshot | StreamRefusal> {
  const { running, token } = parts;
  const { replica, restores } = running;
  // Two may have been let in before either has begun.
  if (restores.own !== 0) return UNDER_WAY;
  restores.own = token;
  try {
    return await bring(parts, body);
  } catch (error) {
    restores.propose(replica, abandonBody(token));
    return error instanceof Stopped ? error.refusal : brokenOff(error);
  } finally {
    restores.own = 0;
  }
}

async function bring(parts: RestoreParts, body: AsyncIterable<Uint8Array>): Promise<RestoredSnapshot> {
  const { token, running } = parts;
  const { machine, replica, restores, identity } = running;
  let chunks = 0;
  let bytes = 0;
  for await (const piece of chunksOf(body)) {
    if (chunks === 0) {
      restores.propose(replica, beginBody(token, isOf(identity.clusterId, piece)));
      await until(parts, 'its beginning', () => machine.restore.token === token);
    }
    await until(parts, 'a piece of it', () => chunks - appliedOf(parts) < MOST_UNDER_WAY);
    restores.propose(replica, chunkBody(token, chunks++, piece));
    bytes += piece.length;
  }
  if (chunks === 0) throw unusable(RestoreFailure.incomplete);
  await until(parts, 'a piece of it', () => appliedOf(parts) === chunks);
  restores.propose(replica, endBody(token, chunks, bytes));
  await until(parts, 'its end', () => machine.restore.outcome?.token === token);
  const { outcome } = machine.restore;
  if (outcome === undefined || !('zxid' in outcome)) throw new Stopped(500, 'its outcome is gone');
  return { lastZxid: outcome.zxid };
}

function appliedOf({ running: { machine }, token }: RestoreParts): number {
  if (machine.restore.token !== token) throw new Stopped(503, 'it was abandoned: nothing was changed');
  return machine.restore.chunks;
}

/** Settles once it holds. Throws Stopped where it will not, or the restore must not go on. */
async function until(parts: RestoreParts, what: string, holds: () => boolean): Promise<void> {
  const look = (): true | Stopped | undefined => {
    try {
      return whyStopped(parts) ?? (holds() ? true : undefined);
    } catch (error) {
      if (error instanceof Stopped) return error;
      throw error;
    }
  };
  const first = look();
  const outcome = first ?? (await outcomeOf(parts.scheduler, GIVE_UP_MS, look));
  if (outcome === true) return;
  throw (
    outcome ??
    new Stopped(
      504,
      `${what} was proposed, and was not applied here in time: look at the tree before asking again`,
    )
  );
}

function whyStopped(parts: RestoreParts): Stopped | undefined {
  const { running, storage, isThere, token } = parts;
  const { machine, replica } = running;
  const { outcome } = machine.restore;
  if (outcome?.token === token) return 'failure' in outcome ? unusable(outcome.failure) : undefined;
  if (!isThere() || !replica.leading)
    return new Stopped(
      503,
      'this member leads no more: look at the tree, and ask the leader again where it is as before',
    );
  if (storage.spaceLow()) return new Stopped(507, 'the disk is short of room for it: nothing was changed');
  return whyTooLarge(parts);
}

function whyTooLarge({ running: { machine }, limits, memoryBytes }: RestoreParts): Stopped | undefined {
  const { built } = machine.restore;
  if (built === undefined) return undefined;
  const beyond = (name: keyof Limits, most: number): Stopped =>
    new Stopped(413, `the snapshot is beyond limits.${name} (${most}): nothing was changed`);
  if (built.nodeCount > limits.nodes) return beyond('nodes', limits.nodes);
  if (built.sessionCount > limits.sessions) return beyond('sessions', limits.sessions);
  if (built.storedBytes > limits.treeBytes) return beyond('treeBytes', limits.treeBytes);
  const { tree } = machine;
  const both = tree.storedBytes + built.storedBytes + (tree.nodeCount + built.nodeCount) * NODE_BYTES;
  if (both <= memoryBytes * TREES_FRACTION) return undefined;
  return new Stopped(
    413,
    'this member has no memory for both trees, that of before and the restored one: nothing was changed',
  );
}

function unusable(failure: RestoreFailure): Stopped {
  return new Stopped(400, `the snapshot cannot be used (${failure}): nothing was changed`);
}

/** The caller went away, or what it sent. */
function brokenOff(error: unknown): StreamRefusal {
  const reason = error instanceof Error ? error.message : String(error);
  return { status: 400, error: `the request broke off (${reason}): nothing was changed` };
}

/** The same bytes in chunks of their size, but for the last one. Each is valid until the next one is asked for. */
async function* chunksOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  let length = 0;
  for await (const piece of body) {
    for (let at = 0; at < piece.length; ) {
      const count = Math.min(piece.length - at, CHUNK_BYTES - length);
      chunk.set(piece.subarray(at, at + count), length);
      at += count;
      length += count;
      if (length < CHUNK_BYTES) continue;
      yield chunk;
      length = 0;
    }
  }
  if (length > 0) yield chunk.subarray(0, length);
}
