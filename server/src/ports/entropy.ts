/** Of what the digest scheme makes of a password. */
export type HashAlgorithm = 'sha1' | 'sha256' | 'sha512' | 'sha3-256';

export interface Entropy {
  /** A whole number below 2^32, for seeds and for the marks by which instances are told apart. */
  uint32(): number;
  /** Unguessable bytes, for secrets. */
  bytes(length: number): Uint8Array;
  /** Keyed digest (HMAC-SHA-256), 32 bytes: session passwords. */
  hmac(secret: Uint8Array, message: Uint8Array): Uint8Array;
  /** Digest in base64: what ZooKeeper's digest scheme makes of a password. */
  hashBase64(algorithm: HashAlgorithm, message: Uint8Array): string;
  /** Digest (MD5), 16 bytes: what SASL's DIGEST-MD5 is made of. */
  md5(message: Uint8Array): Uint8Array;
}
