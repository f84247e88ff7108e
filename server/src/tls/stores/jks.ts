import { createHash, createPrivateKey, timingSafeEqual, type X509Certificate } from 'node:crypto';
import { certificateOf, type Store, StoreError } from './store.ts';

/*
 * Java's own key store, as sun.security.provider.JavaKeyStore writes it, big-endian:
 *
 *   u32 0xfeedfeed | u32 version | u32 count | count entries | 20 bytes SHA-1 of password, "Mighty Aphrodite" and all before
 *   entry: u32 1 | alias | u64 date | u32 length, protected key | u32 count, certificates       a private key
 *          u32 2 | alias | u64 date | certificate                                               a trusted certificate
 *   alias: u16 length, modified UTF-8;  certificate: (version 2: u16 length, type) u32 length, DER
 */
const MAGIC = 0xfeedfeed;
const KEY_ENTRY = 1;
const CERTIFICATE_ENTRY = 2;
const HASH_BYTES = 20;
const SALT = Buffer.from('Mighty Aphrodite', 'latin1');
/** The protected key stands in an EncryptedPrivateKeyInfo whose algorithm is Sun's own: 1.3.6.1.4.1.42.2.17.1.1. */
const PROTECTION_OID = Buffer.from('060a2b060104012a02110101', 'hex');

/** Throws StoreError. @param keyPassword of the keys where it is not the store's own */
export function readJks(bytes: Buffer, password: string, keyPassword = password): Store {
  checkDigest(bytes, password);
  const reader = new JksReader(bytes.subarray(0, bytes.length - HASH_BYTES));
  if (reader.u32() !== MAGIC) throw new StoreError('it is no JKS store');
  const version = reader.u32();
  if (version !== 1 && version !== 2) throw new StoreError(`it is a JKS store of version ${version}`);
  const certificates: X509Certificate[] = [];
  let privateKey: string | undefined;
  for (let left = reader.u32(); left > 0; left--) {
    const kind = reader.u32();
    reader.text();
    reader.skip(8);
    if (kind === CERTIFICATE_ENTRY) certificates.push(reader.certificate(version));
    else if (kind === KEY_ENTRY) {
      const protectedKey = reader.block();
      const chain: X509Certificate[] = [];
      for (let count = reader.u32(); count > 0; count--) chain.push(reader.certificate(version));
      if (privateKey !== undefined) continue;
      privateKey = recoverKey(protectedKey, keyPassword);
      certificates.unshift(...chain);
    } else throw new StoreError(`it holds an entry of kind ${kind}`);
  }
  return { privateKey, certificates };
}

/** Java's characters are two bytes each. */
function passwordBytes(password: string): Buffer {
  return Buffer.from(password, 'utf16le').swap16();
}

function checkDigest(bytes: Buffer, password: string): void {
  if (bytes.length < HASH_BYTES + 12 || bytes.readUInt32BE(0) !== MAGIC)
    throw new StoreError('it is no JKS store');
  const end = bytes.length - HASH_BYTES;
  const digest = createHash('sha1')
    .update(passwordBytes(password))
    .update(SALT)
    .update(bytes.subarray(0, end))
    .digest();
  if (!timingSafeEqual(digest, bytes.subarray(end)))
    throw new StoreError('the password is not the right one, or the file is damaged');
}

/** Each 20 bytes of the key are covered by the SHA-1 of the password and the 20 bytes before, the first of them by a salt; its own SHA-1 stands behind it. */
function recoverKey(protectedKey: Buffer, password: string): string {
  const at = protectedKey.indexOf(PROTECTION_OID);
  if (at < 0) throw new StoreError('its private key is protected in a way that is not known');
  const sealed = octets(protectedKey, at + PROTECTION_OID.length);
  const secret = passwordBytes(password);
  const salt = sealed.subarray(0, HASH_BYTES);
  const covered = sealed.subarray(HASH_BYTES, sealed.length - HASH_BYTES);
  const key = Buffer.alloc(covered.length);
  let pad: Buffer = salt;
  for (let i = 0; i < covered.length; i++) {
    if (i % HASH_BYTES === 0) pad = createHash('sha1').update(secret).update(pad).digest();
    key[i] = covered[i]! ^ pad[i % HASH_BYTES]!;
  }
  const digest = createHash('sha1').update(secret).update(key).digest();
  if (!timingSafeEqual(digest, sealed.subarray(sealed.length - HASH_BYTES)))
    throw new StoreError('its private key cannot be recovered with the password');
  try {
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
      .export({ format: 'pem', type: 'pkcs8' })
      .toString();
  } catch (error) {
    throw new StoreError('its private key cannot be read', { cause: error });
  }
}

/** The DER octet string that follows the algorithm (and its NULL, where it has one). */
function octets(bytes: Buffer, from: number): Buffer {
  let at = from;
  if (bytes[at] === 0x05 && bytes[at + 1] === 0) at += 2;
  if (bytes[at] !== 0x04) throw new StoreError('its private key is protected in a way that is not known');
  let length = bytes[at + 1] ?? 0;
  at += 2;
  if (length >= 0x80) {
    const lengthBytes = length & 0x7f;
    if (lengthBytes === 0 || lengthBytes > 4 || at + lengthBytes > bytes.length) throw truncated();
    length = bytes.readUIntBE(at, lengthBytes);
    at += lengthBytes;
  }
  if (length < 2 * HASH_BYTES || at + length > bytes.length) throw truncated();
  return bytes.subarray(at, at + length);
}

function truncated(): StoreError {
  return new StoreError('it ends in the middle of an entry');
}

class JksReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  u32(): number {
    return this.#take(4).readUInt32BE(0);
  }

  skip(count: number): void {
    this.#take(count);
  }

  text(): string {
    return this.#take(this.#take(2).readUInt16BE(0)).toString('latin1');
  }

  block(): Buffer {
    return this.#take(this.u32());
  }

  certificate(version: number): X509Certificate {
    if (version === 2) {
      const type = this.text();
      if (type !== 'X.509') throw new StoreError(`it holds a certificate of type ${JSON.stringify(type)}`);
    }
    return certificateOf(this.block());
  }

  #take(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw truncated();
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }
}
