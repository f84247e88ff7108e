import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plant, Shell } from '../shell.ts';

let shell: Shell;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-cli-'));
  shell = await Shell.open();
});

afterAll(async () => {
  await shell[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const read = async (path: string): Promise<string> => (await shell.zk.get(path)).data.toString();

describe('create', () => {
  test('makes a node with a value, and prints its path', async () => {
    expect(await shell.run('create', '/c', 'hello')).toEqual({ code: 0, out: '/c\n', err: '' });
    expect(await read('/c')).toBe('hello');
    expect((await shell.run('create', '/c/n-', '--sequential')).out).toBe('/c/n-0000000000\n');
    expect(await shell.json('create', '/c/j')).toMatchObject([{ path: '/c/j', stat: { version: 0 } }]);
  });

  test('takes the value from stdin or a file', async () => {
    await shell.runWith({ stdin: Buffer.from([0, 200]) }, 'create', '/stdin', '-');
    expect([...(await shell.zk.get('/stdin')).data]).toEqual([0, 200]);
    writeFileSync(join(folder, 'value'), 'from a file');
    await shell.run('create', '/file', `@${join(folder, 'value')}`);
    expect(await read('/file')).toBe('from a file');
    const missing = await shell.run('create', '/file2', `@${join(folder, 'none')}`);
    expect(missing).toMatchObject({ code: 2, err: expect.stringMatching(/none cannot be read: ENOENT/) });
  });

  test('a missing parent is named, and --parents makes it', async () => {
    const refused = await shell.run('create', '/p/q/r', 'x');
    expect(refused).toEqual({
      code: 1,
      out: '',
      err: 'rookery: create /p/q/r: its parent is not there; make it, too, by --parents\n',
    });
    expect((await shell.run('create', '/p/q/r', 'x', '--parents')).code).toBe(0);
    expect((await shell.run('create', '/p/q/s', 'x', '--parents')).code).toBe(0);
    expect((await shell.zk.children('/p/q')).names.sort()).toEqual(['r', 's']);
  });

  test('an ephemeral node is not possible, and why', async () => {
    const { code, err } = await shell.run('create', '/e', '--ephemeral');
    expect(code).toBe(2);
    expect(err).toMatch(/^rookery: an ephemeral node goes with the session that made it.*\n$/);
    expect(await shell.zk.exists('/e')).toBeUndefined();
  });

  test('containers and nodes with a time to live are made as such, and not both', async () => {
    expect((await shell.run('create', '/box', '--container')).code).toBe(0);
    expect((await shell.run('create', '/soon', 'x', '--ttl', '5m')).code).toBe(0);
    expect((await shell.run('create', '/both', '--ttl', '5m', '--container')).code).toBe(2);
    expect((await shell.run('create', '/bad', '--ttl', 'soon')).err).toMatch(/"soon" is no time/);
  });

  test('one that is there is refused with 4', async () => {
    const { code, err } = await shell.run('create', '/c');
    expect([code, err]).toEqual([
      4,
      'rookery: create /c: the node exists; change it by: rookery set PATH VALUE\n',
    ]);
  });

  test('--acl says who may do what', async () => {
    await shell.run('create', '/mine', '--acl', 'world:anyone:r', '--acl', 'ip:127.0.0.1:cdrwa');
    expect((await shell.run('acl', 'get', '/mine')).out).toBe('world:anyone:r\nip:127.0.0.1:cdrwa\n');
  });
});

describe('set', () => {
  test('changes the value, and says nothing', async () => {
    await shell.zk.create('/s', 'old');
    expect(await shell.run('set', '/s', 'new')).toEqual({ code: 0, out: '', err: '' });
    expect(await read('/s')).toBe('new');
    expect(await shell.json('set', '/s', '')).toMatchObject([{ path: '/s', stat: { version: 2 } }]);
    await shell.run('set', '/s', '-5');
    await shell.run('set', '--', '/s', '--x');
    expect(await read('/s')).toBe('--x');
  });

  test('--version is compared', async () => {
    await shell.zk.create('/v', 'old');
    const { code, err } = await shell.run('set', '/v', 'x', '--version', '7');
    expect([code, err]).toEqual([
      4,
      'rookery: set /v: the node has another version; somebody was faster; look at it anew: rookery stat PATH\n',
    ]);
    expect((await shell.run('set', '/v', 'x', '--version', '0')).code).toBe(0);
    expect((await shell.run('set', '/v', 'x', '--version', '-1')).code).toBe(2);
  });
});

describe('rm', () => {
  test('removes one node, and none that has children', async () => {
    await plant(shell.zk, { '/r': '', '/r/x': '' });
    const { code, err } = await shell.run('rm', '/r');
    expect([code, err]).toEqual([
      4,
      'rookery: delete /r: the node has children; remove them with it by: rookery rm -r PATH\n',
    ]);
    expect((await shell.run('rm', '/r/x', '--version', '3')).code).toBe(4);
    expect(await shell.run('rm', '/r/x')).toEqual({ code: 0, out: '', err: '' });
    expect((await shell.run('rm', '/r/x')).code).toBe(1);
  });

  test('-r says how many there are, and removes nothing unless somebody agrees', async () => {
    await plant(shell.zk, { '/big': '', '/big/a': '', '/big/a/b': '', '/big/c': '' });
    const alone = await shell.run('rm', '-r', '/big');
    expect(alone).toEqual({
      code: 2,
      out: '',
      err: 'rookery: /big and all below it are 4 nodes: say --yes to remove them, for nobody can be asked here\n',
    });
    const no = await shell.runWith({ terminal: true, stdin: 'n\n' }, 'rm', '-r', '/big');
    expect(no.code).toBe(1);
    expect(no.err).toContain('Remove /big and all below it, 4 nodes? [y/N] ');
    expect(await shell.zk.countDescendants('/big')).toBe(3);
    expect((await shell.runWith({ terminal: true, stdin: 'y\n' }, 'rm', '-r', '/big')).code).toBe(0);
    expect(await shell.zk.exists('/big')).toBeUndefined();
  });

  test('-r removes many nodes, in as many transactions as it takes', async () => {
    await shell.zk.create('/many');
    await Promise.all(Array.from({ length: 40 }, (_, i) => shell.zk.create(`/many/${i}`)));
    await Promise.all(
      Array.from({ length: 2_000 }, (_, i) => shell.zk.create(`/many/${i % 40}/${i}`, 'value')),
    );
    expect(await shell.json('rm', '-r', '/many', '--yes')).toEqual([{ path: '/many', removed: 2_041 }]);
    expect(await shell.zk.exists('/many')).toBeUndefined();
  });

  test('the root is not removed', async () => {
    expect((await shell.run('rm', '-r', '/', '--yes')).code).toBe(2);
  });
});

describe('acl', () => {
  test('set takes entries as get prints them', async () => {
    await shell.zk.create('/acl');
    expect((await shell.run('acl', 'get', '/acl')).out).toBe('world:anyone:cdrwa\n');
    expect(await shell.run('acl', 'set', '/acl', 'world:anyone:r', 'digest:ann:aGFzaA==:cdrwa')).toEqual({
      code: 0,
      out: '',
      err: '',
    });
    // Servers show hashes to those alone who may change the list.
    expect(await shell.json('acl', 'get', '/acl')).toEqual([
      { path: '/acl', acl: ['world:anyone:r', 'digest:ann:x:cdrwa'], aversion: 1 },
    ]);
    const { code, err } = await shell.run('set', '/acl', 'x');
    expect([code, err]).toEqual([
      4,
      expect.stringMatching(
        /^rookery: set \/acl: the access list does not allow it; prove who you are by --user/,
      ),
    ]);
  });

  test('auth stands for who one is', async () => {
    await shell.zk.create('/own');
    const ann = { env: { ROOKERY_PASSWORD: 'secret' } };
    await shell.runWith(ann, '--user', 'ann', 'acl', 'set', '/own', 'auth::cdrwa');
    expect((await shell.runWith(ann, '--user', 'ann', 'set', '/own', 'x')).code).toBe(0);
    expect((await shell.run('get', '/own')).code).toBe(4);
    writeFileSync(join(folder, 'password'), 'secret\n');
    const { out } = await shell.run(
      'get',
      '/own',
      '--user',
      'ann',
      '--password-file',
      join(folder, 'password'),
    );
    expect(out).toBe('x');
  });

  test('what is no entry is told', async () => {
    expect((await shell.run('acl', 'set', '/acl', 'anyone')).err).toMatch(
      /"anyone" is no entry of an access list/,
    );
    expect((await shell.run('acl', 'set', '/acl', 'world:anyone:x')).err).toMatch(/"x" .* is no permission/);
  });
});
