import { randomBytes } from 'node:crypto';
import { type Entry, EntryKind } from 'raft-ts-lite';
import { BackupFault } from '../backup-format/backup-fault.ts';
import {
  ARCHIVE_FORMAT,
  encodeManifest,
  folderOf,
  type LogPart,
  MANIFEST_NAME,
  type Manifest,
  type Part,
  type Place,
  SCHEME,
  type SnapshotPart,
} from '../backup-format/manifest.ts';
import {
  BackupRecord,
  decodeOrigin,
  decodeReached,
  decodeSnapshotHead,
  type Origin,
  type RawRecord,
  type Reached,
  RecordWriter,
  readRecords,
  type SnapshotHead,
} from '../backup-format/records.ts';
import { emptyCommandHeader, readCommandHeader } from '../model/command.ts';
import { decodeEntries } from '../storage/log/log-format.ts';
import { type ArchiveKey, sealOf } from './archive-key.ts';
import type { Destination } from './destination.ts';
import { type PartPlace, readPart, writePart } from './parts.ts';

export const SNAPSHOT_NAME = 'snapshot';
export const LOG_NAME = 'log';

export interface TakeParts {
  readonly destination: Destination;
  readonly key: ArchiveKey | undefined;
  /** Told how many bytes have come. */
  readonly progress: (bytes: number) => void;
  readonly nowMs: () => number;
}

/**
 * Writes what a member sends as one backup, reads it back, and seals it with its manifest: what is cut off before that is none, and what it wrote is removed.
 *
 * @param after where the log of it begins that was asked for; undefined: behind the snapshot
 */
export async function takeBackup(
  parts: TakeParts,
  source: AsyncIterable<Uint8Array>,
  after: Place | undefined,
): Promise<Manifest> {
  const { destination, key, progress, nowMs } = parts;
  const beganMs = nowMs();
  const sent = new SentBackup(counted(source, progress), after);
  const origin = await sent.origin();
  const id = `${stampOf(beganMs)}-${randomBytes(4).toString('hex')}`;
  const folder = folderOf({ clusterId: origin.clusterId, id });
  const place: PartPlace = { destination, folder, key };
  try {
    const snapshot = await snapshotPart(place, sent, origin);
    const written = await writePart(place, LOG_NAME, sent.log(origin));
    const log = { ...written, ...sent.logFacts() };
    for (const part of snapshot === undefined ? [log] : [snapshot, log]) await readBack(place, part);
    const manifest: Manifest = {
      format: ARCHIVE_FORMAT,
      id,
      clusterId: origin.clusterId,
      serverId: origin.serverId,
      version: origin.version,
      createdMs: beganMs,
      durationMs: nowMs() - beganMs,
      ...(snapshot === undefined ? {} : { snapshot }),
      log,
      last: sent.reached(),
      ...(key === undefined ? {} : { encryption: { scheme: SCHEME, keyId: key.id } }),
    };
    const text = Buffer.from(encodeManifest(manifest, sealOf(key)));
    await destination.write(`${folder}/${MANIFEST_NAME}`, one(text));
    return manifest;
  } catch (error) {
    for (const name of [SNAPSHOT_NAME, LOG_NAME])
      await destination.remove(`${folder}/${name}`).catch(() => undefined);
    throw error;
  }
}

async function snapshotPart(
  place: PartPlace,
  sent: SentBackup,
  origin: Origin,
): Promise<SnapshotPart | undefined> {
  const head = await sent.snapshotHead();
  if (head === undefined) return undefined;
  const written = await writePart(place, SNAPSHOT_NAME, sent.snapshot(origin, head));
  const { index, term } = head.meta;
  return { ...written, index, term, digest: head.digest };
}

/** What was written is what was sent, decrypted and with all checksums. */
async function readBack(place: PartPlace, part: Part): Promise<void> {
  const records = readRecords(readPart(place, part));
  while ((await records.next()).done !== true);
}

