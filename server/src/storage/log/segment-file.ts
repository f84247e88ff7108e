import type { Disk, DiskFile } from '../../ports/disk.ts';
import { StorageError } from '../storage-error.ts';
import {
  decodeSegmentHeader,
  encodeSegmentHeader,
  LOG_FORMAT_VERSION,
  type ReadSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
} from './log-format.ts';

export const LOG_FOLDER = 'log';
/** Of a log's first segment. */
export const FIRST_SEQUENCE = 1;
/** A segment being prepared; nothing in it counts. */
export const PREPARED_NAME = `${LOG_FOLDER}/next.tmp`;

/** `log-<sequence>-<first index>`: in the order of their names, the segments are the log. */
export function segmentName(sequence: number, firstIndex: number): string {
  return `${LOG_FOLDER}/log-${String(sequence).padStart(8, '0')}-${String(firstIndex).padStart(16, '0')}`;
}

const namePattern = /^log-(\d{8,})-(\d{16})$/;

export interface SegmentName {
  readonly name: string;
  readonly sequence: number;
  readonly firstIndex: number;
}

/** The segments of the log folder, oldest first. */
export async function listSegments(disk: Disk): Promise<SegmentName[]> {
  const found: SegmentName[] = [];
  for (const name of await disk.list(LOG_FOLDER)) {
    const match = namePattern.exec(name);
    if (match === null) continue;
    found.push({
      name: `${LOG_FOLDER}/${name}`,
      sequence: Number(match[1]),
      firstIndex: Number(match[2]),
    });
  }
  return found.sort((a, b) => a.sequence - b.sequence);
}

export async function readSegmentHeader(file: DiskFile): Promise<ReadSegmentHeader> {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const read = await file.read(bytes, 0);
  const result = decodeSegmentHeader(bytes.subarray(0, read));
  switch (result.kind) {
    case 'ok':
      return result.header;
    case 'unknown-version':
      throw new StorageError(
        'unknown-format',
        `${file.name} has log format ${result.version}; this version knows ${LOG_FORMAT_VERSION}: run the version that wrote it, or a newer one`,
        { file: file.name, offset: 8 },
      );
    case 'damaged':
      throw damaged(file.name, 0, 'the header of a log segment does not verify');
    default:
      return result satisfies never;
  }
}

/**
 * Gives a prepared file its header and its name. All of that is durable before the first record is appended, so a file that has a
 * segment's name has a valid header.
 */
export async function nameSegment(
  disk: Disk,
  prepared: DiskFile,
  header: SegmentHeader,
): Promise<{ name: string; chain: number }> {
  const { bytes, chain } = encodeSegmentHeader(header);
  await prepared.write(bytes, 0);
  await prepared.sync();
  const name = segmentName(header.sequence, header.firstIndex);
  await disk.rename(prepared.name, name);
  await disk.syncFolder(LOG_FOLDER);
  return { name, chain };
}

export function damaged(file: string, offset: number, what: string, cause?: unknown): StorageError {
  return new StorageError(
    'damaged',
    `${what}: ${file} at byte ${offset}. This member cannot go on with its data: keep a copy of the data folder, empty it, and start the member again; it joins as a new member`,
    { file, offset, cause },
  );
}
