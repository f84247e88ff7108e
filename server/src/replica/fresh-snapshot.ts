import { pause } from '../ports/pause.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import type { StoredSnapshot } from '../storage/recovered.ts';
import type { Storage } from '../storage/storage.ts';
import type { SnapshotHost, Snapshots } from './snapshots.ts';
import type { StateMachine } from './state-machine.ts';

const POLL_MS = 20;

/** Why there is none. */
export const NoSnapshot = {
  /** The disk has no room for one, or it was given up. */
  notTaken: 'not-taken',
  /** The newest one is of the state as it is, and was not written by this process: whether it has its nodes behind their parents is not known. */
  unordered: 'unordered',
  /** Nobody wants it any more. */
  unwanted: 'unwanted',
} as const;
export type NoSnapshot = (typeof NoSnapshot)[keyof typeof NoSnapshot];

export interface FreshSnapshotParts {
  readonly snapshots: Snapshots;
  readonly storage: Storage;
  readonly machine: StateMachine;
  readonly host: SnapshotHost;
  readonly scheduler: Scheduler;
  /** Looked at while it is waited for. */
  readonly isWanted: () => boolean;
}

/**
 * A snapshot on this member's disk that holds all that it had applied when it was asked for, taken now unless it is there: one of its own, with each
 * node behind its parent. It counts as those do that are taken by themselves.
 */
export async function freshSnapshot({
  snapshots,
  storage,
  machine,
  host,
  scheduler,
  isWanted,
}: FreshSnapshotParts): Promise<StoredSnapshot | NoSnapshot> {
  const wantedIndex = machine.appliedIndex;
  for (let hasBegun = false; isWanted(); await pause(scheduler, POLL_MS)) {
    if (snapshots.ownIndex >= wantedIndex) {
      const stored = await storage.openSnapshot(snapshots.ownIndex);
      if (stored !== undefined) return stored;
    }
    if (snapshots.isTaking || machine.isAmid) continue;
    if (hasBegun || !snapshots.hasRoom) return NoSnapshot.notTaken;
    if (machine.appliedIndex <= (storage.newestSnapshot()?.index ?? 0)) return NoSnapshot.unordered;
    snapshots.takeSnapshot(host);
    hasBegun = true;
  }
  return NoSnapshot.unwanted;
}
