import { crc32c } from '../../codec/crc32c.ts';
import { FieldReader } from '../../codec/field-reader.ts';
import { FieldWriter } from '../../codec/field-writer.ts';
import { type Disk, diskErrorCode } from '../../ports/disk.ts';
import { damaged } from '../log/segment-file.ts';
import { StorageError } from '../storage-error.ts';
import { storedFormat } from '../stored-format.ts';

/**
 * Small files that are replaced as a whole:  magic, 8 bytes │ version u32 │ length u32 │ content │ crc32c u32 of all before.
 */
export interface SealedFormat {
  /** Eight ASCII characters. */
  readonly magic: string;
  /** What is written; all from 1 on are read. */
  readonly version: number;
}

export interface SealedContent {
  readonly version: number;
  readonly content: Uint8Array;
}

const OVERHEAD_BYTES = 20;
export const TEMPORARY_SUFFIX = '.tmp';

/** Either the old content or the new one is there after a crash; the new one once this resolves. */
export async function replaceSealedFile(
  disk: Disk,
  folder: string,
  name: string,
  format: SealedFormat,
  content: Uint8Array,
): Promise<void> {
  const path = folder === '' ? name : `${folder}/${name}`;
  const writer = new FieldWriter(storedFormat, OVERHEAD_BYTES + content.length);
  writer.raw(new TextEncoder().encode(format.magic));
  writer.u32(format.version);
  writer.block(content);
  writer.u32(crc32c(writer.bytes, 0, writer.length, 0));

  const file = await disk.create(path + TEMPORARY_SUFFIX);
  try {
    await file.write(writer.takeBytes(), 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(path + TEMPORARY_SUFFIX, path);
  await disk.syncFolder(folder);
}

/** Undefined where there is no such file. Throws StorageError `damaged` or `unknown-format`. */
export async function readSealedFile(
  disk: Disk,
  path: string,
  format: SealedFormat,
): Promise<SealedContent | undefined> {
  const bytes = await readWhole(disk, path);
  if (bytes === undefined) return undefined;
  const magic = new TextEncoder().encode(format.magic);
  const isWhole = bytes.length >= OVERHEAD_BYTES && magic.every((byte, i) => bytes[i] === byte);
  if (!isWhole) throw damaged(path, 0, 'a file does not verify');
  const end = bytes.length - 4;
  if (new FieldReader(bytes.subarray(end), storedFormat).u32() !== crc32c(bytes, 0, end, 0)) {
    throw damaged(path, 0, 'a file does not verify');
  }
  const reader = new FieldReader(bytes.subarray(magic.length, end), storedFormat);
  const version = reader.u32();
  if (version < 1 || version > format.version) {
    throw new StorageError(
      'unknown-format',
      `${path} has format ${version}; this version knows ${format.version}: run the version that wrote it, or a newer one`,
      { file: path, offset: magic.length },
    );
  }
  return { version, content: reader.block() };
}

async function readWhole(disk: Disk, path: string): Promise<Uint8Array | undefined> {
  try {
    const file = await disk.open(path);
    try {
      const bytes = new Uint8Array(await file.size());
      return bytes.subarray(0, await file.read(bytes, 0));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (diskErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
