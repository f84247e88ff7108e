import { createHash } from 'node:crypto';
import { BackupFault } from '../backup-format/backup-fault.ts';
import type { Part } from '../backup-format/manifest.ts';
import type { ArchiveKey } from './archive-key.ts';
import type { Destination } from './destination.ts';
import { decrypted, encrypted } from './frames.ts';

/** What a part is of: its key in the destination is `folder/name`, and by that it is authenticated. */
export interface PartPlace {
  readonly destination: Destination;
  readonly folder: string;
  /** undefined: it is not encrypted. */
  readonly key: ArchiveKey | undefined;
}

export async function writePart(
  { destination, folder, key }: PartPlace,
  name: string,
  source: AsyncIterable<Uint8Array>,
): Promise<Part> {
  const path = `${folder}/${name}`;
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array, void> {
    for await (const piece of key === undefined ? source : encrypted(key, path, source)) {
      hash.update(piece);
      bytes += piece.length;
      yield piece;
    }
  };
  await destination.write(path, counted());
  return { name, bytes, sha256: hash.digest('hex') };
}

/** What was given to `writePart`. Throws BackupFault `damaged`, at the latest at its end, where it is not. */
export async function* readPart(
  { destination, folder, key }: PartPlace,
  part: Part,
): AsyncGenerator<Uint8Array, void> {
  const path = `${folder}/${part.name}`;
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array, void> {
    for await (const piece of destination.read(path)) {
      bytes += piece.length;
      if (bytes > part.bytes) throw new BackupFault('damaged', `${path} is longer than its manifest says`);
      hash.update(piece);
      yield piece;
    }
    if (bytes < part.bytes)
      throw new BackupFault('damaged', `${path} is cut off: ${bytes} bytes of ${part.bytes}`);
    if (hash.digest('hex') !== part.sha256)
      throw new BackupFault('damaged', `${path} was changed: its SHA-256 is not that of its manifest`);
  };
  if (key === undefined) yield* counted();
  else yield* decrypted(key, path, counted());
}
