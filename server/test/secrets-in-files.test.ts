import { promises as files } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { KeptLog } from '../../testkit/src/kept-log.ts';
import { tokenDigestOf } from '../src/config/bearers-file.ts';
import { AdminToken } from '../src/http/admin-token.ts';
import { BearerTokens } from '../src/http/v1/bearer-tokens.ts';
import { FollowedFiles } from '../src/platform/followed-files.ts';
import { JoinSecrets } from '../src/platform/join-secrets.ts';
import { systemEntropy } from '../src/platform/machine.ts';
import { WatchedFiles } from '../src/platform/watched-files.ts';
import { SaslUsers } from '../src/sasl/users.ts';
import { followSecrets } from '../src/secrets-in-files.ts';
import { HTTP } from './http/http-config.ts';

const FIRST = 'a-secret-of-some-length';
const SECOND = 'another-secret-as-long';
const FIRST_BEARER = 'a-bearer-token-of-thirty-two-or-more';
const SECOND_BEARER = 'another-bearer-token-of-such-a-length';
const FIRST_DIGEST = `super:${'A'.repeat(27)}=`;
const SECOND_DIGEST = `super:${'B'.repeat(27)}=`;

/** Holders of secrets, as a member has them. */
class Holders {
  readonly joinSecrets = new JoinSecrets([FIRST]);
  readonly adminToken = new AdminToken([FIRST]);
  readonly bearers = new BearerTokens([
    { tokenDigest: tokenDigestOf(FIRST_BEARER), identities: [{ scheme: 'sasl', id: 'ann' }] },
  ]);
  readonly users = new SaslUsers('realm', systemEntropy.md5);
  readonly verifier = { superDigest: FIRST_DIGEST };

  constructor() {
    this.users.replace(new Map([['bob', FIRST]]));
  }

  get clients() {
    return { sasl: { users: this.users }, verifier: this.verifier } as never;
  }
}

const transcript = Buffer.from('all that was said');

interface SecretFile {
  readonly name: string;
  /** What the log calls it. */
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /** What cannot be used, and holds `spoilt`. */
  readonly unusable: string;
  /** Whether what the first content, and what the second one says, counts. */
  readonly counts: (holders: Holders) => readonly [boolean, boolean];
}

const userHas = ({ users }: Holders, password: string): boolean => {
  const one = new SaslUsers('realm', systemEntropy.md5);
  one.replace(new Map([['bob', password]]));
  return Buffer.from(users.secretOf('bob')!).equals(Buffer.from(one.secretOf('bob')!));
};

const provesMembership = ({ joinSecrets }: Holders, secret: string): boolean =>
  joinSecrets.accept(transcript, new JoinSecrets([secret]).prove(transcript));

const SECRET_FILES: readonly SecretFile[] = [
  {
    name: 'join secrets',
    what: 'the join secret',
    before: FIRST,
    after: SECOND,
    unusable: 'spoilt',
    counts: (holders) => [provesMembership(holders, FIRST), provesMembership(holders, SECOND)],
  },
  {
    name: 'the token',
    what: 'the token of /admin',
    before: FIRST,
    after: SECOND,
    unusable: 'spoilt',
    counts: ({ adminToken }) => [adminToken.isIn(`Bearer ${FIRST}`), adminToken.isIn(`Bearer ${SECOND}`)],
  },
  {
    name: 'bearer tokens',
    what: 'the file of bearer tokens',
    before: `${FIRST_BEARER} sasl:ann`,
    after: `${SECOND_BEARER} sasl:ann`,
    unusable: `spoilt-${SECOND_BEARER} super:spoilt`,
    counts: ({ bearers }) => [
      bearers.grantOf(FIRST_BEARER) !== undefined,
      bearers.grantOf(SECOND_BEARER) !== undefined,
    ],
  },
  {
    name: 'the super digest',
    what: 'the digest of the super user',
    before: FIRST_DIGEST,
    after: SECOND_DIGEST,
    // Of another algorithm: no password comes to it.
    unusable: `spoilt:${'B'.repeat(43)}=`,
    counts: ({ verifier: { superDigest } }) => [superDigest === FIRST_DIGEST, superDigest === SECOND_DIGEST],
  },
  {
    name: 'SASL users',
    what: 'the file of SASL users',
    before: `bob: ${FIRST}\n`,
    after: `bob: ${SECOND}\n`,
    unusable: 'bob: [spoilt]\n',
    counts: (holders) => [userHas(holders, FIRST), userHas(holders, SECOND)],
  },
];

let folder: string;
let log: KeptLog;
let watched: WatchedFiles;
let followed: FollowedFiles;
let holders: Holders;

