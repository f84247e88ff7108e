import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { SnappyReader } from '../codec/snappy.ts';
import type { ZookeeperFile } from './data-directory.ts';

const PIECE_BYTES = 256 * 1024;

/** What was compressed cannot be had of it: it was cut, or damaged. */
export class Undecipherable extends Error {
  override readonly name = 'Undecipherable';
  readonly isCut: boolean;

  constructor(isCut: boolean) {
    super(isCut ? 'it ends too early' : 'what was compressed is damaged');
    this.isCut = isCut;
  }
}

/** What the file holds, uncompressed. Throws Undecipherable, or the error of the file system. */
export async function* piecesOf({ path, compression }: ZookeeperFile): AsyncIterable<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: PIECE_BYTES });
  if (compression === 'none') yield* file;
  else if (compression === 'gzip') yield* gunzipped(file);
  else yield* unsnapped(file);
}

async function* gunzipped(file: NodeJS.ReadableStream): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  file.on('error', (error) => gunzip.destroy(error));
  file.pipe(gunzip);
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw code.startsWith('Z_') ? new Undecipherable(code === 'Z_BUF_ERROR') : error;
  }
}

async function* unsnapped(file: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const reader = new SnappyReader();
  for await (const piece of file) {
    const blocks = reader.feed(piece);
    if (typeof blocks === 'string') throw new Undecipherable(false);
    yield* blocks;
  }
  if (!reader.isWhole) throw new Undecipherable(true);
}
