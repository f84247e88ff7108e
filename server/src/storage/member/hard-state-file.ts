import type { HardState } from 'raft-ts-lite';
import { crc32c } from '../../codec/crc32c.ts';
import { FieldReader } from '../../codec/field-reader.ts';
import { FieldWriter } from '../../codec/field-writer.ts';
import type { Disk, DiskDone, DiskFile } from '../../ports/disk.ts';
import { damaged } from '../log/segment-file.ts';
import type { MemberIdentity } from '../recovered.ts';
import { StorageError } from '../storage-error.ts';
import { storedFormat } from '../stored-format.ts';
import { MEMBER_FOLDER } from './identity-file.ts';
import { TEMPORARY_SUFFIX } from './sealed-file.ts';

/**
 * What this member promised and must never forget, apart from the log: a bad tail of the log takes no vote along.
 *
 *     slot 0 @ 0      ┐ magic, 8 bytes │ version u32 │ sequence f64 │ term f64 │ vote f64 │ newest segment f64
 *     slot 1 @ 4096   ┘ Raft id f64 │ cluster id │ zeros │ crc32c u32 of all before
 *
 * Record n goes to slot n mod 2, so that a torn write damages at most the older one of the two. Each slot has a block of its own: a
 * disk that writes blocks may tear the whole of one.
 */
export const HARD_STATE_NAME = `${MEMBER_FOLDER}/vote`;

/** Distance of the slots; the rest of each block stays zero. */
export const SLOT_BYTES = 4096;
export const SLOT_RECORD_BYTES = 128;
const version = 1;
const MAGIC = new TextEncoder().encode('ROOKVOT\n');
const versionOffset = MAGIC.length;
const CRC_OFFSET = SLOT_RECORD_BYTES - 4;

/** What a slot holds. */
export interface Promised {
  readonly hardState: HardState;
  /** Sequence of the log's newest segment: one that vanished as a whole would otherwise read as a shorter log. */
  readonly newestSegment: number;
}

export interface FoundHardState extends Promised {
  readonly sequence: number;
  /** One slot does not verify: torn while it was written, or a vote that was promised, nobody can tell. */
  readonly isDoubtful: boolean;
}

/** The open file; its state is that of the last durable record. */
export class HardStateFile {
  hardState: HardState;
  #newestSegment: number;
  #sequence: number;
  readonly #file: DiskFile;
  readonly #owner: MemberIdentity;
  readonly #writer = new FieldWriter(storedFormat, SLOT_RECORD_BYTES);
  /** What the disk is working on. */
  #writing: HardState;
  #done: DiskDone | undefined;

  constructor(file: DiskFile, owner: MemberIdentity, { hardState, newestSegment, sequence }: FoundHardState) {
    this.#file = file;
    this.#owner = owner;
    this.hardState = this.#writing = hardState;
    this.#newestSegment = newestSegment;
    this.#sequence = sequence;
  }

  /** One at a time. Durable when `done` is called, possibly before this returns. */
  write(hardState: HardState, done: DiskDone): void {
    const { term, vote } = this.hardState;
    if (hardState.term === term && hardState.vote === vote) {
      done(undefined);
      return;
    }
    this.#append(hardState, done);
  }

