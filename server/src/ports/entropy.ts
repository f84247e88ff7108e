export interface Entropy {
  /** A whole number below 2^32, for seeds and for the marks by which instances are told apart. */
  uint32(): number;
  /** Unguessable bytes, for secrets. */
  bytes(length: number): Uint8Array;
  /** Keyed digest (HMAC-SHA-256), 32 bytes: session passwords. */
  hmac(secret: Uint8Array, message: Uint8Array): Uint8Array;
  /** Digest (SHA-1) in base64: what ZooKeeper's digest scheme makes of a password. */
  sha1Base64(message: Uint8Array): string;
}
