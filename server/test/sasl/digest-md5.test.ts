import { describe, expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { DigestMd5Exchange } from '../../src/sasl/digest-md5.ts';
import { SaslUsers } from '../../src/sasl/users.ts';
import { BOB, challenged, complaintAbout, md5, SaslServer, type Subject } from './attempts.ts';

const subject = { DigestMd5Exchange, SaslUsers };
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

describe('the examples of RFC 2831, section 4:', () => {
  test.each([
    {
      digestUri: 'imap/elwood.innosoft.com',
      nonce: 'OA6MG9tEQGm2hh',
      cnonce: 'OA6MHXh6VqTrRk',
      response: 'd388dad90d4bbd760a152321f2143af7',
      rspauth: 'ea40f60335c427b5527b84dbabcdfffd',
    },
    {
      digestUri: 'acap/elwood.innosoft.com',
      nonce: 'OA9BSXrbuRhWay',
      cnonce: 'OA9BSuZWMSpW8m',
      response: '6084c6db3fede7352c551284490fd0fc',
      rspauth: '2f0b3d7c3c2e486600ef710726aa2eae',
    },
  ])('$digestUri', ({ digestUri, nonce, cnonce, response, rspauth }) => {
    const users = new SaslUsers('elwood.innosoft.com', md5);
    users.replace(new Map([['chris', 'secret']]));
    const exchange = new DigestMd5Exchange({ md5, nonce: () => nonce, users, digestUri });
    challenged(exchange);
    const message = `charset=utf-8,username="chris",realm="elwood.innosoft.com",nonce="${nonce}",nc=00000001,cnonce="${cnonce}",digest-uri="${digestUri}",response=${response},qop=auth`;
    const step = exchange.step(Buffer.from(message));
    expect(step).toMatchObject({ kind: 'proved', user: 'chris' });
    expect(step.kind === 'proved' && text(step.token)).toBe(`rspauth=${rspauth}`);
  });
});

describe('an exchange', () => {
  test('begins with the challenge that Apache ZooKeeper 3.9.5 sends, whatever the client begins with', () => {
    for (const first of ['', 'hello']) {
      const step = new SaslServer(subject).begin().step(Buffer.from(first));
      expect(step.kind === 'challenge' && text(step.token)).toBe(
        'realm="zk-sasl-md5",nonce="nonce1",charset=utf-8,algorithm=md5-sess',
      );
    }
  });

  test('has a nonce of its own', () => {
    const server = new SaslServer(subject);
    expect(challenged(server.begin()).nonce).not.toBe(challenged(server.begin()).nonce);
  });

  test('takes who knows the password, and nothing else', () => {
    expect(complaintAbout(subject)).toBeUndefined();
  });

  test.each([
    ['without a charset', { sent: { charset: undefined } }],
    ['without a quality of protection', { sent: { qop: undefined } }],
    ['without a nonce count', { sent: { nc: undefined } }],
    ['for the service in other letters', { digestUri: 'ZooKeeper/ZK-SASL-MD5' }],
    ['with more directives, blanks and empty ones', { behind: ', , x="y \\" z" ,\tmaxbuf=65536' }],
    ['with an authzid', { authzid: 'somebody' }],
  ])('takes a response %s, as 3.9.5 does', (_, changes) => {
    const { step, rspauth } = new SaslServer(subject).attempt({ ...BOB, ...changes });
    expect(step).toMatchObject({ kind: 'proved', user: 'bob' });
    expect(step.kind === 'proved' && text(step.token)).toBe(rspauth);
  });

  test('says why it failed, for the log', () => {
    const server = new SaslServer(subject);
    const whyOf = (changes: object) => server.attempt({ ...BOB, ...changes }).step;
    expect(whyOf({ password: 'x' })).toEqual({ kind: 'failed', why: 'the password is wrong' });
    expect(whyOf({ user: 'eve' })).toEqual({ kind: 'failed', why: 'there is no such user' });
    expect(whyOf({ nonce: 'x' })).toEqual({ kind: 'failed', why: 'the nonce is another one' });
  });
});

describe('names and passwords', () => {
  test.each([
    ['of Latin 1 are hashed in that, and sent as UTF-8', 'größe', 'päss', 'latin1'],
    ['of other letters are hashed as UTF-8', '日本', '東京', 'utf8'],
  ] as const)('%s', (_, user, password, encoding) => {
    const server = new SaslServer(subject);
    server.users.replace(new Map([[user, password]]));
    const secret = md5(Buffer.from(`${user}:zk-sasl-md5:${password}`, encoding));
    const { step } = server.attempt({ user, password, secret: Buffer.from(secret) });
    expect(step).toMatchObject({ kind: 'proved', user });
  });

  test('may be those of things that every object has', () => {
    expect(new SaslServer(subject).attempt({ user: 'constructor', password: '' }).step.kind).toBe('failed');
  });
});

const EXCHANGE = 'server/src/sasl/digest-md5.ts';
const BUGS: readonly PlantedBug[] = [
  {
    name: 'a response is not looked at',
    file: EXCHANGE,
    find: "if (!isRight) return failed('the password is wrong');",
    replace: '',
  },
  {
    name: 'an empty response is right',
    file: EXCHANGE,
    find: 'if (given.length !== right.length) return false;',
    replace: 'if (given.length === 0) return true;',
  },
  {
    name: 'users who are not there have a secret',
    file: EXCHANGE,
    find: "if (secret === undefined) return failed('there is no such user');",
    replace: "if (secret === undefined) return { kind: 'proved', token: NO_SECRET, user: name };",
    also: [
      {
        file: EXCHANGE,
        find: 'const isRight = isEqual(response, right);',
        replace:
          "const isRight = isEqual(response, right);\n    if (!isRight) return failed('the password is wrong');",
      },
    ],
  },
  {
    name: 'one may guess again',
    file: EXCHANGE,
    find: 'this.#isOver = true;',
    replace: '',
  },
  {
    name: 'the nonce is the client’s to choose',
    file: EXCHANGE,
    find: "if (!is('nonce', nonce)) return 'the nonce is another one';",
    replace: '',
    also: [
      {
        file: EXCHANGE,
        find: 'const session = { nonce, cnonce,',
        replace: "const session = { nonce: directives.get('nonce') ?? nonce, cnonce,",
      },
    ],
  },
  {
    name: 'a nonce count is not looked at',
    file: EXCHANGE,
    find: "if (!isOr('nc', NONCE_COUNT)) return 'the nonce was used before';",
    replace: '',
  },
  {
    name: 'the realm is not looked at',
    file: EXCHANGE,
    find: "if (textOf(directives.get('realm') ?? '') !== users.realm) return 'the realm is another one';",
    replace: '',
  },
  {
    name: 'a response for another service is taken',
    file: EXCHANGE,
    find: "if (directives.get('digest-uri')?.toLowerCase() !== digestUri.toLowerCase())",
    replace: 'if (digestUri.length < 0)',
  },
  {
    name: 'the charset is not looked at',
    file: EXCHANGE,
    find: "if (!isOr('charset', 'utf-8')) return 'the charset is not utf-8';",
    replace: '',
  },
  {
    name: 'a layer is taken that is not there',
    file: EXCHANGE,
    find: "if (!isOr('qop', QOP)) return 'the quality of protection is not offered';",
    replace: '',
  },
  {
    name: 'one may act for whom one likes',
    file: EXCHANGE,
    find: "return { kind: 'proved', token, user: name };",
    replace: "return { kind: 'proved', token, user: session.authzid ?? name };",
  },
  {
    name: 'for whom one acts is not hashed',
    file: EXCHANGE,
    find: "const as = authzid === undefined ? '' :",
    replace: "const as = authzid !== '' ? '' :",
  },
  {
    name: 'a token may be of any length',
    file: EXCHANGE,
    find: 'if (token.length > MAX_TOKEN_BYTES)',
    replace: 'if (token.length < 0)',
  },
  {
    name: 'the server proves nothing',
    file: EXCHANGE,
    find: 'const token = bytesOf(`rspauth=',
    replace: 'const token = bytesOf(`rspauth=x',
  },
  {
    name: 'a directive may come twice',
    file: 'server/src/sasl/directives.ts',
    find: 'if (directives.has(key) && once.has(key)) return undefined;',
    replace: 'if (directives.has(key)) {\n      at = value.end;\n      continue;\n    }',
  },
  {
    name: 'users who are taken away stay',
    file: 'server/src/sasl/users.ts',
    find: 'this.#secrets = secrets;',
    replace: 'this.#secrets = new Map([...(before ?? []), ...secrets]);',
  },
];

function complaint(bug: PlantedBug | undefined): Promise<string | undefined> {
  return withPlantedBug(['server/src/sasl'], bug, async ({ load }) =>
    complaintAbout({
      ...(await load<Pick<Subject, 'DigestMd5Exchange'>>(EXCHANGE)),
      ...(await load<Pick<Subject, 'SaslUsers'>>('server/src/sasl/users.ts')),
    }),
  );
}

test('the copied sources pass without a bug', async () => {
  expect(await complaint(undefined)).toBeUndefined();
});

test.each(BUGS)('the attempts notice that $name', async (bug) => {
  expect(await complaint(bug)).toEqual(expect.any(String));
});
