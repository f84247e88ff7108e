import { basename } from 'node:path';
import type { TreeOptions } from '../tree/tree.ts';
import { ZookeeperLogReader } from '../zookeeper-log/log-reader.ts';
import { ZookeeperState } from '../zookeeper-log/state.ts';
import { SnapshotForm } from '../zookeeper-snapshot/reader.ts';
import {
  type NewSessionId,
  type Rebuilt,
  RestoreFault,
  TreeFromZookeeper,
} from '../zookeeper-snapshot/to-own.ts';
import type { DataDirectory, ZookeeperFile } from './data-directory.ts';
import { ZookeeperFilesError } from './failure.ts';
import { piecesOf, Undecipherable } from './pieces.ts';

export interface ReplayOptions {
  readonly tree: TreeOptions;
  readonly newSessionId: NewSessionId;
  /** Of no attachment that a connection has. */
  readonly attachIndex: number;
  /** Told of each file that is begun. */
  readonly begun: (file: ZookeeperFile) => void;
}

export interface Replayed {
  readonly state: ZookeeperState;
  readonly snapshot: ZookeeperFile;
  /** That were read: older ones hold nothing that is not in the snapshot. */
  readonly logs: readonly ZookeeperFile[];
  /** What was found amiss and is none the worse, in words. */
  readonly remarks: readonly string[];
}

const hex = (zxid: number): string => `0x${zxid.toString(16)}`;

/** What an Apache ZooKeeper that starts with these files would have, to the last transaction. Throws ZookeeperFilesError where that is not certain. */
export async function replay(directory: DataDirectory, options: ReplayOptions): Promise<Replayed> {
  const remarks: string[] = [];
  const { snapshot, rebuilt } = await newestWhole(directory.snapshots, options, remarks);
  const { zxid } = rebuilt.told;
  // It tells the zxid that it ended with, its name that which it began with.
  if (zxid !== undefined && zxid < snapshot.zxid) throw broken(snapshot, 'renamed');
  const state = new ZookeeperState(rebuilt, snapshot.zxid, options.attachIndex);
  if (state.fault !== undefined) throw broken(snapshot, state.fault);
  const logs = logsBehind(directory.logs, snapshot.zxid);
  for (const log of logs) {
    options.begun(log);
    await replayLog(log, state, log === logs.at(-1), remarks);
  }
  const newest = directory.snapshots[0]!;
  if (state.zxid < newest.zxid) {
    throw new ZookeeperFilesError(
      'hole',
      `${newest.path} is not whole, and the logs end at zxid ${hex(state.zxid)}, before it: what is between is missing`,
    );
  }
  if (zxid !== undefined && !state.isSettled) {
    throw new ZookeeperFilesError(
      'hole',
      `${snapshot.path} was taken while writes went on, up to zxid ${hex(zxid)}, and the logs end at ${hex(state.zxid)}: what is between is missing`,
    );
  }
  return { state, snapshot, logs, remarks };
}

/** ZooKeeper writes snapshots in place: one whose end is missing was being written when it stopped, and the one before it with the logs says the same. */
async function newestWhole(
  snapshots: readonly ZookeeperFile[],
  options: ReplayOptions,
  remarks: string[],
): Promise<{ snapshot: ZookeeperFile; rebuilt: Rebuilt }> {
  for (const snapshot of snapshots) {
    options.begun(snapshot);
    const rebuilt = await readSnapshot(snapshot, options);
    if (!('fault' in rebuilt)) return { snapshot, rebuilt };
    if (rebuilt.fault !== RestoreFault.incomplete || snapshot === snapshots.at(-1))
      throw broken(snapshot, rebuilt.fault);
    remarks.push(
      `${basename(snapshot.path)} ends too early, as one does that ZooKeeper was writing when it was stopped: an older one and the logs are taken`,
    );
  }
  throw new Error('there is no snapshot');
}

async function readSnapshot(
  file: ZookeeperFile,
  { tree, newSessionId, attachIndex }: ReplayOptions,
): Promise<Rebuilt | { fault: RestoreFault }> {
  const building = new TreeFromZookeeper(tree, false, newSessionId, attachIndex, SnapshotForm.file);
  try {
    for await (const piece of piecesOf(file)) {
      const fault = building.feed(piece);
      if (fault !== undefined) return { fault };
    }
  } catch (error) {
    if (!(error instanceof Undecipherable)) throw unreadable(file, error);
    return { fault: error.isCut ? RestoreFault.incomplete : RestoreFault.malformed };
  }
  return building.finish();
}

/** From the one on in which the next transaction is, if there is one. */
function logsBehind(logs: readonly ZookeeperFile[], zxid: number): readonly ZookeeperFile[] {
  const first = logs.findLastIndex((log) => log.zxid <= zxid + 1);
  return logs.slice(Math.max(0, first));
}

async function replayLog(
  file: ZookeeperFile,
  state: ZookeeperState,
  isNewest: boolean,
  remarks: string[],
): Promise<void> {
  const reader = new ZookeeperLogReader((txn) => {
    if (state.fault !== undefined) return;
    const before = state.zxid;
    if (state.apply(txn) !== undefined) throw brokenAt(file, state.fault!, before, txn.header.zxid);
  });
  let bytes = 0;
  try {
    for await (const piece of piecesOf(file)) {
      bytes += piece.length;
      const fault = reader.feed(piece);
      if (fault !== undefined) throw broken(file, fault);
    }
  } catch (error) {
    if (error instanceof ZookeeperFilesError) throw error;
    throw unreadable(file, error);
  }
  // As ZooKeeper has it: the newest one may have been made and not been written to.
  if (bytes === 0 && isNewest) {
    remarks.push(`${basename(file.path)} is empty`);
    return;
  }
  const end = reader.finish();
  if ('fault' in end) throw broken(file, end.fault);
  if (end.tornBytes > 0) {
    remarks.push(
      `${basename(file.path)} ends amid a transaction behind zxid ${hex(state.zxid)}, of which nobody was told that it was written: ${end.tornBytes} bytes are left out`,
    );
  }
}

const REASONS: Readonly<Record<string, string>> = {
  'no-snapshot': 'is no snapshot of Apache ZooKeeper',
  'no-log': 'is no transaction log of Apache ZooKeeper',
  'unknown-version': 'has a version of its format that is not known here',
  malformed: 'holds what cannot be',
  'wrong-checksum': 'does not have the checksum that it says: it was changed after ZooKeeper wrote it',
  incomplete: 'ends too early',
  overlong: 'goes on behind its end',
  damaged: 'was overwritten: behind a record that is not whole there are others',
  renamed: 'has a name that tells a later zxid than it has itself',
  hole: 'does not continue what is before it',
  'wrong-digest': 'gives another tree than ZooKeeper had: the digest is not the one that is told',
  unfitting: 'holds a transaction that does not fit the tree: something before it is missing',
};

function broken({ path }: ZookeeperFile, fault: string): ZookeeperFilesError {
  return new ZookeeperFilesError(fault, `${path} ${REASONS[fault] ?? `cannot be taken over (${fault})`}`);
}

function brokenAt({ path }: ZookeeperFile, fault: string, before: number, at: number): ZookeeperFilesError {
  const where = `zxid ${hex(at)} comes behind ${hex(before)}`;
  return new ZookeeperFilesError(
    fault,
    `${path} ${REASONS[fault] ?? `cannot be taken over (${fault})`} (${where})`,
  );
}

function unreadable({ path }: ZookeeperFile, error: unknown): ZookeeperFilesError {
  return new ZookeeperFilesError(
    'unreadable',
    `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
  );
}
