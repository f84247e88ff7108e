import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { BackupFault } from '../backup-format/backup-fault.ts';
import type { Manifest } from '../backup-format/manifest.ts';

const KEY_BYTES = 32;

/** What an archive is encrypted with: 32 bytes, of which every other key is made. */
export class ArchiveKey {
  readonly #bytes: Uint8Array;

  /** Throws BackupFault `wrong-key` where these are not 32 bytes. */
  constructor(bytes: Uint8Array) {
    if (bytes.length !== KEY_BYTES)
      throw new BackupFault('wrong-key', `a key has ${KEY_BYTES} bytes, and this one has ${bytes.length}`);
    this.#bytes = bytes;
  }

  /** By which it is known which key an archive needs; the key cannot be told from it. */
  get id(): string {
    return this.#hmac('rookery backup key id').slice(0, 16);
  }

  sealOf(text: string): string {
    return this.#hmac(`rookery backup manifest\n${text}`);
  }

  /** The key of one object alone. */
  partKey(salt: Uint8Array): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#bytes, salt, 'rookery backup part', KEY_BYTES));
  }

  #hmac(text: string): string {
    return createHmac('sha256', this.#bytes).update(text).digest('hex');
  }
}

/** As they are, or in hexadecimal digits or base64 with a line's end. */
export function readKeyFile(path: string): ArchiveKey {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new BackupFault('wrong-key', `the key cannot be read: ${(error as Error).message}`);
  }
  if (bytes.length === KEY_BYTES) return new ArchiveKey(bytes);
  const text = bytes.toString('latin1').trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return new ArchiveKey(Buffer.from(text, 'hex'));
  if (/^[A-Za-z0-9+/]{43}=$/.test(text)) return new ArchiveKey(Buffer.from(text, 'base64'));
  throw new BackupFault(
    'wrong-key',
    `${path} holds no key: 32 bytes, as they are or in 64 hexadecimal digits or base64 (openssl rand -hex 32)`,
  );
}

/** Of the text of a manifest. */
export function sealOf(key: ArchiveKey | undefined): (text: string) => string {
  return key === undefined
    ? (text) => createHash('sha256').update(text).digest('hex')
    : (text) => key.sealOf(text);
}

/** Whose key is not there cannot be looked at, and is listed all the same. */
export function isSealBy(key: ArchiveKey | undefined) {
  return ({ encryption }: Manifest, text: string, seal: string): boolean => {
    if (encryption !== undefined && encryption.keyId !== key?.id) return true;
    const wanted = Buffer.from(sealOf(encryption === undefined ? undefined : key)(text));
    const given = Buffer.from(seal);
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  };
}

/** The key that a backup needs; undefined: none. Throws BackupFault `wrong-key`. */
export function keyFor({ id, encryption }: Manifest, key: ArchiveKey | undefined): ArchiveKey | undefined {
  if (encryption === undefined) return undefined;
  if (key === undefined)
    throw new BackupFault(
      'wrong-key',
      `backup ${id} is encrypted with key ${encryption.keyId}: name it by --key-file`,
    );
  if (key.id !== encryption.keyId)
    throw new BackupFault(
      'wrong-key',
      `backup ${id} is encrypted with key ${encryption.keyId}, and this is key ${key.id}`,
    );
  return key;
}
