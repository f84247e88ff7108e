import { type Entry, EntryKind, type SnapshotMeta } from 'raft-ts-lite';
import type { SnapshotFault } from '../tree/snapshot-fault.ts';
import type { TreeLoader } from '../tree/tree-loader.ts';
import type { Applied } from './applied.ts';
import type { StateMachine } from './state-machine.ts';

/** The state as a log and a snapshot make it, for who has no turns that others wait for: all of it at once. A member itself goes piece by piece. */

/** @param applied hears of each piece of a command; it has one at least */
export function applyWhole(machine: StateMachine, entry: Entry, applied?: (piece: Applied) => void): void {
  if (entry.kind !== EntryKind.command) {
    machine.skip(entry);
    return;
  }
  let piece = machine.apply(entry);
  applied?.(piece);
  while (machine.isAmid) {
    piece = machine.goOn();
    applied?.(piece);
  }
}

/** What the loader was fed becomes the state; undefined: it did. Throws SnapshotDiffers where it is not that of the digest. */
export function adoptLoaded(
  machine: StateMachine,
  loader: TreeLoader,
  meta: SnapshotMeta,
  digest: string,
): SnapshotFault | undefined {
  const end = loader.finish(Number.POSITIVE_INFINITY);
  if (end.state === 'failed') return end.fault;
  if (end.state === 'loaded') machine.adopt(end, meta, digest);
  return undefined;
}
