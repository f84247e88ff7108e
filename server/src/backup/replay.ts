import { type Entry, EntryKind } from 'raft-ts-lite';
import { BackupFault } from '../backup-format/backup-fault.ts';
import { folderOf, type Manifest } from '../backup-format/manifest.ts';
import { BackupRecord, decodeReached, decodeSnapshotHead, readRecords } from '../backup-format/records.ts';
import { emptyCommandHeader, readCommandHeader } from '../model/command.ts';
import { THIS_BUILD } from '../replica/build.ts';
import { SnapshotDiffers } from '../replica/divergence.ts';
import type { StateMachine } from '../replica/state-machine.ts';
import { UnusableData } from '../replica/unusable-data.ts';
import { adoptLoaded, applyWhole } from '../replica/whole.ts';
import { decodeEntries } from '../storage/log/log-format.ts';
import { type ArchiveKey, keyFor } from './archive-key.ts';
import type { Destination } from './destination.ts';
import { type PartPlace, readPart } from './parts.ts';

/** Nodes that go with a session in one piece. */
const PIECE_NODES = 50_000;

/** Up to where the log is applied: all that came up to then, and nothing later. */
export type Point =
  | { readonly by: 'end' }
  | { readonly by: 'zxid'; readonly zxid: number }
  | { readonly by: 'time'; readonly timeMs: number };

export const AT_END: Point = { by: 'end' };

export interface ReplayParts {
  readonly destination: Destination;
  readonly key: ArchiveKey | undefined;
  readonly hashSeed: number;
  /** Told of each entry that was applied. */
  readonly applied?: (index: number) => void;
}

export interface Replayed {
  readonly machine: StateMachine;
  /** The point was met within the log: there is more behind it. */
  readonly hasStopped: boolean;
  /** Digests that were compared with what members had said. */
  readonly compared: number;
}

/**
 * The state that an archive holds, as a member makes it: in the memory that its tree takes, whatever the length of the log. Each digest that a member said
 * on the way is compared. undefined: the snapshot itself is of after the point. Throws BackupFault.
 */
export async function replay(
  parts: ReplayParts,
  chain: readonly Manifest[],
  point: Point,
): Promise<Replayed | undefined> {
  const base = chain[0]!;
  try {
    const machine = await loaded(parts, base);
    if (isBeyond(machine, point)) return undefined;
    let compared = 1;
    for (const manifest of chain) {
      const hasStopped = await applyLog(parts, machine, manifest, point);
      if (hasStopped) return { machine, hasStopped, compared };
      compareDigest(machine, manifest);
      compared++;
    }
    return { machine, hasStopped: false, compared };
  } catch (error) {
    if (error instanceof SnapshotDiffers)
      throw new BackupFault('differs', `backup ${base.id}: ${error.message}`, { cause: error });
    if (error instanceof UnusableData)
      throw new BackupFault('unknown-format', `this version cannot apply it: ${error.message}`, {
        cause: error,
      });
    throw error;
  }
}

function placeOf({ destination, key }: ReplayParts, manifest: Manifest): PartPlace {
  return { destination, folder: folderOf(manifest), key: keyFor(manifest, key) };
}

async function loaded(parts: ReplayParts, manifest: Manifest): Promise<StateMachine> {
  const { snapshot } = manifest;
  if (snapshot === undefined) throw new BackupFault('not-there', `backup ${manifest.id} has no snapshot`);
  let machine: StateMachine | undefined;
  let adopt: (() => void) | undefined;
  let feed: (chunk: Uint8Array) => void = () => undefined;
  for await (const { type, payload } of readRecords(readPart(placeOf(parts, manifest), snapshot))) {
    if (type === BackupRecord.snapshotHead) {
      const { meta, digest } = decodeSnapshotHead(payload);
      const made = THIS_BUILD.newMachine(meta.configuration, {
        hashSeed: parts.hashSeed,
        pieceNodes: PIECE_NODES,
      });
      const loader = made.newLoader();
      machine = made;
      feed = (chunk) => loader.feed(chunk);
      adopt = () => {
        const fault = adoptLoaded(made, loader, meta, digest);
        if (fault !== undefined)
          throw new BackupFault('damaged', `the snapshot of backup ${manifest.id} cannot be read (${fault})`);
      };
    } else if (type === BackupRecord.snapshotChunk) feed(payload);
    else if (type === BackupRecord.snapshotFoot) adopt?.();
  }
  if (machine === undefined)
    throw new BackupFault('damaged', `backup ${manifest.id} has no snapshot in its part`);
  return machine;
}

function isBeyond(machine: StateMachine, point: Point): boolean {
  switch (point.by) {
    case 'zxid':
      return machine.lastZxid > point.zxid;
    case 'time':
      return machine.lastTimeMs > point.timeMs;
    default:
      return false;
  }
}

/** Returns whether the point was met. */
async function applyLog(
  parts: ReplayParts,
  machine: StateMachine,
  manifest: Manifest,
  point: Point,
): Promise<boolean> {
  const { log, last } = manifest;
  if (machine.appliedIndex < log.after.index)
    throw new BackupFault(
      'hole',
      `between entry ${machine.appliedIndex} and backup ${manifest.id} the log is missing`,
    );
  // To its end, though the point be met before: what is behind it is looked at, too.
  let hasStopped = false;
  for await (const { type, payload } of readRecords(readPart(placeOf(parts, manifest), log))) {
    if (type === BackupRecord.end) refuseOther(manifest, decodeReached(payload).index);
    if (type !== BackupRecord.entries || hasStopped) continue;
    const entries: Entry[] = [];
    decodeEntries(payload, machine.appliedIndex + 1, Number.POSITIVE_INFINITY, entries);
    for (const entry of entries) {
      if (entry.index !== machine.appliedIndex + 1)
        throw new BackupFault(
          'hole',
          `backup ${manifest.id}: entry ${entry.index} follows ${machine.appliedIndex}`,
        );
      hasStopped = isAfter(machine, entry, point);
      if (hasStopped) break;
      applyWhole(machine, entry);
      parts.applied?.(entry.index);
    }
  }
  if (hasStopped) return true;
  if (machine.appliedIndex < last.index)
    throw new BackupFault(
      'hole',
      `backup ${manifest.id} ends at entry ${machine.appliedIndex}, and ${last.index} was promised`,
    );
  return false;
}

function refuseOther({ id, last }: Manifest, index: number): void {
  if (index !== last.index)
    throw new BackupFault('damaged', `the log of backup ${id} is that of another one`);
}

const header = emptyCommandHeader();

function isAfter(machine: StateMachine, { index, kind, data }: Entry, point: Point): boolean {
  switch (point.by) {
    case 'zxid':
      return machine.zxidOf(index) > point.zxid;
    case 'time':
      return kind === EntryKind.command && readCommandHeader(data, 0, header) && header.timeMs > point.timeMs;
    default:
      return false;
  }
}

function compareDigest(machine: StateMachine, { id, last, serverId }: Manifest): void {
  if (machine.appliedIndex !== last.index) return;
  const own = machine.digest();
  if (own === last.digest) return;
  throw new BackupFault(
    'differs',
    `backup ${id}: at entry ${last.index} the state is ${own}, and member ${serverId} had ${last.digest}`,
  );
}
