import type { HardState } from 'raft-ts-lite';
import { type Disk, diskErrorCode, isShortage } from '../ports/disk.ts';
import { Log } from './log/log.ts';
import { SEGMENT_HEADER_BYTES } from './log/log-format.ts';
import { connectedSegments, removeLeftovers } from './log/log-leftovers.ts';
import { type RecoveredLog, recoverLog } from './log/log-recovery.ts';
import { judgeTail, TailKind } from './log/log-tail.ts';
import {
  damaged,
  FIRST_SEQUENCE,
  LOG_FOLDER,
  listSegments,
  readSegmentHeader,
  type SegmentName,
} from './log/segment-file.ts';
import { segmentBytesOn } from './log/segment-size.ts';
import { readFormerMark } from './member/former-mark.ts';
import {
  type FoundHardState,
  HARD_STATE_NAME,
  type HardStateFile,
  readHardStateFile,
  replaceHardStateFile,
} from './member/hard-state-file.ts';
import {
  type FoundIdentity,
  IDENTITY_PATH,
  MEMBER_FOLDER,
  raiseBoots,
  readIdentityFile,
  writeIdentityFile,
} from './member/identity-file.ts';
import { TEMPORARY_SUFFIX } from './member/sealed-file.ts';
import { finishSettingAside } from './member/set-aside.ts';
import type { Recovered } from './recovered.ts';
import { INCOMING_SUFFIX } from './snapshot/snapshot-receiver.ts';
import { SnapshotShelf } from './snapshot/snapshot-shelf.ts';
import { diskFailed, diskFull, StorageError } from './storage-error.ts';

const doubtfulVote = `${HARD_STATE_NAME}: one of the two copies of term and vote does not verify, the other one took its place`;

export interface Opened {
  readonly shelf: SnapshotShelf;
  /** Undefined on an empty disk. */
  readonly log: Log | undefined;
  readonly recovered: Recovered;
  /** Of the segments to come. */
  readonly segmentBytes: number;
}

/** Locks and reads the data folder. Rejects with StorageError: then nothing is open, and after `full` it may be called again. */
export async function openData(disk: Disk, logDisk: Disk, wishedBytes: number): Promise<Opened> {
  try {
    await lock(disk);
    if (logDisk !== disk) await lock(logDisk);
    await finishSettingAside(disk, logDisk);
    await prepareFolder(disk, MEMBER_FOLDER);
    await prepareFolder(logDisk, LOG_FOLDER);
    const segmentBytes = await segmentBytesOn(logDisk, wishedBytes);
    const identity = await readIdentityFile(disk);
    const segments = await listSegments(logDisk);
    const shelf = await SnapshotShelf.open(disk);
    if (identity === undefined) {
      await refuseOrphans(disk, logDisk, segments, shelf);
      return { shelf, log: undefined, recovered: emptyMember(await raiseBoots(disk)), segmentBytes };
    }
    return await openMember(disk, logDisk, segmentBytes, { ...identity, segments, shelf });
  } catch (error) {
    await disk.close();
    if (logDisk !== disk) await logDisk.close();
    if (error instanceof StorageError) throw error;
    if (isShortage(error)) throw diskFull('opening the data folder', LOG_FOLDER, error);
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
    if (name.endsWith(TEMPORARY_SUFFIX) || name.endsWith(INCOMING_SUFFIX))
      await disk.remove(`${folder}/${name}`);
  }
}

/**
 * Without an identity there may be a hard state file that promises nothing and the first segment, empty: `writeIdentity` makes them first and
 * was interrupted. Anything else is a member that lost its identity, and must not come up as a new one with its old vote forgotten.
 */
async function refuseOrphans(
  disk: Disk,
  logDisk: Disk,
  segments: readonly SegmentName[],
  shelf: SnapshotShelf,
): Promise<void> {
  const vote = await readHardStateFile(disk, undefined);
  if (vote !== undefined && (vote.hardState.term > 0 || vote.newestSegment > FIRST_SEQUENCE)) {
    throw damaged(IDENTITY_PATH, 0, `the identity is missing beside a vote in term ${vote.hardState.term}`);
  }
  const first = segments[0];
  if (first === undefined && shelf.count === 0) return;
  if (shelf.count > 0 || segments.length > 1 || first!.sequence !== FIRST_SEQUENCE) {
    throw damaged(IDENTITY_PATH, 0, 'the identity is missing beside a log or snapshots');
  }
  const file = await logDisk.open(first!.name);
  try {
    const { chain } = await readSegmentHeader(file);
    const tail = await judgeTail(file, SEGMENT_HEADER_BYTES, chain);
    if (tail !== TailKind.clean)
      throw damaged(IDENTITY_PATH, 0, 'the identity is missing beside a log that was written to');
  } finally {
    await file.close();
  }
  await logDisk.remove(first!.name);
  await logDisk.syncFolder(LOG_FOLDER);
}

