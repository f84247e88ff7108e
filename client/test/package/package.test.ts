import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pack } from '../../scripts/pack.ts';

const root = resolve(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'rookery-client-user-'));

/** The package as a user installs it: from the tarball, far from this workspace. */
beforeAll(async () => {
  const tarball = await pack(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true, "type": "module" }');
  execFileSync('npm', ['install', tarball, '--offline', '--no-audit', '--no-fund', '--silent'], {
    cwd: folder,
  });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the installed package locks, and tests without a network, in plain JavaScript', () => {
  writeFileSync(
    join(folder, 'program.js'),
    `import { Lock } from '@rookery/client';
import { TestServer } from '@rookery/client/testing';
const server = await TestServer.start({ clock: 'held' });
const zk = await server.connect();
const hold = await new Lock(zk, '/lock').acquire();
console.log(hold.isHeld, (await zk.children('/lock')).names.length);
await hold.release();
await server.stop();
`,
  );
  expect(execFileSync(process.execPath, ['program.js'], { cwd: folder, encoding: 'utf8' })).toBe('true 1\n');
});

test('the installed package walks subtrees, and knows the names of locks', () => {
  writeFileSync(
    join(folder, 'walker.js'),
    `import { parseLineName } from '@rookery/client/layouts';
import { walk } from '@rookery/client/subtree';
import { TestServer } from '@rookery/client/testing';
const server = await TestServer.start({ clock: 'held' });
const zk = await server.connect();
for (const path of ['/a', '/a/b', '/a/b/lock-0000000007']) await zk.create(path);
for await (const { path } of walk(zk, '/a')) console.log(path, parseLineName(path.split('/').at(-1))?.sequence);
await server.stop();
`,
  );
  expect(execFileSync(process.execPath, ['walker.js'], { cwd: folder, encoding: 'utf8' })).toBe(
    '/a undefined\n/a/b undefined\n/a/b/lock-0000000007 7\n',
  );
});

test('the installed package holds compiled files, types, README and LICENSE only, and depends on nothing', () => {
  const installed = join(folder, 'node_modules', '@rookery', 'client');
  expect(readdirSync(installed).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json', 'types']);
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  expect(manifest).not.toHaveProperty('dependencies');
  expect(manifest).not.toHaveProperty('devDependencies');
  for (const name of readdirSync(join(installed, 'dist'))) {
    expect(name).toMatch(/\.js$/);
    const code = readFileSync(join(installed, 'dist', name), 'utf8');
    // Node's own modules, and its own pieces.
    expect(code, name).not.toMatch(/^(?:import|export) .* from "(?!node:|\.\/)/m);
  }
});

test("the installed package's types serve a strict program", () => {
  writeFileSync(
    join(folder, 'program.ts'),
    `import { type AclList, type Client, Configuration, connect, type Hold, Lock, type NodeStat, type Schema } from '@rookery/client';
import { TestServer } from '@rookery/client/testing';
export async function run(schema: Schema<{ readonly rate: number }>, acl: AclList): Promise<number> {
  const zk: Client = await connect('127.0.0.1:2181', { acl });
  const stat: NodeStat | undefined = await zk.exists('/a');
  const hold: Hold = await new Lock(zk, '/lock').acquire();
  const config = await Configuration.follow(zk, '/config', schema);
  // @ts-expect-error: it is a bigint
  const owner: number | undefined = stat?.ephemeralOwner;
  const server = await TestServer.start();
  await server.advance(owner ?? 0);
  return config.value.rate + hold.token;
}
`,
  );
  mkdirSync(join(folder, 'node_modules', '@types'), { recursive: true });
  for (const name of ['@types/node', 'undici-types'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options =
    '--noEmit --strict --target es2024 --lib es2024,esnext.disposable --module nodenext --skipLibCheck false'.split(
      ' ',
    );
  const { stdout } = spawnSync(process.execPath, [tsc, ...options, '--types', 'node', 'program.ts'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
});
