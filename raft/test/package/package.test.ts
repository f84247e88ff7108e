import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pack } from '../../scripts/pack.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'raft-ts-lite-user-'));

/** The package as a user installs it: from the tarball, far from this workspace. */
beforeAll(async () => {
  const tarball = await pack(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true, "type": "module" }');
  execFileSync('npm', ['install', tarball, '--offline', '--no-audit', '--no-fund', '--silent'], {
    cwd: folder,
  });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the README's 40-line example runs with the installed package", () => {
  const readme = readFileSync(join(root, 'raft', 'README.md'), 'utf8');
  const example = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  writeFileSync(join(folder, 'example.js'), example);
  const output = execFileSync(process.execPath, ['example.js'], { cwd: folder, encoding: 'utf8' });
  expect(output.trim().split('\n').sort()).toEqual([1, 2, 3].map((id) => `member ${id} applies hello`));
});

test('the installed package holds compiled files, types, README and LICENSE only, and depends on nothing', () => {
  const installed = join(folder, 'node_modules', 'raft-ts-lite');
  expect(readdirSync(installed).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
  for (const name of readdirSync(join(installed, 'dist'))) expect(name).toMatch(/\.(js|d\.ts)$/);
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    dependencies?: object;
  };
  expect(dependencies ?? {}).toEqual({});
  for (const name of readdirSync(join(installed, 'dist')).filter((each) => each.endsWith('.js'))) {
    const code = readFileSync(join(installed, 'dist', name), 'utf8');
    expect(code, name).not.toMatch(/from '(?!\.\/[\w-]+\.js')/);
  }
});

test("the installed package's types serve a strict program", () => {
  writeFileSync(
    join(folder, 'program.ts'),
    `import { type Message, Raft, type RaftOptions, type Ready } from 'raft-ts-lite';
export function run(options: RaftOptions, messages: readonly Message[]): Ready | undefined {
  const raft = new Raft(options);
  for (const message of messages) raft.step(message);
  const { refused } = raft.propose([new Uint8Array(1)]);
  // @ts-expect-error: it is no number
  const wrong: number = refused;
  return wrong === undefined ? undefined : raft.ready();
}
`,
  );
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = '--noEmit --strict --target es2024 --module nodenext --skipLibCheck false --types'.split(
    ' ',
  );
  const check = (): Buffer =>
    execFileSync(process.execPath, [tsc, ...options, '', 'program.ts'], { cwd: folder });
  expect(check).not.toThrow();
});
