import type { Entry } from 'raft-ts-lite';
import { type Disk, diskErrorCode, isDiskFull } from './disk.ts';
import { memberFolder, raiseBoots, renewIdentityFile } from './identity-file.ts';
import { Log } from './log.ts';
import { segmentHeaderBytes } from './log-format.ts';
import { connectedSegments, removeLeftovers } from './log-leftovers.ts';
import { recoverLog } from './log-recovery.ts';
import type { LogReplay } from './log-replay.ts';
import { judgeTail, TailKind } from './log-tail.ts';
import type { Identity, Recovered } from './recovered.ts';
import { temporarySuffix } from './sealed-file.ts';
import { damaged, listSegments, logFolder, readSegmentHeader, type SegmentName } from './segment-file.ts';
import { finishSettingAside } from './set-aside.ts';
import { incomingSuffix } from './snapshot-receiver.ts';
import { SnapshotShelf } from './snapshot-shelf.ts';
import { diskFailed, diskFull, StorageError } from './storage-error.ts';

export interface Opened {
  readonly shelf: SnapshotShelf;
  /** Undefined on an empty disk. */
  readonly log: Log | undefined;
  readonly recovered: Recovered;
}

/** Locks and reads the data folder. Rejects with StorageError. */
export async function openData(disk: Disk, logDisk: Disk, segmentBytes: number): Promise<Opened> {
  try {
    await lock(disk);
    if (logDisk !== disk) await lock(logDisk);
    await finishSettingAside(disk, logDisk);
    await prepareFolder(disk, memberFolder);
    await prepareFolder(logDisk, logFolder);
    const boots = await raiseBoots(disk);
    const identity = await renewIdentityFile(disk);
    const segments = await listSegments(logDisk);
    const shelf = await SnapshotShelf.open(disk);
    if (identity === undefined) {
      await refuseOrphans(logDisk, segments, shelf);
      return { shelf, log: undefined, recovered: emptyMember(boots) };
    }
    return await openMember(logDisk, segmentBytes, { identity, segments, shelf, boots });
  } catch (error) {
    await disk.close();
    if (logDisk !== disk) await logDisk.close();
    if (error instanceof StorageError) throw error;
    if (isDiskFull(error)) throw diskFull('opening the data folder', logFolder, error);
    if (error instanceof Error && diskErrorCode(error) !== '')
      throw diskFailed('opening the data folder', '', error);
    throw error;
  }
}

async function lock(disk: Disk): Promise<void> {
  try {
    await disk.lock();
  } catch (error) {
    if (diskErrorCode(error) !== 'EBUSY') throw error;
    const message =
      'the data folder is in use by another process: stop it first, or give this member a folder of its own';
    throw new StorageError('locked', message, { cause: error });
  }
}

/** Creates the folder; removes what was not finished. */
async function prepareFolder(disk: Disk, folder: string): Promise<void> {
  await disk.createFolder(folder);
  await disk.syncFolder('');
  for (const name of await disk.list(folder)) {
    if (name.endsWith(temporarySuffix) || name.endsWith(incomingSuffix))
      await disk.remove(`${folder}/${name}`);
  }
}

/**
 * Without an identity there may be the first segment, empty: `writeIdentity` makes it first and was interrupted. Anything else is a member
 * that lost its identity, and must not come up as a new one with its old vote forgotten.
 */
async function refuseOrphans(
  logDisk: Disk,
  segments: readonly SegmentName[],
  shelf: SnapshotShelf,
): Promise<void> {
  const first = segments[0];
  if (first === undefined && shelf.count === 0) return;
  if (shelf.count > 0 || segments.length > 1 || first!.sequence !== 1) {
    throw damaged(`${memberFolder}/identity`, 0, 'the identity is missing beside a log or snapshots');
  }
  const file = await logDisk.open(first!.name);
  const { chain } = await readSegmentHeader(file);
  const tail = await judgeTail(file, segmentHeaderBytes, chain);
  await file.close();
  if (tail !== TailKind.clean) {
    throw damaged(`${memberFolder}/identity`, 0, 'the identity is missing beside a log that was written to');
  }
  await logDisk.remove(first!.name);
  await logDisk.syncFolder(logFolder);
}

async function openMember(
  logDisk: Disk,
  segmentBytes: number,
  found: {
    readonly identity: Identity;
    readonly segments: readonly SegmentName[];
    readonly shelf: SnapshotShelf;
    readonly boots: number;
  },
): Promise<Opened> {
  const { identity, segments, shelf, boots } = found;
  const { clusterId, genesis } = identity;
  const connected = connectedSegments(segments);
  const oldest = connected[0];
  if (oldest === undefined) throw damaged(logFolder, 0, 'the log is missing beside an identity');
  await shelf.recover(clusterId, oldest.firstIndex, genesis.index);
  const snapshot = shelf.newest;
  const isCovered = snapshot !== undefined && oldest.firstIndex <= snapshot.index + 1;
  const removed = isCovered ? await removeLeftovers(logDisk, segments, connected) : [];
  const { replay, sealed, open, remarks } = await recoverLog({
    disk: logDisk,
    segments: isCovered ? connected : segments,
    clusterId,
    segmentBytes,
    snapshot,
    genesisIndex: genesis.index,
  });
  const aside = await shelf.putDamagedAside();
  await shelf.renewName();
  const { state } = replay;
  const recovered: Recovered = {
    identity,
    hardState: state.hardState,
    snapshot: snapshot === undefined ? undefined : await shelf.openSnapshot(snapshot.index),
    firstIndex: state.firstIndex,
    previousTerm: state.previousTerm,
    termRuns: replay.termRuns,
    entries: entriesAbove(replay, snapshot?.index ?? genesis.index),
    suspect: state.suspect,
    boots,
    remarks: [...removed, ...remarks, ...aside],
  };
  return { shelf, log: new Log(logDisk, clusterId, segmentBytes, state, sealed, open), recovered };
}

function entriesAbove(replay: LogReplay, index: number): readonly Entry[] {
  return replay.entries.filter((entry) => entry.index > index);
}

function emptyMember(boots: number): Recovered {
  return {
    identity: undefined,
    hardState: { term: 0, vote: 0 },
    snapshot: undefined,
    firstIndex: 1,
    previousTerm: 0,
    termRuns: [],
    entries: [],
    suspect: false,
    boots,
    remarks: [],
  };
}
