import { encodeUtf8 } from '@rookery/protocol';
import { byteStringOf, bytesOf } from './byte-string.ts';

/** MD5, 16 bytes. */
export type Md5 = (message: Uint8Array) => Uint8Array;

/**
 * Who may authenticate by SASL. Of a password only what DIGEST-MD5 checks is kept: MD5 of `user:realm:password`. All of them can be replaced while
 * the member runs: exchanges that are on their way go on with the new ones.
 */
export class SaslUsers {
  readonly realm: string;
  readonly #md5: Md5;
  #secrets: ReadonlyMap<string, Uint8Array> | undefined;

  /** Nobody until `replace`: SASL is not set up. */
  constructor(realm: string, md5: Md5) {
    this.realm = realm;
    this.#md5 = md5;
  }

  get isSetUp(): boolean {
    return this.#secrets !== undefined;
  }

  /** By name: these, and nobody else, with these passwords. @returns whether they differ from those before */
  replace(users: ReadonlyMap<string, string>): boolean {
    const md5 = this.#md5;
    const { realm } = this;
    const before = this.#secrets;
    const secrets = new Map(
      Array.from(users, ([user, password]) => [
        user,
        md5(bytesOf(`${hashedForm(user)}:${hashedForm(realm)}:${hashedForm(password)}`)),
      ]),
    );
    this.#secrets = secrets;
    return (
      before?.size !== secrets.size ||
      [...secrets].some(([user, secret]) => !isEqual(secret, before.get(user)))
    );
  }

  secretOf(user: string): Uint8Array | undefined {
    return this.#secrets?.get(user);
  }
}

function isEqual(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.every((byte, i) => byte === b[i]);
}

/** As a byte string: text that ISO 8859-1 can say is hashed in that, whatever else the exchange is in (RFC 2831, 2.1.2.1). */
function hashedForm(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0xff) return byteStringOf(encodeUtf8(text));
  }
  return text;
}
