import { createHash } from 'node:crypto';

/** What somebody answers a challenge of DIGEST-MD5 with, and how it differs from what it should be. */
export interface SaslResponse {
  readonly user: string;
  readonly password: string;
  readonly realm?: string;
  readonly nonce?: string;
  readonly digestUri?: string;
  readonly authzid?: string;
  /** Directives that are sent otherwise than they were hashed; null: not at all. */
  readonly sent?: Readonly<Record<string, string | null>>;
}

const CNONCE = 'OA6MHXh6VqTrRk';

/** A client's answer to a challenge, by the words of RFC 2831. */
export function respond(challenge: Buffer, response: SaslResponse): Buffer {
  const offered = challenge.toString('latin1');
  const named = (key: string): string => new RegExp(`${key}="([^"]*)"`).exec(offered)?.[1] ?? '';
  const { user, password, authzid, sent = {} } = response;
  const realm = response.realm ?? named('realm');
  const nonce = response.nonce ?? named('nonce');
  const uri = response.digestUri ?? 'zookeeper/zk-sasl-md5';
  const as = authzid === undefined ? '' : `:${authzid}`;
  const secret = md5(`${user}:${realm}:${password}`);
  const a1 = md5(Buffer.concat([secret, Buffer.from(`:${nonce}:${CNONCE}${as}`)])).toString('hex');
  const a2 = md5(`AUTHENTICATE:${uri}`).toString('hex');
  const directives: Readonly<Record<string, string | null>> = {
    charset: 'utf-8',
    username: `"${user}"`,
    realm: `"${realm}"`,
    nonce: `"${nonce}"`,
    nc: '00000001',
    cnonce: `"${CNONCE}"`,
    'digest-uri': `"${uri}"`,
    maxbuf: '65536',
    response: md5(`${a1}:${nonce}:00000001:${CNONCE}:auth:${a2}`).toString('hex'),
    qop: 'auth',
    authzid: authzid === undefined ? null : `"${authzid}"`,
    ...sent,
  };
  const text = Object.entries(directives).flatMap(([key, value]) =>
    value === null ? [] : [`${key}=${value}`],
  );
  return Buffer.from(text.join(','));
}

function md5(message: string | Buffer): Buffer {
  return createHash('md5').update(message).digest();
}
