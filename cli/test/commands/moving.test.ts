import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@rookery/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plant, Shell } from '../shell.ts';

let shell: Shell;
let folder: string;
const READ_ONLY = [{ perms: 1, scheme: 'world', id: 'anyone' }];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-cli-'));
  shell = await Shell.open();
  const { zk } = shell;
  await plant(zk, { '/app': 'root', '/app/a': '1', '/app/a/x': 'deep', '/app/b': '2', '/app/queue': '' });
  await zk.create('/app/raw', Buffer.from([255, 0]), { acl: READ_ONLY });
  await zk.create('/app/a/live', 'gone', { kind: 'ephemeral' });
  for (let i = 0; i < 3; i++) await zk.create('/app/queue/n-', '', { kind: 'persistent-sequential' });
  await zk.delete('/app/queue/n-0000000000');
  await zk.delete('/app/queue/n-0000000001');
});

afterAll(async () => {
  await shell[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const COUNTERS =
  'rookery: 2 nodes will number sequential children from a lower number on, for no client can set it:\n' +
  'rookery:   ROOT/a: was 2, is 1\nrookery:   ROOT/queue: was 3, is 1\n' +
  'rookery: 1 ephemeral node left out: they belong to the sessions that made them\n';

describe('cp', () => {
  test('copies a subtree to another ensemble, with values and access lists; says what is left out and what cannot be kept', async () => {
    const { code, out, err } = await shell.run('cp', '-r', '/app', 'other:2181/copy');
    expect([code, out, err]).toEqual([0, '7 nodes, 12 bytes\n', COUNTERS.replaceAll('ROOT', '/copy')]);
    expect((await shell.other.get('/copy/a/x')).data.toString()).toBe('deep');
    expect([...(await shell.other.get('/copy/raw')).data]).toEqual([255, 0]);
    expect((await shell.other.getAcl('/copy/raw')).acl).toEqual(READ_ONLY);
    expect(await shell.other.countDescendants('/copy')).toBe(6);
    expect(await shell.run('diff', '/app', 'other:2181/copy')).toMatchObject({ code: 0, out: '' });
  });

  test('the number that is told is the one that the next sequential child gets', async () => {
    const { path } = await shell.other.create('/copy/queue/n-', '', { kind: 'persistent-sequential' });
    expect(path).toBe('/copy/queue/n-0000000001');
    await shell.other.delete(path);
    const there = await shell.zk.create('/app/queue/n-', '', { kind: 'persistent-sequential' });
    expect(there.path).toBe('/app/queue/n-0000000003');
    await shell.zk.delete(there.path);
  });

  test('without -r copies the node alone, and takes nothing that is there', async () => {
    expect((await shell.run('cp', '/app/a', '/alone')).out).toBe('1 node, 1 byte\n');
    expect((await shell.zk.children('/alone')).names).toEqual([]);
    const { code, err } = await shell.run('cp', '/app/b', '/alone');
    expect([code, err]).toEqual([4, expect.stringMatching(/^rookery: create \/alone: the node exists/)]);
    expect((await shell.run('cp', '/app/b', '/alone', '--merge')).code).toBe(0);
    expect((await shell.zk.get('/alone')).data.toString()).toBe('2');
  });

  test('--merge writes what is there and makes the rest', async () => {
    await plant(shell.other, { '/merged': 'old', '/merged/a': 'old', '/merged/own': 'stays' });
    expect((await shell.run('cp', '-r', '/app', 'other:2181/merged', '--merge')).code).toBe(0);
    expect((await shell.run('diff', '/app', 'other:2181/merged')).out).toBe('+ /own\n');
  });

  test('what is there already may number further than its model: then nothing is said of it', async () => {
    await plant(shell.zk, { '/numbered': '' });
    await plant(shell.other, { '/numbered': '' });
    const make = (zk: Client): Promise<unknown> =>
      zk.create('/numbered/n-', '', { kind: 'persistent-sequential' });
    await make(shell.zk);
    await shell.zk.delete('/numbered/n-0000000000');
    for (let i = 0; i < 4; i++) await make(shell.other);
    expect(await shell.run('cp', '-r', '/numbered', 'other:2181/numbered', '--merge')).toMatchObject({
      code: 0,
      err: '',
    });
    for (let i = 1; i <= 4; i++) {
      await make(shell.zk);
      await shell.zk.delete(`/numbered/n-000000000${i}`);
    }
    const { err } = await shell.run('cp', '-r', '/numbered', 'other:2181/numbered', '--merge');
    expect(err).toContain('/numbered: was 5, is 4');
  });

  test('nothing is copied into itself', async () => {
    expect(await shell.run('cp', '-r', '/app', '/app/a/copy')).toMatchObject({ code: 2 });
  });

  test('a missing parent is made where that is wanted', async () => {
    expect((await shell.run('cp', '/app/a', '/x/y/z')).code).toBe(1);
    expect((await shell.run('cp', '/app/a', '/x/y/z', '--parents')).code).toBe(0);
  });
});

describe('an access list whose hashes are hidden from who may not change it', () => {
  test.each([
    ['cp', '-r', '/secret', 'other:2181/secret'],
    ['export', '/secret', '-'],
    ['diff', '/secret', '/secret-too'],
  ])('is not taken for one: %s', async (...argv) => {
    const acl = [...READ_ONLY, { perms: 31, scheme: 'digest', id: 'ann:aGFzaA==' }];
    for (const path of ['/secret', '/secret-too'])
      if ((await shell.zk.exists(path)) === undefined) await shell.zk.create(path, '', { acl });
    const { code, err } = await shell.run(...argv);
    expect(code).toBe(4);
    expect(err).toMatch(
      /^rookery: \/secret(-too)?: the server hides the hashes .* --user and ROOKERY_PASSWORD, .*\n$/,
    );
  });
});

describe('diff and mirror', () => {
  test('diff tells each difference with its kind, and ends with 1', async () => {
    await plant(shell.zk, {
      '/l': '',
      '/l/same': '1',
      '/l/a': '',
      '/l/a/b': '',
      '/l/value': '1',
      '/l/acl': '',
    });
    await plant(shell.other, { '/r': '', '/r/same': '1', '/r/value': '2', '/r/z': '', '/r/z/y': '' });
    await shell.other.create('/r/acl', '', { acl: READ_ONLY });
    const { code, out } = await shell.run('diff', '/l', 'other:2181/r');
    expect([code, out]).toEqual([1, '- /a\n- /a/b\n! /acl  (acl)\n! /value  (value)\n+ /z\n+ /z/y\n']);
    expect(await shell.json('diff', '/l/value', 'other:2181/r/value')).toEqual([
      { path: '', is: 'differs', in: ['value'] },
    ]);
    expect((await shell.run('diff', '/l', 'other:2181/none')).code).toBe(1);
  });

  test('mirror --dry-run says what it would do and does nothing', async () => {
    const { code, out } = await shell.run('mirror', '/l', 'other:2181/r', '--dry-run');
    expect([code, out]).toEqual([
      0,
      'create  /r/a\ncreate  /r/a/b\nacl     /r/acl\nset     /r/value\nremove  /r/z/y\nremove  /r/z\n',
    ]);
    expect(await shell.json('mirror', '/l', 'other:2181/r', '--dry-run')).toContainEqual({
      do: 'remove',
      path: '/r/z',
    });
    expect((await shell.run('diff', '/l', 'other:2181/r')).code).toBe(1);
  });

  test('mirror asks before it removes, and makes the two alike', async () => {
    await shell.other.create('/r/z/live', '', { kind: 'ephemeral' });
    await shell.other.setAcl('/r/acl', [{ perms: 31, scheme: 'world', id: 'anyone' }]).catch(() => undefined);
    await shell.other.delete('/r/acl');
    const alone = await shell.run('mirror', '/l', 'other:2181/r');
    expect(alone.code).toBe(2);
    expect(alone.err).toMatch(/1 node is only in the second and is to be removed: say --yes/);
    const kept = await shell.run('mirror', '/l', 'other:2181/r', '--yes');
    expect(kept).toMatchObject({ code: 1, out: '0 created, 0 set, 0 access lists set, 1 removed\n' });
    expect(kept.err).toContain('/r/z is left as it is: an ephemeral node is below it');
    await shell.other.delete('/r/z/live');
    const whole = await shell.json('mirror', '/l', 'other:2181/r', '--yes');
    expect(whole).toMatchObject([{ created: 0, set: 0, acls: 0, removed: 1, left: 0, ephemeralsLeftOut: 0 }]);
    expect((await shell.run('diff', '/l', 'other:2181/r')).code).toBe(0);
  });

  test('mirror makes what is not there at all', async () => {
    expect(await shell.run('mirror', '/l', 'other:2181/new/place', '--parents')).toMatchObject({ code: 0 });
    expect((await shell.run('diff', '/l', 'other:2181/new/place')).code).toBe(0);
  });

  test('nothing is made in the place of an ephemeral node or below it', async () => {
    await plant(shell.other, { '/eph': '' });
    await shell.other.create('/eph/a', '', { kind: 'ephemeral' });
    const { code, err } = await shell.run('mirror', '/l', 'other:2181/eph');
    expect(code).toBe(1);
    expect(err).toContain('/eph/a is left as it is: /eph/a is an ephemeral node there');
    expect(err).toContain('/eph/a/b is left as it is');
    expect((await shell.other.children('/eph')).names.sort()).toEqual(['a', 'acl', 'same', 'value']);
  });
});

describe('export and import', () => {
  test('what was exported is imported as it was', async () => {
    const file = join(folder, 'app.json');
    expect(await shell.run('export', '/app', file)).toEqual({
      code: 0,
      out: `7 nodes in ${file}\n`,
      err: 'rookery: 1 ephemeral node left out: they belong to the sessions that made them\n',
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').split('\n').slice(0, 4)).toEqual([
      '{"format":"rookery-export/1","root":"/app","at":"2026-01-01T01:00:00.000Z"}',
      '{"path":"","text":"root","acl":["world:anyone:cdrwa"],"nextSequence":4}',
      '{"path":"/a","text":"1","acl":["world:anyone:cdrwa"],"nextSequence":2}',
      '{"path":"/a/x","text":"deep","acl":["world:anyone:cdrwa"]}',
    ]);
    const { code, out, err } = await shell.run('import', file, 'other:2181/imported');
    expect([code, out]).toEqual([0, '7 nodes, 12 bytes\n']);
    expect(err).toBe(COUNTERS.replaceAll('ROOT', '/imported').replace('queue: was 3', 'queue: was 4'));
    expect((await shell.run('diff', '/app', 'other:2181/imported')).code).toBe(0);
  });

  test('by stdout and stdin, too', async () => {
    const { out } = await shell.run('export', '/app/a', '-');
    const { code } = await shell.runWith({ stdin: out }, 'import', '-', '/deep/er', '--parents');
    expect(code).toBe(0);
    expect((await shell.run('diff', '/app/a', '/deep/er')).out).toBe('');
  });

  test.each([
    ['', /is not whole: its last line is missing; 0 were imported/],
    [
      '{"format":"other"}\n',
      /line 1 of the export does not begin one: "format" is to be "rookery-export\/1"/,
    ],
    ['nonsense', /line 1 of the export is no JSON/],
    [
      '{"format":"rookery-export/1"}\n{"path":"x"}',
      /line 2 of the export does not do: "path" is to be empty/,
    ],
    ['{"format":"rookery-export/1"}\n{"path":"/x/../y"}', /line 2 .*"\.\." is no name/],
    ['{"format":"rookery-export/1"}\n{"path":"/x","acl":[]}', /line 2 .*one of "text" and "base64"/],
    [
      '{"format":"rookery-export/1"}\n{"path":"/x","text":"","acl":["x"]}',
      /line 2 .*is no entry of an access list/,
    ],
    ['{"format":"rookery-export/1"}\n{"end":true,"nodes":2}', /is not whole: it should have 2 nodes/],
  ])('a file that is none, %j, is told in a line with its number', async (stdin, message) => {
    const { code, err } = await shell.runWith({ stdin }, 'import', '-', '/bad');
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err.split('\n')).toHaveLength(2);
  });

  test('a file that cannot be written or read is told, and no half of one stays', async () => {
    expect((await shell.run('export', '/app', join(folder, 'no', 'x'))).err).toMatch(
      /cannot be written: ENOENT/,
    );
    expect((await shell.run('import', join(folder, 'none'), '/x')).err).toMatch(/cannot be read: ENOENT/);
    writeFileSync(join(folder, 'kept'), 'before');
    expect((await shell.run('export', '/none', join(folder, 'kept'))).code).toBe(1);
    expect(readFileSync(join(folder, 'kept'), 'utf8')).toBe('before');
    expect(readdirSync(folder).filter((name) => name.endsWith('.unfinished'))).toEqual([]);
  });

  test("the servers' own nodes are not exported", async () => {
    const { out } = await shell.run('export', '/', '-');
    expect(out).not.toContain('"/zookeeper');
    expect(out).toContain('"/app/a/x"');
  });
});
