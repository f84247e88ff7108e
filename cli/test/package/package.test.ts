import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pack } from '../../scripts/pack.ts';

const COMMANDS = ['kubectl-rookery', 'kubectl_complete-rookery', 'rookery'];
const folder = mkdtempSync(join(tmpdir(), 'rookery-cli-user-'));
const bin = join(folder, 'node_modules', '.bin');
let tarball: string;

/** The command as a user installs it: from the tarball, far from this workspace. */
beforeAll(async () => {
  tarball = await pack(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true }');
  execFileSync('npm', ['install', tarball, '--offline', '--no-audit', '--no-fund', '--silent'], {
    cwd: folder,
  });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, ...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(join(bin, command), argv, { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('the installed package', () => {
  test('puts the command on the PATH, and the one by which kubectl finds it', () => {
    expect(readdirSync(bin).sort()).toEqual(COMMANDS);
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
      version: string;
    };
    expect(run('rookery', '--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('loads what a command needs, and ends with its exit code', () => {
    const { status, stderr } = run('rookery', 'status', '--admin', '127.0.0.1:1');
    expect(status).toBe(3);
    expect(stderr).toMatch(/^rookery: no member's HTTP could be reached/);
  });

  test('is a plugin of kubectl under the name that kubectl calls it by', () => {
    const { stdout } = run('kubectl-rookery', '--help');
    expect(stdout).toContain('Usage: rookery kubectl');
    expect(run('kubectl_complete-rookery', 'sta').stdout).toBe('status\n:4\n');
  });

  test('is run by npx, which has to choose one of its commands', () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const argv = ['--offline', '--yes', `file:${tarball}`, 'completion', 'bash'];
    const printed = execFileSync('npx', argv, { cwd: empty, encoding: 'utf8' });
    expect(printed).toContain('complete -F _rookery rookery');
  });

  test('refuses a Node that is too old, before it loads anything that such a Node could not read', () => {
    const old = join(folder, 'old-node.cjs');
    writeFileSync(
      old,
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } });",
    );
    const launcher = join(folder, 'node_modules', '@rookery', 'cli', 'bin', 'rookery.cjs');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--require', old, launcher, '--version'],
      {
        encoding: 'utf8',
      },
    );
    expect({ status, stdout }).toEqual({ status: 5, stdout: '' });
    expect(stderr).toMatch(/^rookery: this is Node 20\.19\.0 \(.*\), and it needs version 22 or newer\n$/);
  });

  test('holds the command, README, licences and the list of what it is made of, and depends on nothing', () => {
    const installed = join(folder, 'node_modules', '@rookery', 'cli');
    const files = readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));
    expect(files.sort()).toEqual([
      'LICENSE',
      'README.md',
      'THIRD-PARTY-NOTICES',
      'bin/rookery.cjs',
      'dist/rookery.mjs',
      'package.json',
      'sbom.cdx.json',
    ]);
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as object;
    expect(manifest).not.toHaveProperty('dependencies');
    // npx takes the first one, and only where all are the same.
    expect(manifest).toHaveProperty('bin', {
      rookery: 'bin/rookery.cjs',
      'kubectl-rookery': 'bin/rookery.cjs',
      'kubectl_complete-rookery': 'bin/rookery.cjs',
    });
    const code = readFileSync(join(installed, 'dist', 'rookery.mjs'), 'utf8');
    expect(code).not.toMatch(/^(?:import|export) .* from "(?!node:)/m);
    expect(readFileSync(join(installed, 'THIRD-PARTY-NOTICES'), 'utf8')).toContain('commander');
  });
});
