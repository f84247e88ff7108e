import type { SnapshotMeta } from 'raft-ts-lite';
import { FieldWriter } from '../../codec/field-writer.ts';
import type { Disk, DiskFile } from '../../ports/disk.ts';
import { FieldError, storedFormat } from '../stored-format.ts';
import type { OpenSegment } from './log.ts';
import { LogRecord, type ReadSegmentHeader, SEGMENT_HEADER_BYTES } from './log-format.ts';
import { LogReplay } from './log-replay.ts';
import { judgeTail, TailKind } from './log-tail.ts';
import { beginRecord, endRecord, FIRST_OF_WRITE } from './record.ts';
import { RecordScanner } from './record-scanner.ts';
import { damaged, LOG_FOLDER, PREPARED_NAME, readSegmentHeader, type SegmentName } from './segment-file.ts';
import { segmentBytesAtStart } from './segment-preparer.ts';

export interface RecoveredLog {
  readonly replay: LogReplay;
  readonly sealed: readonly SegmentName[];
  readonly open: OpenSegment;
  /** For the log: what was found that somebody may want to know. */
  readonly remarks: readonly string[];
}

export interface LogRecoveryParts {
  readonly disk: Disk;
  readonly segments: readonly SegmentName[];
  readonly clusterId: string;
  readonly segmentBytes: number;
  /** The newest usable snapshot; the log must continue it. */
  readonly snapshot: SnapshotMeta | undefined;
  /** Where the log began when there was no snapshot. */
  readonly genesisIndex: number;
  /** Why this member may have forgotten what it promised, although the log is whole. */
  readonly doubt: string | undefined;
}

/**
 * Reads all segments; then gives the last one a new file, synced: what a process that was killed had written but not synced is in
 * the page cache only, and may even be there after a sync failed, so what was read is not yet durable.
 */
export async function recoverLog(parts: LogRecoveryParts): Promise<RecoveredLog> {
  const { disk, segments, snapshot } = parts;
  const keepAbove = snapshot?.index ?? 0;
  const remarks: string[] = [];
  let replay: LogReplay | undefined;
  let previous: { end: number; chain: number; name: string } | undefined;

  for (const [position, segment] of segments.entries()) {
    const file = await disk.open(segment.name);
    try {
      const header = await readSegmentHeader(file);
      checkPlace(segment, header, parts.clusterId, segments[position - 1]);
      if (
        previous !== undefined &&
        (header.previousEnd !== previous.end || header.previousChain !== previous.chain)
      ) {
        throw damaged(previous.name, previous.end, 'a sealed log segment does not verify');
      }
      replay ??= new LogReplay(header, keepAbove);
      const scanner = await replaySegment(file, segment, header, replay);
      previous = { end: scanner.nextOffset, chain: scanner.chain, name: segment.name };
      if (position < segments.length - 1) continue;

      const { additions, chain } = await judgeEnd(parts, file, segment, scanner, replay, remarks);
      finishReplay(replay, parts);
      const copy = await copySegment(parts, file, segment, scanner.nextOffset, additions);
      return { replay, sealed: segments.slice(0, -1), open: { ...segment, ...copy, chain }, remarks };
    } finally {
      await file.close();
    }
  }
  throw damaged(LOG_FOLDER, 0, 'there is no log segment');
}

/** What the log gets at its end for what is found there: a mark that it may have lost something, or a new beginning. */
async function judgeEnd(
  { doubt, snapshot }: LogRecoveryParts,
  file: DiskFile,
  segment: SegmentName,
  scanner: RecordScanner,
  replay: LogReplay,
  remarks: string[],
): Promise<{ readonly additions: Uint8Array; readonly chain: number }> {
  const additions = new FieldWriter(storedFormat);
  let chain = scanner.chain;
  const tail = await judgeTail(file, scanner.nextOffset, scanner.chain);
  if (tail === TailKind.overwritten) {
    throw damaged(
      segment.name,
      scanner.nextOffset,
      'a record of the log does not verify, and later ones follow it',
    );
  }
  const doubts = doubt === undefined ? [] : [doubt];
  if (tail === TailKind.torn) {
    doubts.push(`${segment.name}: the tail from byte ${scanner.nextOffset} on does not verify and was cut`);
  }
  if (doubts.length > 0) {
    // The mark and the cut become durable by one rename: there is no moment at which the tail is gone and the member may vote.
    chain = addRecord(additions, LogRecord.suspicion, chain, (writer) => writer.u8(1));
    replay.state.suspect = true;
    remarks.push(...doubts.map((one) => `${one}; this member does not vote until a leader has caught it up`));
  }
  if (snapshot !== undefined && !continues(replay, snapshot)) {
    remarks.push(
      `the log ended at ${replay.state.lastIndex} and does not continue snapshot ${snapshot.index}: it begins anew after it`,
    );
    const { index, term } = snapshot;
    chain = addRecord(additions, LogRecord.installed, chain, (writer) => {
      writer.f64(index);
      writer.f64(term);
    });
    replay.install(index, term);
  }
  return { additions: additions.takeBytes(), chain };
}

