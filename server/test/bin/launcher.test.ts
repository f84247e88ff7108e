import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const LAUNCHER = fileURLToPath(new URL('../../bin/rookery-server', import.meta.url));

/** Says who it is, as one line, then waits for a signal where it was told to. */
const MAIN = `
if (process.argv.includes('--wait')) {
  process.on('SIGTERM', () => process.exit(7));
  setTimeout(() => process.exit(9), 30_000); // never outlives a failed test
}
console.log(JSON.stringify({ pid: process.pid, argv: process.argv.slice(2), flags: process.execArgv, main: process.argv[1] }));
`;

let root: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  // Blanks in every path: an installation may lie anywhere.
  root = realpathSync(mkdtempSync(join(tmpdir(), 'rookery launcher ')));
  const bin = join(root, 'repo', 'packages', 'server', 'bin');
  mkdirSync(bin, { recursive: true });
  mkdirSync(join(root, 'repo', 'packages', 'server', 'src'));
  copyFileSync(LAUNCHER, join(bin, 'rookery-server'));
  chmodSync(join(bin, 'rookery-server'), 0o755);
  writeFileSync(join(root, 'repo', 'packages', 'server', 'package.json'), '{"type": "module"}');
  writeFileSync(join(root, 'repo', 'packages', 'server', 'src', 'main.ts'), MAIN);
});

afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
  rmSync(root, { recursive: true });
});

/** Puts this Node where npm puts the package `node`. */
function installNode(folder: string): void {
  const bin = join(root, folder, 'node_modules', 'node', 'bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(process.execPath, join(bin, 'node'));
}

const launcher = (): string => join(root, 'repo', 'packages', 'server', 'bin', 'rookery-server');

interface Told {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly flags: readonly string[];
  readonly main: string;
}

function run(
  path: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Told {
  const { stdout, stderr, status } = spawnSync(path, argv, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  expect([stderr, status]).toEqual(['', 0]);
  return JSON.parse(stdout) as Told;
}

describe('the launcher', () => {
  test.each(['repo', 'repo/packages', 'repo/packages/server'])(
    'finds the Node that npm put into %s',
    (folder) => {
      installNode(folder);
      expect(run(launcher(), []).main).toBe(join(root, 'repo', 'packages', 'server', 'src', 'main.ts'));
    },
  );

  test('finds its package through symbolic links, relative and absolute', () => {
    installNode('repo');
    const shims = join(root, 'repo', 'node_modules', '.bin');
    mkdirSync(shims);
    mkdirSync(join(root, 'repo', 'node_modules', '@rookery'));
    symlinkSync('../../packages/server', join(root, 'repo', 'node_modules', '@rookery', 'server'));
    symlinkSync('../@rookery/server/bin/rookery-server', join(shims, 'rookery-server'));
    symlinkSync(join(shims, 'rookery-server'), join(root, 'anywhere'));
    const expected = join(root, 'repo', 'packages', 'server', 'src', 'main.ts');
    expect(run(join(shims, 'rookery-server'), []).main).toBe(expected);
    expect(run(join(root, 'anywhere'), []).main).toBe(expected);
  });

  test('hands over every argument as it is', () => {
    installNode('repo');
    const argv = ['zoo.cfg', 'a b', '', '*', '$HOME', "it's", '--client-port', '1'];
    expect(run(launcher(), argv).argv).toEqual(argv);
  });

  test('gives Node the flags of ROOKERY_NODE_FLAGS, after its own', () => {
    installNode('repo');
    const { flags } = run(launcher(), [], { ROOKERY_NODE_FLAGS: '--max-semi-space-size=32 --no-opt' });
    expect(flags.slice(-2)).toEqual(['--max-semi-space-size=32', '--no-opt']);
  });

  test('runs the bundle, unless a source is newer', () => {
    installNode('repo');
    const server = join(root, 'repo', 'packages', 'server');
    const bundle = join(server, 'dist', 'bin', 'rookery-server.mjs');
    const source = join(server, 'src', 'main.ts');
    mkdirSync(join(server, 'dist', 'bin'), { recursive: true });
    writeFileSync(bundle, MAIN);
    // Folders have times too, and theirs is now.
    const at = (seconds: number): Date => new Date(Date.UTC(2090, 0, 1, 0, 0, seconds));
    utimesSync(source, at(1), at(1));
    utimesSync(bundle, at(2), at(2));
    expect(run(launcher(), []).main).toBe(bundle);
    utimesSync(source, at(3), at(3));
    expect(run(launcher(), []).main).toBe(source);
    rmSync(join(server, 'src'), { recursive: true });
    expect(run(launcher(), []).main, 'an image has no sources').toBe(bundle);
  });

  test('becomes the member: a signal reaches it, its exit code is seen, and no process stays between', async () => {
    installNode('repo');
    child = spawn(launcher(), ['--wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (child.stdout === null) throw new Error('no stdout');
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    expect((JSON.parse(line) as Told).pid).toBe(child.pid);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([7, null]);
  });

  test('says what to do where Node is not installed', () => {
    const { status, stderr } = spawnSync(launcher(), [], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toBe(
      `rookery-server: Node is not installed at or above ${join(root, 'repo', 'packages', 'server')}/node_modules; run: npm ci\n`,
    );
  });

  test('gives up on links that go in a circle', () => {
    symlinkSync('b', join(root, 'a'));
    symlinkSync('a', join(root, 'b'));
    const { status, stderr } = spawnSync('sh', [join(root, 'a')], { encoding: 'utf8' });
    expect(status).not.toBe(0);
    expect(stderr).not.toBe('');
  });
});