async function* counted(
  source: AsyncIterable<Uint8Array>,
  progress: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  for await (const piece of source) {
    bytes += piece.length;
    progress(bytes);
    yield piece;
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}

/** Sorts by time: 20261201T041500Z. */
function stampOf(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');
}

/** The stream of a member, taken apart in its order: origin, snapshot, log. */
class SentBackup {
  readonly #records: AsyncGenerator<RawRecord, void>;
  #after: Place | undefined;
  #next: RawRecord | undefined;
  #last: Place | undefined;
  #entries = 0;
  #firstTimeMs: number | undefined;
  #reached: Reached | undefined;

  constructor(source: AsyncIterable<Uint8Array>, after: Place | undefined) {
    this.#records = readRecords(source);
    const begin = after === undefined ? undefined : { index: after.index, term: after.term };
    this.#after = begin;
    this.#last = begin;
  }

  async origin(): Promise<Origin> {
    const record = await this.#step();
    if (record.type !== BackupRecord.origin) throw outOfOrder();
    const origin = decodeOrigin(record.payload);
    await this.#step();
    return origin;
  }

  async snapshotHead(): Promise<SnapshotHead | undefined> {
    if (this.#next?.type !== BackupRecord.snapshotHead) return undefined;
    const head = decodeSnapshotHead(this.#next.payload);
    const place = { index: head.meta.index, term: head.meta.term };
    if (this.#after === undefined || this.#after.index > place.index) {
      this.#after = place;
      this.#last = place;
    }
    return head;
  }

  async *snapshot(origin: Origin, head: SnapshotHead): AsyncGenerator<Uint8Array, void> {
    const writer = new RecordWriter();
    yield writer.origin(origin);
    yield writer.snapshotHead(head);
    for (;;) {
      const record = await this.#step();
      if (record.type === BackupRecord.snapshotFoot) break;
      if (record.type !== BackupRecord.snapshotChunk) throw outOfOrder();
      yield writer.again(record);
    }
    yield writer.snapshotFoot();
    yield writer.end(undefined);
    await this.#step();
  }

  async *log(origin: Origin): AsyncGenerator<Uint8Array, void> {
    const writer = new RecordWriter();
    yield writer.origin(origin);
    for (let record = this.#next!; record.type !== BackupRecord.end; record = await this.#step()) {
      if (record.type !== BackupRecord.entries) throw outOfOrder();
      this.#note(record.payload);
      yield writer.again(record);
    }
    const reached = decodeReached(this.#next!.payload);
    if (this.#last?.index !== reached.index)
      throw new BackupFault(
        'hole',
        `its log ends at ${this.#last?.index}, and entry ${reached.index} was promised`,
      );
    this.#reached = reached;
    yield writer.end(reached);
    // What follows the end is found out.
    await this.#records.next();
  }

  logFacts(): Pick<LogPart, 'after' | 'entries' | 'firstTimeMs'> {
    const times = this.#firstTimeMs === undefined ? {} : { firstTimeMs: this.#firstTimeMs };
    return { after: this.#after!, entries: this.#entries, ...times };
  }

  reached(): Reached {
    return this.#reached!;
  }

  #note(payload: Uint8Array): void {
    const entries: Entry[] = [];
    decodeEntries(payload, 0, Number.POSITIVE_INFINITY, entries);
    for (const { index, term, kind, data } of entries) {
      if (this.#last === undefined || index !== this.#last.index + 1)
        throw new BackupFault('hole', `entry ${index} follows entry ${this.#last?.index ?? 'of nothing'}`);
      this.#last = { index, term };
      this.#entries++;
      if (this.#firstTimeMs === undefined && kind === EntryKind.command) this.#firstTimeMs = timeOf(data);
    }
  }

  async #step(): Promise<RawRecord> {
    const { done, value } = await this.#records.next();
    if (done === true) throw new BackupFault('damaged', 'the backup ends too early');
    this.#next = value;
    return value;
  }
}

const header = emptyCommandHeader();

function timeOf(command: Uint8Array): number | undefined {
  return readCommandHeader(command, 0, header) ? header.timeMs : undefined;
}

function outOfOrder(): BackupFault {
  return new BackupFault('damaged', 'its records are out of order');
}
