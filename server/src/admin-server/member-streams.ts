import { Role } from 'raft-ts-lite';
import type {
  RestoredSnapshot,
  StreamCaller,
  StreamRefusal,
  TakenSnapshot,
  ZookeeperStreams,
} from '../admin/zookeeper-commands.ts';
import type { Member } from '../member.ts';
import type { RunningReplica } from '../member-parts.ts';
import type { Clock } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { freshSnapshot, NoSnapshot } from '../replica/fresh-snapshot.ts';
import { decodeContext } from '../replica/membership/membership.ts';
import { decodeExtra } from '../replica/snapshot-extra.ts';
import type { StoredSnapshot } from '../storage/recovered.ts';
import { type DatabaseId, databaseIdOf } from '../zookeeper-snapshot/format.ts';
import { SnapshotConversion, SnapshotSurvey, type Survey } from '../zookeeper-snapshot/from-own.ts';
import { NOT_SERVING } from './commands.ts';
import { RateLimiter } from './rate-limiter.ts';
import { restore, whyNoRestore } from './restore-command.ts';
import { refusalOf } from './stream-access.ts';

const DISABLED: StreamRefusal = { status: 503, error: 'snapshots are switched off: admin.snapshot.enabled' };
const NO_RESTORES: StreamRefusal = { status: 503, error: 'restores are switched off: admin.restore.enabled' };
const UNDER_WAY: StreamRefusal = {
  status: 409,
  error: 'another snapshot is being taken or fetched: ask again later',
};
const WITHOUT: Readonly<Record<NoSnapshot, StreamRefusal>> = {
  [NoSnapshot.notTaken]: {
    status: 503,
    error:
      'the snapshot could not be taken, most likely for want of room on the disk: the log of this member says why',
  },
  [NoSnapshot.unordered]: {
    status: 503,
    error:
      'nothing was written since this member started, and its newest snapshot may be of another build: ask again after any write, or after POST /admin/checkpoints at the leader',
  },
  [NoSnapshot.unwanted]: { status: 503, error: 'nobody waits for it any more' },
};

export interface StreamMachine {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly entropy: Pick<Entropy, 'uint32'>;
  /** What the process may have. */
  readonly memoryBytes: number;
}

/** The streams over a running member. One snapshot at a time, and one restore. */
export function memberStreams(member: Member, machine: StreamMachine): ZookeeperStreams {
  const { clock, scheduler } = machine;
  const { http } = member.config;
  const snapshots = new RateLimiter(clock, http.streamIntervalMs);
  const restores = new RateLimiter(clock, http.streamIntervalMs);
  let underWay = 0;
  let count = 0;
  return {
    notServing: () => (member.clients.serving || member.clients.isReadOnly ? undefined : NOT_SERVING),
    refusal: (caller) => refusal(member, caller),
    takeSnapshot: async (isWanted) => {
      const { running, storage } = member;
      if (!http.snapshotEnabled) return DISABLED;
      if (running === undefined || storage === undefined) return { status: 503, error: NOT_SERVING };
      if (underWay !== 0) return UNDER_WAY;
      if (!snapshots.allow()) return tooSoon('fetched', http.streamIntervalMs);
      const own = ++count;
      underWay = own;
      // Once it is released another one may have taken its place.
      const release = (): void => {
        if (underWay === own) underWay = 0;
      };
      const isStillWanted = (): boolean => isWanted() && member.running === running;
      try {
        const parts = { ...running, storage, host: running.replica, scheduler };
        const stored = await freshSnapshot({ ...parts, isWanted: isStillWanted });
        if (typeof stored !== 'string') return { ...(await taken(stored, running, scheduler)), release };
        release();
        return WITHOUT[stored];
      } catch (error) {
        release();
        throw error;
      }
    },
    whyNoRestore: () => {
      const { running } = member;
      if (!http.restoreEnabled) return NO_RESTORES;
      if (running === undefined) return { status: 503, error: NOT_SERVING };
      const why = elsewhere(running) ?? whyNoRestore(running);
      if (why !== undefined) return why;
      return restores.allow() ? undefined : tooSoon('restored', http.streamIntervalMs);
    },
    restore: (body) => restoreHere(member, machine, body),
  };
}

async function restoreHere(
  member: Member,
  { scheduler, entropy, memoryBytes }: StreamMachine,
  body: AsyncIterable<Uint8Array>,
): Promise<RestoredSnapshot | StreamRefusal> {
  const { running, storage, config } = member;
  if (running === undefined || storage === undefined) return { status: 503, error: NOT_SERVING };
  const { limits } = config;
  const token = entropy.uint32() + 1;
  const isThere = (): boolean => member.running === running;
  return restore({ running, storage, scheduler, limits, memoryBytes, token, isThere }, body);
}

/** Only the leader brings a snapshot into the log. */
function elsewhere({ replica }: RunningReplica): StreamRefusal | undefined {
  const { raft } = replica;
  if (raft.role === Role.leader) return undefined;
  const context = raft.configuration.contexts.get(raft.leader);
  if (context === undefined) return { status: 503, error: 'there is no leader now: ask again later' };
  const { host, serverId } = decodeContext(context);
  return { status: 409, error: `only the leader restores: ask member ${serverId}, at ${host}` };
}

function tooSoon(what: string, intervalMs: number): StreamRefusal {
  return {
    status: 429,
    error: `one snapshot may be ${what} in ${intervalMs} ms: admin.rateLimiterIntervalInMS`,
  };
}

function refusal({ running, clients, config }: Member, caller: StreamCaller): StreamRefusal | undefined {
  const { tree } = running!.machine;
  const rootAcl = tree.acl(tree.lookupText('/'));
  return refusalOf(caller, clients.verifier, rootAcl, config.http.token !== undefined);
}

/** What was written by this process a moment ago and cannot be read is a fault of the disk, or of the program. */
function unreadable(fault: string): Error {
  return new Error(`the snapshot that was taken for it cannot be read: ${fault}`);
}

async function taken(
  stored: StoredSnapshot,
  { identity }: RunningReplica,
  scheduler: Scheduler,
): Promise<Omit<TakenSnapshot, 'release'>> {
  const survey = new SnapshotSurvey();
  for await (const piece of stored.read()) {
    const fault = survey.feed(piece);
    if (fault !== undefined) throw unreadable(fault);
    await nextTurn(scheduler);
  }
  const found = survey.finish();
  if (found === undefined) throw unreadable('it ends too early');
  // By its own base: a restore, or a forced recovery, may have raised that of the state since.
  const zxid = decodeExtra(found.extra).zxidBase + stored.meta.index;
  const database = databaseIdOf(identity.clusterId);
  return { zxid, bytes: found.bytes, read: () => converted(stored, found, zxid, database, scheduler) };
}

async function* converted(
  stored: StoredSnapshot,
  survey: Survey,
  zxid: number,
  database: DatabaseId,
  scheduler: Scheduler,
): AsyncGenerator<Uint8Array, void> {
  const conversion = new SnapshotConversion(survey, zxid, database);
  for await (const piece of stored.read()) {
    const made = conversion.feed(piece);
    if (typeof made === 'string') throw unreadable(made);
    if (made.length > 0) yield made;
    await nextTurn(scheduler);
  }
}

function nextTurn(scheduler: Scheduler): Promise<void> {
  return new Promise((resolve) => scheduler.defer(resolve));
}