beforeEach(async () => {
  folder = await files.mkdtemp(join(tmpdir(), 'rookery-followed-'));
  log = new KeptLog();
  watched = new WatchedFiles(log, 20);
  followed = new FollowedFiles(watched, log);
  holders = new Holders();
  for (const { name, before } of SECRET_FILES) await files.writeFile(join(folder, name), `${before}\n`);
  const source = { kind: 'yaml', file: join(folder, 'SASL users'), superPassword: undefined } as const;
  const sasl = { users: new Map(), source, superUsers: new Set<string>(), allowFailedClients: false };
  const config = {
    peer: { host: 'h', secrets: [FIRST], secretFile: join(folder, 'join secrets'), takesUnproved: false },
    auth: { schemes: new Set(['sasl']), requiredSchemes: [], digestAlgorithm: 'sha1', sasl },
    http: {
      ...HTTP,
      host: 'h',
      tokenFile: join(folder, 'the token'),
      identitiesFile: join(folder, 'bearer tokens'),
    },
    superDigestFile: join(folder, 'the super digest'),
  } as const;
  followSecrets(config, holders, followed);
});

afterEach(async () => {
  vi.restoreAllMocks();
  watched.stop();
  await files.rm(folder, { recursive: true, force: true });
});

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe.each(SECRET_FILES)('the file of $name', ({ name, what, before, after, unusable, counts }) => {
  const takenOver = () => log.of('info', `${what} changed: taken over`).length;

  test('changes, and what it held before counts no more', async () => {
    expect(counts(holders)).toEqual([true, false]);
    await files.writeFile(join(folder, name), `${after}\n`);
    await until(() => takenOver() === 1);
    expect(counts(holders)).toEqual([false, true]);
    expect(followed.failures).toBe(0);
    for (const text of [before, after]) expect(JSON.stringify(log.lines)).not.toContain(text.trim());
  });

  test('changes as Kubernetes changes it: by another folder behind a link', async () => {
    await files.rename(join(folder, name), join(folder, 'one'));
    await files.writeFile(join(folder, 'two'), after);
    await files.symlink('one', join(folder, name));
    await files.symlink('two', join(folder, 'swapped'));
    await files.rename(join(folder, 'swapped'), join(folder, name));
    await until(() => takenOver() === 1);
    expect(counts(holders)).toEqual([false, true]);
  });

  test.each([
    ['cannot be used', () => files.writeFile(join(folder, name), unusable)],
    ['is empty', () => files.writeFile(join(folder, name), '')],
    ['is gone', () => files.rm(join(folder, name))],
  ])(
    '%s: what was read last counts on, and this is counted, and said without showing it',
    async (_what, spoil) => {
      await spoil();
      await until(() => followed.failures === 1);
      expect(counts(holders)).toEqual([true, false]);
      expect(log.of('error', `${what} cannot be read anew: what was read last stays`)).toHaveLength(1);
      expect(JSON.stringify(log.lines)).not.toContain('spoilt');
      await files.writeFile(join(folder, name), after);
      await until(() => takenOver() === 1);
      expect(counts(holders)).toEqual([false, true]);
    },
  );

  test('cannot be opened for want of descriptors: it is read again though it stays as it is', async () => {
    const failure = Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
    const path = join(folder, name);
    const { readFile } = files;
    let failures = 2;
    vi.spyOn(files, 'readFile').mockImplementation((file, options) =>
      file === path && failures-- > 0 ? Promise.reject(failure) : readFile(file, options),
    );
    await files.writeFile(path, after);
    await until(() => takenOver() === 1);
    expect(counts(holders)).toEqual([false, true]);
    expect(followed.failures).toBe(2);
    expect(log.of('error', 'what was read last stays')).toHaveLength(1);
  });

  test('is written again with what it held: nothing is said', async () => {
    await files.writeFile(join(folder, name), before);
    const other = SECRET_FILES.find((file) => file.name !== name)!;
    for (const [i, text] of [other.after, other.before].entries()) {
      // Each look takes in all files: when the other one was read twice, so was this one.
      await files.writeFile(join(folder, other.name), text);
      await until(() => log.of('info', `${other.what} changed: taken over`).length === i + 1);
    }
    expect(takenOver()).toBe(0);
  });
});

test('two join secrets count while one is changed for the other', async () => {
  await files.writeFile(join(folder, 'join secrets'), `${SECOND}\n${FIRST}\n`);
  await until(() => log.of('info', 'taken over').length === 1);
  expect(SECRET_FILES[0]!.counts(holders)).toEqual([true, true]);
});
