import { concatBytes, decodeLatin1, encodeUtf8 } from '@rookery/protocol';

/** What the exchange works with. */
export interface DigestMd5Parts {
  /** 16 bytes. */
  readonly md5: (message: Uint8Array) => Uint8Array;
  /** Unguessable, letters and digits. */
  readonly cnonce: string;
  readonly user: string;
  readonly password: string;
}

/** What servers of this protocol are called in the exchange, whatever their addresses (ZooKeeper's SaslServerPrincipal). */
const DIGEST_URI = 'zookeeper/zk-sasl-md5';
/** A nonce is used once, and no layer of protection follows. */
const NONCE_COUNT = '00000001';
const QOP = 'auth';

/**
 * The client's side of one DIGEST-MD5 exchange (RFC 2831).
 *
 *   empty token ──► challenge ──► response ──► rspauth, by which the server shows that it knows the password, too
 */
export class DigestMd5 {
  readonly #parts: DigestMd5Parts;
  #expected: string | undefined;

  constructor(parts: DigestMd5Parts) {
    this.#parts = parts;
  }

  /** The answer to a challenge; undefined where it is none. */
  respond(challenge: Uint8Array): Uint8Array | undefined {
    const text = decodeLatin1(challenge, 0, challenge.length);
    const nonce = directive(text, 'nonce');
    const realm = directive(text, 'realm') ?? '';
    if (nonce === undefined) return undefined;
    const { cnonce, user } = this.#parts;
    this.#expected = this.#value(`:${DIGEST_URI}`, realm, nonce);
    const response = this.#value(`AUTHENTICATE:${DIGEST_URI}`, realm, nonce);
    return encodeUtf8(
      [
        'charset=utf-8',
        `username=${quoted(user)}`,
        `realm=${quoted(realm)}`,
        `nonce=${quoted(nonce)}`,
        `nc=${NONCE_COUNT}`,
        `cnonce=${quoted(cnonce)}`,
        `digest-uri=${quoted(DIGEST_URI)}`,
        'maxbuf=65536',
        `response=${response}`,
        `qop=${QOP}`,
      ].join(','),
    );
  }

  /** Whether the server has shown that it knows the password. */
  isProvedBy(token: Uint8Array): boolean {
    return (
      this.#expected !== undefined &&
      directive(decodeLatin1(token, 0, token.length), 'rspauth') === this.#expected
    );
  }

  #value(a2: string, realm: string, nonce: string): string {
    const { md5, cnonce, user, password } = this.#parts;
    const hashed = (text: Uint8Array): string => hexOf(md5(text));
    const secret = md5(concatBytes([user, ':', realm, ':', password].map(hashedForm)));
    const a1 = concatBytes([secret, encodeUtf8(`:${nonce}:${cnonce}`)]);
    return hashed(
      encodeUtf8(`${hashed(a1)}:${nonce}:${NONCE_COUNT}:${cnonce}:${QOP}:${hashed(encodeUtf8(a2))}`),
    );
  }
}

/** Text that ISO 8859-1 can say is hashed in that, whatever else the exchange is in (RFC 2831, 2.1.2.1). */
function hashedForm(text: string): Uint8Array {
  const codes = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  return codes.some((code) => code > 0xff) ? encodeUtf8(text) : Uint8Array.from(codes);
}

/** `key="value"` or `key=value`; undefined where it is not there. */
function directive(text: string, key: string): string | undefined {
  const match = new RegExp(`(?:^|[,\\s])${key}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^,\\s]*))`).exec(text);
  return match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2];
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
