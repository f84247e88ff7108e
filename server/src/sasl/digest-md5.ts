import { decodeUtf8 } from '@rookery/protocol';
import { byteStringOf, bytesOf, hexOf } from './byte-string.ts';
import { type Directives, quoted, readDirectives } from './directives.ts';
import type { Md5, SaslUsers } from './users.ts';

/** What an exchange works with. */
export interface DigestMd5Parts {
  readonly md5: Md5;
  /** A new one for each exchange, unguessable; letters and digits. */
  readonly nonce: () => string;
  readonly users: Pick<SaslUsers, 'realm' | 'secretOf'>;
  /** What clients say that they want to reach, in any case: `service/host`. */
  readonly digestUri: string;
}

/** What a client's token comes to. */
export type SaslStep =
  | { readonly kind: 'challenge'; readonly token: Uint8Array }
  /** The token shows the client that the server knows the password, too. */
  | { readonly kind: 'proved'; readonly token: Uint8Array; readonly user: string }
  | { readonly kind: 'failed'; readonly why: string };

/** Longer tokens are no responses (RFC 2831, 2.1.2). */
export const MAX_TOKEN_BYTES = 4096;
/** Only first authentications are taken: a nonce counts once. */
const NONCE_COUNT = '00000001';
/** No layer of protection follows, only authentication. */
const QOP = 'auth';
/** May stand in a response once. */
const ONCE: ReadonlySet<string> = new Set([
  'username',
  'realm',
  'nonce',
  'cnonce',
  'nc',
  'qop',
  'digest-uri',
  'response',
  'maxbuf',
  'charset',
  'cipher',
  'authzid',
]);
/** Stands in for that of users who are not there, so that they take as long. */
const NO_SECRET = new Uint8Array(16);

/**
 * The server's side of one DIGEST-MD5 exchange (RFC 2831).
 *
 *   begun ──any token──► challenged ──right response──► over (proved)
 *                            └──────anything else─────► over (failed)
 *
 * What comes behind the end fails. Whom the client wants to act for (authzid) is hashed, and otherwise nothing: everybody acts for themselves.
 */
export class DigestMd5Exchange {
  readonly #parts: DigestMd5Parts;
  #nonce: string | undefined;
  #isOver = false;

  constructor(parts: DigestMd5Parts) {
    this.#parts = parts;
  }

  step(token: Uint8Array): SaslStep {
    if (this.#isOver) return failed('the exchange is over');
    if (token.length > MAX_TOKEN_BYTES) return this.#end(failed('the token is too long'));
    // A response to an earlier challenge, if the client begins with one, is answered with a new challenge.
    if (this.#nonce === undefined) return this.#challenge();
    return this.#end(this.#judge(this.#nonce, byteStringOf(token)));
  }

  #challenge(): SaslStep {
    const { nonce, users } = this.#parts;
    this.#nonce = nonce();
    // As Apache ZooKeeper's: `auth` is the qop where none is named.
    const text = `realm=${quoted(users.realm)},nonce=${quoted(this.#nonce)},charset=utf-8,algorithm=md5-sess`;
    return { kind: 'challenge', token: bytesOf(text) };
  }

  #end(step: SaslStep): SaslStep {
    this.#isOver = true;
    return step;
  }

  #judge(nonce: string, message: string): SaslStep {
    const directives = readDirectives(message, ONCE);
    if (directives === undefined) return failed('the response is malformed');
    const wrong = this.#whyNoAnswer(directives, nonce);
    if (wrong !== undefined) return failed(wrong);
    const [user, cnonce, uri, response] = ['username', 'cnonce', 'digest-uri', 'response'].map((key) =>
      directives.get(key),
    );
    if (user === undefined || cnonce === undefined || uri === undefined || response === undefined)
      return failed('the response lacks a directive');
    const name = textOf(user);
    const secret = this.#parts.users.secretOf(name);
    const session = { nonce, cnonce, authzid: directives.get('authzid') };
    const right = this.#responseValue(`AUTHENTICATE:${uri}`, secret ?? NO_SECRET, session);
    const isRight = isEqual(response, right);
    if (secret === undefined) return failed('there is no such user');
    if (!isRight) return failed('the password is wrong');
    const token = bytesOf(`rspauth=${this.#responseValue(`:${uri}`, secret, session)}`);
    return { kind: 'proved', token, user: name };
  }

  /** Why the response answers no challenge of this exchange; undefined where it does. */
  #whyNoAnswer(directives: Directives, nonce: string): string | undefined {
    const { users, digestUri } = this.#parts;
    const is = (key: string, value: string): boolean => directives.get(key) === value;
    const isOr = (key: string, value: string): boolean => !directives.has(key) || is(key, value);
    if (!isOr('charset', 'utf-8')) return 'the charset is not utf-8';
    if (textOf(directives.get('realm') ?? '') !== users.realm) return 'the realm is another one';
    if (!is('nonce', nonce)) return 'the nonce is another one';
    if (!isOr('nc', NONCE_COUNT)) return 'the nonce was used before';
    if (!isOr('qop', QOP)) return 'the quality of protection is not offered';
    if (directives.get('digest-uri')?.toLowerCase() !== digestUri.toLowerCase())
      return 'the response is for another service';
    return undefined;
  }

  /** Behind `a2` stands what is proved with it: by the client, or to it. */
  #responseValue(a2: string, secret: Uint8Array, { nonce, cnonce, authzid }: Session): string {
    const { md5 } = this.#parts;
    const hashed = (text: string): string => hexOf(md5(bytesOf(text)));
    const as = authzid === undefined ? '' : `:${authzid}`;
    const a1 = `${byteStringOf(secret)}:${nonce}:${cnonce}${as}`;
    return hashed(`${hashed(a1)}:${nonce}:${NONCE_COUNT}:${cnonce}:${QOP}:${hashed(a2)}`);
  }
}

/** What the response-values of an exchange have in common. */
interface Session {
  readonly nonce: string;
  readonly cnonce: string;
  readonly authzid: string | undefined;
}

function failed(why: string): SaslStep {
  return { kind: 'failed', why };
}

function textOf(byteString: string): string {
  const bytes = bytesOf(byteString);
  return decodeUtf8(bytes, 0, bytes.length);
}

/** In a time that does not tell where they differ. */
function isEqual(given: string, right: string): boolean {
  if (given.length !== right.length) return false;
  let difference = 0;
  for (let i = 0; i < right.length; i++) difference |= given.charCodeAt(i) ^ right.charCodeAt(i);
  return difference === 0;
}