function checkPlace(
  segment: SegmentName,
  header: ReadSegmentHeader,
  clusterId: string,
  before: SegmentName | undefined,
): void {
  if (header.clusterId !== clusterId) {
    throw damaged(
      segment.name,
      0,
      `a log segment of cluster ${header.clusterId} among those of ${clusterId}`,
    );
  }
  if (header.sequence !== segment.sequence || header.firstIndex !== segment.firstIndex) {
    throw damaged(segment.name, 0, 'a log segment has the name of another one');
  }
  if (before !== undefined && before.sequence + 1 !== segment.sequence) {
    throw damaged(segment.name, 0, `log segment ${before.sequence + 1} is missing before this one`);
  }
}

async function replaySegment(
  file: DiskFile,
  segment: SegmentName,
  header: ReadSegmentHeader,
  replay: LogReplay,
): Promise<RecordScanner> {
  const start = { offset: SEGMENT_HEADER_BYTES, chain: header.chain, end: await file.size() };
  const scanner = new RecordScanner(file, start);
  while (await scanner.next()) {
    try {
      replay.apply(scanner.type, scanner.payload, segment.sequence, scanner.offset, scanner.chainBefore);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      throw damaged(
        segment.name,
        scanner.offset,
        `a record of the log makes no sense (${error.message})`,
        error,
      );
    }
  }
  return scanner;
}

/**
 * Is the snapshot's index in this log, or just before it, with the snapshot's term? If not, the snapshot came from a leader and the crash
 * came before the log was replaced: no entry of this log is known to follow the snapshot.
 */
function continues(replay: LogReplay, snapshot: SnapshotMeta): boolean {
  const { state } = replay;
  if (snapshot.index > state.lastIndex) return false;
  // What comes before the log is committed, so nothing in the log contradicts it.
  if (snapshot.index < state.firstIndex) return true;
  return replay.termAt(snapshot.index) === snapshot.term;
}

function finishReplay(replay: LogReplay, parts: LogRecoveryParts): void {
  replay.settleFirst();
  const { state } = replay;
  const begin = parts.snapshot?.index ?? parts.genesisIndex;
  if (state.firstIndex > begin + 1) {
    const missing =
      parts.snapshot === undefined ? 'no snapshot holds them' : `the newest snapshot ends at ${begin}`;
    throw damaged(
      LOG_FOLDER,
      0,
      `the log begins at ${state.firstIndex}, the entries before are missing (${missing})`,
    );
  }
}

function addRecord(
  writer: FieldWriter,
  type: number,
  chain: number,
  encode: (writer: FieldWriter) => void,
): number {
  const start = beginRecord(writer, type | FIRST_OF_WRITE);
  encode(writer);
  return endRecord(writer, start, chain);
}

const COPY_BYTES = 1024 * 1024;

async function copySegment(
  parts: LogRecoveryParts,
  source: DiskFile,
  segment: SegmentName,
  end: number,
  additions: Uint8Array,
): Promise<{ file: DiskFile; sizeBytes: number; position: number }> {
  const { disk } = parts;
  const position = end + additions.length;
  const sizeBytes = segmentBytesAtStart(position, parts.segmentBytes);
  const file = await disk.create(PREPARED_NAME);
  try {
    await file.allocate(sizeBytes);
    const buffer = new Uint8Array(Math.min(COPY_BYTES, end));
    for (let offset = 0; offset < end; ) {
      const read = await source.read(buffer.subarray(0, Math.min(buffer.length, end - offset)), offset);
      if (read === 0) throw damaged(segment.name, offset, 'a log segment became shorter while it was read');
      await file.write(buffer.subarray(0, read), offset);
      offset += read;
    }
    if (additions.length > 0) await file.write(additions, end);
    await file.sync();
    await disk.rename(PREPARED_NAME, segment.name);
    await disk.syncFolder(LOG_FOLDER);
    return { file, sizeBytes, position };
  } catch (error) {
    // What was taken of a full disk is given back until it is tried again. Once it has its name it stays.
    await file.close();
    await disk.remove(PREPARED_NAME).catch(() => undefined);
    throw error;
  }
}
