import { HistoryRefusal } from '../errors/error-codes.ts';
import { type Disk, type DiskFile, diskErrorCode } from '../ports/disk.ts';
import { HISTORY_FOLDER, parseRetired } from '../storage/history/history-shelf.ts';
import { listSegments } from '../storage/log/segment-file.ts';
import { MEMBER_FOLDER } from '../storage/member/identity-file.ts';
import { HistoryError } from './history-error.ts';

/** A file, at whichever of its names it is when it is opened: the member may retire it meanwhile. */
export interface Retained {
  readonly names: readonly string[];
}

export interface RetainedSegment extends Retained {
  readonly sequence: number;
  readonly firstIndex: number;
}

export interface RetainedSnapshot extends Retained {
  readonly index: number;
}

/** What there is of log and snapshots, retired or not, oldest first. */
export interface RetainedFiles {
  readonly disk: Disk;
  readonly logDisk: Disk;
  readonly segments: readonly RetainedSegment[];
  readonly snapshots: readonly RetainedSnapshot[];
}

const snapshotPattern = /^snapshot-(\d{16})-(\d{16})$/;

export async function listRetained(disk: Disk, logDisk: Disk): Promise<RetainedFiles> {
  const segments = new Map<number, { sequence: number; firstIndex: number; names: string[] }>();
  const snapshots = new Map<string, { index: number; names: string[] }>();
  const addSegment = (sequence: number, firstIndex: number, name: string): void => {
    const known = segments.get(sequence);
    if (known === undefined) segments.set(sequence, { sequence, firstIndex, names: [name] });
    else known.names.push(name);
  };
  const addSnapshot = (index: number, term: number, name: string): void => {
    const key = `${index}-${term}`;
    const known = snapshots.get(key);
    if (known === undefined) snapshots.set(key, { index, names: [name] });
    else known.names.push(name);
  };
  // Those of now first: what is retired in between is met at its new place.
  for (const { sequence, firstIndex, name } of await listSegments(logDisk))
    addSegment(sequence, firstIndex, name);
  for (const file of await disk.list(MEMBER_FOLDER)) {
    const match = snapshotPattern.exec(file);
    if (match !== null) addSnapshot(Number(match[1]), Number(match[2]), `${MEMBER_FOLDER}/${file}`);
  }
  for (const file of [...(await logDisk.list(HISTORY_FOLDER)), ...(await disk.list(HISTORY_FOLDER))]) {
    const retired = parseRetired(file);
    if (retired === undefined) continue;
    const add = retired.is === 'segment' ? addSegment : addSnapshot;
    add(retired.first, retired.second, `${HISTORY_FOLDER}/${file}`);
  }
  return {
    disk,
    logDisk,
    segments: [...segments.values()].sort((a, b) => a.sequence - b.sequence),
    snapshots: [...snapshots.values()].sort((a, b) => a.index - b.index),
  };
}

/** Opens it, wherever it is by now. Throws HistoryError where it is gone. */
export async function openRetained(disk: Disk, { names }: Retained): Promise<DiskFile> {
  const [first = ''] = names;
  for (const name of [...names, ...(await retiredNames(disk, first))]) {
    try {
      return await disk.open(name);
    } catch (error) {
      if (diskErrorCode(error) !== 'ENOENT') throw error;
    }
  }
  throw new HistoryError(
    HistoryRefusal.gone,
    `${first} was removed meanwhile: ask again for something later`,
  );
}

/** What `name` is called once it is retired. */
async function retiredNames(disk: Disk, name: string): Promise<string[]> {
  const file = name.slice(name.lastIndexOf('/') + 1);
  const found = (await disk.list(HISTORY_FOLDER)).filter((each) => each.startsWith(`${file}-`));
  return found.map((each) => `${HISTORY_FOLDER}/${each}`);
}