  /** To be told before the first record of the segment is written. Rejects with the disk's error. */
  beganSegment(sequence: number): Promise<void> {
    this.#newestSegment = sequence;
    return new Promise((resolve, reject) => {
      this.#append(this.hardState, (error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #append(hardState: HardState, done: DiskDone): void {
    const writer = this.#writer;
    this.#writing = hardState;
    this.#done = done;
    this.#sequence++;
    writer.clear();
    encodeSlot(writer, this.#owner, this.#sequence, hardState, this.#newestSegment);
    this.#file.append(writer.bytes, SLOT_RECORD_BYTES, slotOffset(this.#sequence), this.#appended);
  }

  readonly #appended = (error: Error | undefined): void => {
    const done = this.#done!;
    this.#done = undefined;
    if (error === undefined) this.hardState = this.#writing;
    done(error);
  };
}

/**
 * Makes the file anew, both slots alike, durably. At each start: what a process that was killed had written but not synced can be read,
 * and is not yet durable.
 */
export async function replaceHardStateFile(
  disk: Disk,
  owner: MemberIdentity,
  promised: Promised,
  sequence = 0,
): Promise<HardStateFile> {
  const { hardState, newestSegment } = promised;
  const temporary = await disk.create(HARD_STATE_NAME + TEMPORARY_SUFFIX);
  try {
    await temporary.allocate(2 * SLOT_BYTES);
    for (const next of [sequence + 1, sequence + 2]) {
      const writer = new FieldWriter(storedFormat, SLOT_RECORD_BYTES);
      encodeSlot(writer, owner, next, hardState, newestSegment);
      await temporary.write(writer.takeBytes(), slotOffset(next));
    }
    await temporary.sync();
  } finally {
    await temporary.close();
  }
  await disk.rename(HARD_STATE_NAME + TEMPORARY_SUFFIX, HARD_STATE_NAME);
  await disk.syncFolder(MEMBER_FOLDER);
  const found = { ...promised, sequence: sequence + 2, isDoubtful: false };
  return new HardStateFile(await disk.open(HARD_STATE_NAME), owner, found);
}

/** The newest slot that verifies. Undefined where there is no file; throws StorageError `damaged` or `unknown-format`. */
export async function readHardStateFile(
  disk: Disk,
  owner: MemberIdentity | undefined,
): Promise<FoundHardState | undefined> {
  if (!(await disk.list(MEMBER_FOLDER)).includes(fileOf(HARD_STATE_NAME))) return undefined;
  const file = await disk.open(HARD_STATE_NAME);
  const slots: Slot[] = [];
  try {
    for (const offset of [0, SLOT_BYTES]) {
      const bytes = new Uint8Array(SLOT_RECORD_BYTES);
      const read = await file.read(bytes, offset);
      const slot = decodeSlot(bytes.subarray(0, read), offset);
      if (slot !== undefined) slots.push(slot);
    }
  } finally {
    await file.close();
  }
  slots.sort((a, b) => b.sequence - a.sequence);
  const [newest] = slots;
  if (newest === undefined) throw damaged(HARD_STATE_NAME, 0, 'neither copy of term and vote verifies');
  if (owner !== undefined && (newest.clusterId !== owner.clusterId || newest.raftId !== owner.raftId)) {
    throw damaged(
      HARD_STATE_NAME,
      slotOffset(newest.sequence),
      `term and vote of member ${newest.raftId} of cluster ${newest.clusterId} in the folder of ${owner.raftId} of ${owner.clusterId}`,
    );
  }
  return { ...newest, isDoubtful: slots.length < 2 };
}

interface Slot extends Promised {
  readonly sequence: number;
  readonly raftId: number;
  readonly clusterId: string;
}

const slotOffset = (sequence: number): number => (sequence % 2) * SLOT_BYTES;
const fileOf = (path: string): string => path.slice(MEMBER_FOLDER.length + 1);

function encodeSlot(
  writer: FieldWriter,
  owner: MemberIdentity,
  sequence: number,
  hardState: HardState,
  newestSegment: number,
): void {
  writer.raw(MAGIC);
  writer.u32(version);
  writer.f64(sequence);
  writer.f64(hardState.term);
  writer.f64(hardState.vote);
  writer.f64(newestSegment);
  writer.f64(owner.raftId);
  writer.text(owner.clusterId);
  writer.padTo(CRC_OFFSET);
  writer.u32(crc32c(writer.bytes, 0, CRC_OFFSET, 0));
}

/** Undefined where it does not verify. */
function decodeSlot(bytes: Uint8Array, offset: number): Slot | undefined {
  const isWhole = bytes.length === SLOT_RECORD_BYTES && MAGIC.every((byte, i) => bytes[i] === byte);
  if (!isWhole) return undefined;
  const reader = new FieldReader(bytes, storedFormat);
  reader.offset = CRC_OFFSET;
  if (reader.u32() !== crc32c(bytes, 0, CRC_OFFSET, 0)) return undefined;
  reader.offset = versionOffset;
  const found = reader.u32();
  if (found !== version) {
    throw new StorageError(
      'unknown-format',
      `${HARD_STATE_NAME} has format ${found}; this version knows ${version}: run the version that wrote it, or a newer one`,
      { file: HARD_STATE_NAME, offset: offset + versionOffset },
    );
  }
  return {
    sequence: reader.f64(),
    hardState: { term: reader.f64(), vote: reader.f64() },
    newestSegment: reader.f64(),
    raftId: reader.f64(),
    clusterId: reader.text(),
  };
}
