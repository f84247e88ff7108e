import { createHash } from 'node:crypto';

/** What a client of DIGEST-MD5 answers with; what is left out is as it should be. */
export interface ResponseFields {
  readonly user: string;
  readonly password: string;
  readonly realm?: string;
  readonly nonce?: string;
  readonly cnonce?: string;
  readonly digestUri?: string;
  readonly authzid?: string;
  /** In place of what user, realm and password come to. */
  readonly secret?: Buffer;
  /** Directives that are sent otherwise than they were hashed; undefined: not at all. */
  readonly sent?: Readonly<Record<string, string | undefined>>;
  /** Behind the last directive. */
  readonly behind?: string;
}

const DEFAULT_CNONCE = 'OA6MHXh6VqTrRk';

/** The client's side of an exchange, made by the words of RFC 2831 and sharing nothing with the server's. */
export class DigestClient {
  readonly #challenge: ReadonlyMap<string, string>;

  constructor(challenge: Uint8Array) {
    const directives = Buffer.from(challenge)
      .toString('utf8')
      .matchAll(/([a-z]+)=(?:"([^"]*)"|([^,]*))/g);
    this.#challenge = new Map(Array.from(directives, ([, key, quoted, bare]) => [key!, quoted ?? bare!]));
  }

  get nonce(): string {
    return this.#challenge.get('nonce')!;
  }

  /** The response, and what the server has to answer it with. */
  respond(fields: ResponseFields): { readonly response: Uint8Array; readonly rspauth: string } {
    const realm = fields.realm ?? this.#challenge.get('realm')!;
    const nonce = fields.nonce ?? this.nonce;
    const cnonce = fields.cnonce ?? DEFAULT_CNONCE;
    const uri = fields.digestUri ?? 'zookeeper/zk-sasl-md5';
    const { user, password, authzid } = fields;
    const secret = fields.secret ?? md5(Buffer.from(`${user}:${realm}:${password}`, 'latin1'));
    const as = authzid === undefined ? '' : `:${authzid}`;
    const a1 = md5(Buffer.concat([secret, Buffer.from(`:${nonce}:${cnonce}${as}`)])).toString('hex');
    const value = (a2: string): string =>
      md5(`${a1}:${nonce}:00000001:${cnonce}:auth:${md5(a2).toString('hex')}`).toString('hex');
    const directives: Record<string, string | undefined> = {
      charset: 'utf-8',
      username: `"${user}"`,
      realm: `"${realm}"`,
      nonce: `"${nonce}"`,
      nc: '00000001',
      cnonce: `"${cnonce}"`,
      'digest-uri': `"${uri}"`,
      response: value(`AUTHENTICATE:${uri}`),
      qop: 'auth',
      authzid: authzid === undefined ? undefined : `"${authzid}"`,
      ...fields.sent,
    };
    const text = Object.entries(directives)
      .flatMap(([key, sent]) => (sent === undefined ? [] : [`${key}=${sent}`]))
      .join(',');
    return { response: Buffer.from(text + (fields.behind ?? '')), rspauth: `rspauth=${value(`:${uri}`)}` };
  }
}

function md5(message: string | Buffer): Buffer {
  return createHash('md5').update(message).digest();
}
