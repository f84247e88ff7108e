import { decodeUtf8, OpCode, Reader, readWrite, type SingleWrite } from '@rookery/protocol';
import { decodeConfiguration, type Entry, EntryKind } from 'raft-ts-lite';
import { COMMAND_HEADER_BYTES, emptyCommandHeader, readCommandHeader } from '../../src/model/command.ts';
import type { Disk } from '../../src/ports/disk.ts';
import { decodeEntries, LogRecord, SEGMENT_HEADER_BYTES } from '../../src/storage/log/log-format.ts';
import { FIRST_OF_WRITE } from '../../src/storage/log/record.ts';
import { RecordScanner } from '../../src/storage/log/record-scanner.ts';
import { listSegments, readSegmentHeader, type SegmentName } from '../../src/storage/log/segment-file.ts';
import { readHardStateFile } from '../../src/storage/member/hard-state-file.ts';
import { MEMBER_FOLDER, readIdentityFile } from '../../src/storage/member/identity-file.ts';
import { readSnapshotChunks, readSnapshotHeader } from '../../src/storage/snapshot/snapshot-format.ts';

/** One fact of a data folder, for people and for jq: `kind` says of what. */
export type Fact = { readonly kind: string } & Readonly<Record<string, unknown>>;

const namesOfOps = new Map<number, string>(Object.entries(OpCode).map(([name, op]) => [op, name]));
const kindNames = new Map<number, string>(Object.entries(EntryKind).map(([name, kind]) => [kind, name]));
const snapshotPattern = /^snapshot-\d{16}-\d{16}$/;

/**
 * All that a data folder says, in the order in which a start reads it: who the member is, term and vote, the snapshots, the log. What does not
 * verify is a fact, too. Nothing is changed, and the folder's lock is not taken: look at a copy, or at that of a member that is stopped.
 */
export async function* factsOf(disk: Disk): AsyncGenerator<Fact, void> {
  const found = await readIdentityFile(disk);
  if (found === undefined) yield { kind: 'identity', found: false };
  else {
    const { clusterId, serverId, raftId, genesis } = found.identity;
    yield { kind: 'identity', clusterId, serverId, raftId, genesis: genesis.voters };
  }
  const promised = await readHardStateFile(disk, found?.identity);
  if (promised === undefined) yield { kind: 'hardState', found: false };
  else {
    const { hardState, newestSegment, isDoubtful } = promised;
    yield { kind: 'hardState', ...hardState, newestSegment, isDoubtful };
  }
  for (const name of (await disk.list(MEMBER_FOLDER)).sort())
    if (snapshotPattern.test(name)) yield await snapshotFact(disk, `${MEMBER_FOLDER}/${name}`);
  for (const segment of await listSegments(disk)) yield* segmentFacts(disk, segment);
}

async function snapshotFact(disk: Disk, name: string): Promise<Fact> {
  const file = await disk.open(name);
  try {
    const header = await readSnapshotHeader(file);
    let bytes = 0;
    for await (const chunk of readSnapshotChunks(file, header)) bytes += chunk.length;
    const { index, term, configuration } = header.meta;
    const { voters, learners } = configuration;
    return { kind: 'snapshot', file: name, index, term, digest: header.digest, bytes, voters, learners };
  } catch (error) {
    return { kind: 'snapshot', file: name, damage: error instanceof Error ? error.message : String(error) };
  } finally {
    await file.close();
  }
}

async function* segmentFacts(disk: Disk, segment: SegmentName): AsyncGenerator<Fact, void> {
  const file = await disk.open(segment.name);
  try {
    const header = await readSegmentHeader(file);
    const { sequence, firstIndex, previousTerm, suspect, chain } = header;
    yield { kind: 'segment', file: segment.name, sequence, firstIndex, previousTerm, suspect };
    const scanner = new RecordScanner(file, {
      offset: SEGMENT_HEADER_BYTES,
      chain,
      end: await file.size(),
    });
    while (await scanner.next()) yield* recordFacts(scanner.type & ~FIRST_OF_WRITE, scanner.payload);
    // Zeros where the segment goes on empty; anything else is a torn or damaged tail.
    yield { kind: 'segmentEnd', file: segment.name, offset: scanner.nextOffset };
  } catch (error) {
    yield {
      kind: 'segment',
      file: segment.name,
      damage: error instanceof Error ? error.message : String(error),
    };
  } finally {
    await file.close();
  }
}

function* recordFacts(type: number, payload: Uint8Array): Generator<Fact, void> {
  if (type !== LogRecord.entries) {
    const name = Object.entries(LogRecord).find(([, record]) => record === type)?.[0];
    yield { kind: 'record', record: name ?? type };
    return;
  }
  const entries: Entry[] = [];
  decodeEntries(payload, 0, Number.POSITIVE_INFINITY, entries);
  for (const entry of entries) yield entryFact(entry);
}

function entryFact({ index, term, kind, data }: Entry): Fact {
  const entry = { kind: 'entry', index, term, is: kindNames.get(kind) ?? kind, bytes: data.length };
  if (kind === EntryKind.configuration) {
    const { voters, outgoing, learners } = decodeConfiguration(data);
    return { ...entry, voters, outgoing, learners };
  }
  const header = emptyCommandHeader();
  if (kind !== EntryKind.command || !readCommandHeader(data, 0, header)) return entry;
  const { level, op, session, origin, requestNumber, timeMs } = header;
  const time = new Date(timeMs).toISOString();
  const write = readWrite(op, new Reader().reset(data, COMMAND_HEADER_BYTES, data.length));
  const paths = write === undefined ? [] : write.op === OpCode.multi ? write.writes : [write];
  return {
    ...entry,
    op: namesOfOps.get(op) ?? op,
    ...(level > 0 ? { level } : {}),
    session: session.toString(16),
    origin,
    requestNumber,
    time,
    ...(paths.length > 0 ? { paths: (paths as SingleWrite[]).map(pathOf) } : {}),
  };
}

function pathOf({ bytes, pathStart, pathEnd }: SingleWrite): string {
  return decodeUtf8(bytes, pathStart, pathEnd);
}
