import { promises as files } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { FollowedFiles } from '../../src/platform/followed-files.ts';
import { JoinSecrets } from '../../src/platform/join-secrets.ts';
import { systemEntropy } from '../../src/platform/machine.ts';
import { WatchedFiles } from '../../src/platform/watched-files.ts';
import { SaslUsers } from '../../src/sasl/users.ts';
import { followSecrets } from '../../src/secrets-in-files.ts';

const FIRST = 'a-secret-of-some-length';
const SECOND = 'another-secret-as-long';

let folder: string;
let log: KeptLog;
let watched: WatchedFiles;
let followed: FollowedFiles;
let secrets: JoinSecrets;
let users: SaslUsers;

beforeEach(async () => {
  folder = await files.mkdtemp(join(tmpdir(), 'rookery-followed-'));
  log = new KeptLog();
  watched = new WatchedFiles(log);
  followed = new FollowedFiles(watched, log);
  secrets = new JoinSecrets([FIRST]);
  users = new SaslUsers('realm', systemEntropy.md5);
  users.replace(new Map([['bob', 'secret-of-bob']]));
  await files.writeFile(join(folder, 'join'), FIRST);
  await files.writeFile(join(folder, 'users'), 'bob: secret-of-bob\n');
  const source = { kind: 'yaml', file: join(folder, 'users'), superPassword: undefined } as const;
  const sasl = { users: new Map(), source, superUsers: new Set<string>(), allowFailedClients: false };
  followSecrets(
    {
      peer: { host: 'h', secrets: [FIRST], secretFile: join(folder, 'join'), takesUnproved: false },
      auth: { schemes: new Set(), requiredSchemes: [], digestAlgorithm: 'sha1', sasl },
    },
    secrets,
    { sasl: { users } as never },
    followed,
  );
});

afterEach(async () => {
  watched.stop();
  await files.rm(folder, { recursive: true, force: true });
});

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 20));
}

const transcript = Buffer.from('all that was said');
const proves = (secret: string): boolean =>
  secrets.accept(transcript, new JoinSecrets([secret]).prove(transcript));

describe('a file that changes', () => {
  test('is taken over: two join secrets while one is changed for another, users with other passwords', async () => {
    const before = users.secretOf('bob');
    await files.writeFile(join(folder, 'join'), `${SECOND}\n${FIRST}\n`);
    await files.writeFile(join(folder, 'users'), 'ann: secret-of-ann\nbob: another\n');
    await until(() => log.of('info', 'taken over').length === 2);
    expect([proves(FIRST), proves(SECOND)]).toEqual([true, true]);
    expect(users.secretOf('ann')).toBeDefined();
    expect(users.secretOf('bob')).not.toEqual(before);
    expect(followed.failures).toBe(0);
  });

  test('and cannot be used, or is gone, changes nothing, is counted, and shows nothing of itself in the log', async () => {
    const before = users.secretOf('bob');
    await files.writeFile(join(folder, 'join'), 'short');
    await files.rm(join(folder, 'users'));
    await until(() => followed.failures === 2);
    expect([proves(FIRST), proves('short')]).toEqual([true, false]);
    expect(users.secretOf('bob')).toEqual(before);
    expect(log.of('error', 'what was read last stays')).toHaveLength(2);
    expect(JSON.stringify(log.lines)).not.toContain('short');
  });
});

test('a file that is written again with what it held says nothing', async () => {
  await files.writeFile(join(folder, 'users'), 'bob: secret-of-bob\n');
  await files.writeFile(join(folder, 'join'), SECOND);
  await until(() => log.of('info', 'the join secret changed').length === 1);
  // Each look takes in all files: the other one was read as well.
  await files.writeFile(join(folder, 'join'), FIRST);
  await until(() => log.of('info', 'the join secret changed').length === 2);
  expect(log.of('info', 'users')).toEqual([]);
});