interface FoundMember extends FoundIdentity {
  readonly segments: readonly SegmentName[];
  readonly shelf: SnapshotShelf;
}

async function openMember(
  disk: Disk,
  logDisk: Disk,
  segmentBytes: number,
  found: FoundMember,
): Promise<Opened> {
  const { identity, segments, shelf } = found;
  const { clusterId, genesis } = identity;
  const connected = connectedSegments(segments);
  const oldest = connected[0];
  if (oldest === undefined) throw damaged(LOG_FOLDER, 0, 'the log is missing beside an identity');
  const vote = await readPromises(disk, found);
  refuseMissingEnd(connected, vote?.newestSegment);
  await shelf.recover(clusterId, oldest.firstIndex, genesis.index);
  const snapshot = shelf.newest;
  const isCovered = snapshot !== undefined && oldest.firstIndex <= snapshot.index + 1;
  const removed = isCovered ? await removeLeftovers(logDisk, segments, connected) : [];
  const log = await recoverLog({
    disk: logDisk,
    segments: isCovered ? connected : segments,
    clusterId,
    segmentBytes,
    snapshot,
    genesisIndex: genesis.index,
    doubt: vote?.isDoubtful ? doubtfulVote : undefined,
  });
  try {
    const { recovered, votes } = await renewMember(disk, found, vote, log);
    const { replay, sealed, open } = log;
    return {
      shelf,
      log: new Log(logDisk, clusterId, votes, segmentBytes, replay.state, sealed, open),
      recovered: { ...recovered, remarks: [...removed, ...recovered.remarks] },
      segmentBytes,
    };
  } catch (error) {
    await log.open.file.close();
    throw error;
  }
}

/** Makes what was found durable, beside a log that is. Last of all the opening is counted: one that fails uses no numbers. */
async function renewMember(
  disk: Disk,
  { identity, shelf }: FoundMember,
  vote: FoundHardState | undefined,
  { replay, open, remarks }: RecoveredLog,
): Promise<{ readonly recovered: Recovered; readonly votes: HardStateFile }> {
  // After the log, which now says so durably where the vote is in doubt: this makes both slots good.
  const votes = await replaceHardStateFile(
    disk,
    identity,
    { hardState: larger(vote?.hardState, replay.hardState), newestSegment: open.sequence },
    vote?.sequence,
  );
  try {
    await writeIdentityFile(disk, identity);
    const aside = await shelf.putDamagedAside();
    await shelf.renewName();
    const { state } = replay;
    const begin = shelf.newest?.index;
    const formerSince = await readFormerMark(disk);
    const recovered: Recovered = {
      identity,
      hardState: votes.hardState,
      snapshot: begin === undefined ? undefined : await shelf.openSnapshot(begin),
      firstIndex: state.firstIndex,
      previousTerm: state.previousTerm,
      termRuns: replay.termRuns,
      lastIndex: state.lastIndex,
      configurations: replay.configurations.filter(({ index }) => index > (begin ?? identity.genesis.index)),
      suspect: state.suspect,
      boots: await raiseBoots(disk),
      ...(formerSince === undefined ? {} : { formerSince }),
      remarks: [...remarks, ...aside],
    };
    return { recovered, votes };
  } catch (error) {
    await votes.close();
    throw error;
  }
}

/** Undefined in the folder of an earlier release, which wrote term and vote to the log. */
async function readPromises(
  disk: Disk,
  { identity, hasHardStateFile }: FoundIdentity,
): Promise<FoundHardState | undefined> {
  const vote = await readHardStateFile(disk, identity);
  if (vote === undefined && hasHardStateFile) {
    throw damaged(HARD_STATE_NAME, 0, 'the file of term and vote is missing beside an identity');
  }
  return vote;
}

/** Each segment is noted in the hard state file before its first record: where it is gone, records may be gone with it. */
function refuseMissingEnd(segments: readonly SegmentName[], newest = 0): void {
  const last = segments.at(-1);
  if (last === undefined || last.sequence >= newest) return;
  throw damaged(last.name, 0, `the log's newest segment, number ${newest}, is missing after this one`);
}

/** Of what the hard state file and the log of an earlier release say. */
function larger(vote: HardState | undefined, logged: HardState): HardState {
  if (vote === undefined || logged.term > vote.term) return logged;
  return logged.term === vote.term && vote.vote === 0 ? logged : vote;
}

function emptyMember(boots: number): Recovered {
  return {
    identity: undefined,
    hardState: { term: 0, vote: 0 },
    snapshot: undefined,
    firstIndex: 1,
    previousTerm: 0,
    termRuns: [],
    lastIndex: 0,
    configurations: [],
    suspect: false,
    boots,
    remarks: [],
  };
}
