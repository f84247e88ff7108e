import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { VERSION } from '../../src/config/version.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/rookery-server', import.meta.url));

let folder: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-command-'));
});

afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
  rmSync(folder, { recursive: true });
});

function run(argv: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(LAUNCHER, argv, { encoding: 'utf8', cwd: folder });
  return { status, stdout, stderr };
}

describe('rookery-server', () => {
  test('--version and --help print and exit with 0', () => {
    expect(run(['--version'])).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
    const help = run(['--help']);
    expect([help.status, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toContain('Usage: rookery-server [options] [file]');
  });

  test('a configuration that is not allowed is one line and exit 2, and no data is made', () => {
    writeFileSync(join(folder, 'zoo.cfg'), 'dataDir=data\ntickTime=fast\n');
    expect(run(['zoo.cfg'])).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'rookery-server: zoo.cfg line 2: tickTime: "fast" is not allowed; allowed is a whole number of milliseconds from 10 to 3600000\n',
    });
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  test('starts from a zoo.cfg, warns of data of ZooKeeper, logs JSON, and SIGTERM ends it with exit 0', async () => {
    mkdirSync(join(folder, 'data', 'version-2'), { recursive: true });
    const lines = [
      'dataDir=data',
      'clientPort=0',
      'clientPortAddress=127.0.0.1',
      'admin.serverPort=0',
      'electionAlg=3',
    ];
    writeFileSync(join(folder, 'zoo.cfg'), lines.join('\n'));
    child = spawn(LAUNCHER, ['zoo.cfg'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (child.stdout === null) throw new Error('no stdout');
    const exit = once(child, 'exit');
    const messages: string[] = [];
    let url = '';
    for await (const line of createInterface(child.stdout)) {
      const entry = JSON.parse(line) as { msg: string; level: string; member: number; url?: string };
      expect(entry).toMatchObject({ member: 1, level: expect.stringMatching(/^(info|warn)$/) });
      messages.push(entry.msg);
      url = entry.url ?? url;
      if (entry.msg !== 'serving clients') continue;
      const live = await fetch(`${url}health/live`);
      expect(live.status).toBe(200);
      child.kill('SIGTERM');
    }
    expect(await exit).toEqual([0, null]);
    expect(messages).toContain('zoo.cfg line 5: electionAlg has no effect here: Raft elects the leader');
    expect(messages).toContain(
      `${join(folder, 'data', 'version-2')} looks like data of Apache ZooKeeper: it is left alone and not read; rookery-server import-zookeeper takes it over`,
    );
  });
});
