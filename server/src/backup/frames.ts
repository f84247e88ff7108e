import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { BackupFault } from '../backup-format/backup-fault.ts';
import type { ArchiveKey } from './archive-key.ts';

/**
 * An encrypted object:
 *
 *     magic, 8 bytes │ salt, 32 bytes │ frames: length u32, bytes, tag of 16 bytes
 *
 * Each object has a key of its own, made of the archive's key and the random salt, and each of its frames the nonce
 *
 *     1 where it is the last one, else 0 │ 0 0 0 │ number u64
 *
 * so that no nonce is used twice with a key, and a frame that is missing, moved, repeated or cut off does not verify. Magic, salt and the object's name are
 * authenticated with each frame: an object under the name of another one does not verify either.
 */
const MAGIC = Buffer.from('ROOKENC1');
const SALT_BYTES = 32;
const TAG_BYTES = 16;
const FRAME_BYTES = 256 * 1024;
const LENGTH_BYTES = 4;
const CIPHER = 'aes-256-gcm';

function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce[0] = isLast ? 1 : 0;
  nonce.writeBigUInt64BE(BigInt(number), 4);
  return nonce;
}

/** @param name under which it is stored */
export async function* encrypted(
  key: ArchiveKey,
  name: string,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const head = Buffer.concat([MAGIC, randomBytes(SALT_BYTES)]);
  const partKey = key.partKey(head.subarray(MAGIC.length));
  const authenticated = Buffer.concat([head, Buffer.from(name)]);
  let number = 0;
  const frame = (bytes: Uint8Array, isLast: boolean): Buffer => {
    const cipher = createCipheriv(CIPHER, partKey, nonceOf(number++, isLast));
    cipher.setAAD(authenticated);
    const body = Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(body.length);
    return Buffer.concat([length, body]);
  };
  yield head;
  for await (const bytes of inPieces(source, FRAME_BYTES)) yield frame(bytes, false);
  yield frame(new Uint8Array(0), true);
}

/** What was encrypted. Throws BackupFault `damaged` at the first frame that does not verify, and where the last one is missing. */
export async function* decrypted(
  key: ArchiveKey,
  name: string,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const input = new Input(source);
  const head = await input.take(MAGIC.length + SALT_BYTES);
  if (head === undefined || !head.subarray(0, MAGIC.length).equals(MAGIC))
    throw new BackupFault('damaged', `${name} does not begin as an encrypted part does`);
  const partKey = key.partKey(head.subarray(MAGIC.length));
  const authenticated = Buffer.concat([head, Buffer.from(name)]);
  for (let number = 0; ; number++) {
    const length = (await input.take(LENGTH_BYTES))?.readUInt32BE() ?? 0;
    const isSane = length >= TAG_BYTES && length <= FRAME_BYTES + TAG_BYTES;
    const body = isSane ? await input.take(length) : undefined;
    if (body === undefined) throw new BackupFault('damaged', `${name} is cut off, or was changed`);
    // The last one is empty, and no other one is.
    const isLast = length === TAG_BYTES;
    const bytes = opened(partKey, nonceOf(number, isLast), authenticated, body);
    if (bytes === undefined)
      throw new BackupFault('damaged', `${name} was changed: a frame of it does not verify`);
    if (!isLast) {
      yield bytes;
      continue;
    }
    if (!(await input.hasEnded())) throw new BackupFault('damaged', `something follows the end of ${name}`);
    return;
  }
}

function opened(key: Uint8Array, nonce: Buffer, authenticated: Buffer, body: Buffer): Buffer | undefined {
  const decipher = createDecipheriv(CIPHER, key, nonce);
  decipher.setAAD(authenticated);
  decipher.setAuthTag(body.subarray(body.length - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(body.subarray(0, body.length - TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** The same bytes, in pieces of that size; the last one is shorter, and none is empty. Each is valid until the next one is asked for. */
async function* inPieces(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array, void> {
  const piece = new Uint8Array(size);
  let length = 0;
  for await (const bytes of source) {
    for (let at = 0; at < bytes.length; ) {
      const taken = Math.min(size - length, bytes.length - at);
      piece.set(bytes.subarray(at, at + taken), length);
      length += taken;
      at += taken;
      if (length < size) continue;
      yield piece;
      length = 0;
    }
  }
  if (length > 0) yield piece.subarray(0, length);
}

/** Bytes by their number, out of pieces of any size. */
class Input {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #held: Buffer[] = [];
  #length = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /** undefined: there are not so many. */
  async take(count: number): Promise<Buffer | undefined> {
    while (this.#length < count) if (!(await this.#more())) return undefined;
    const all = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held);
    this.#held = [all.subarray(count)];
    this.#length -= count;
    return all.subarray(0, count);
  }

  async hasEnded(): Promise<boolean> {
    while (this.#length === 0) if (!(await this.#more())) return true;
    return false;
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#pieces.next();
    if (done === true) return false;
    this.#held.push(Buffer.from(value));
    this.#length += value.length;
    return true;
  }
}
