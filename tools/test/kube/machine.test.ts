import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import type { Machine } from '../../kube/namespaces/machine.ts';

type MachineModule = typeof import('../../kube/namespaces/machine.ts');
type StateModule = typeof import('../../kube/namespaces/state.ts');

let cache: string;
let machines: MachineModule;
let state: StateModule;

beforeAll(async () => {
  // Where the cluster's files are is decided when the modules are loaded: not where a real cluster may be running.
  cache = mkdtempSync(join(tmpdir(), 'rookery-machine-'));
  vi.stubEnv('XDG_CACHE_HOME', cache);
  machines = await import('../../kube/namespaces/machine.ts');
  state = await import('../../kube/namespaces/state.ts');
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

describe('the record of processes', () => {
  const recordFile = () => join(cache, 'rookery', 'kube', 'cluster', 'state.json');

  beforeEach(() => {
    rmSync(recordFile(), { force: true });
  });

  test('knows a process until it ends', async () => {
    const child = spawn(process.execPath, ['--eval', 'process.stdin.resume()']);
    const recorded = state.recordProcess('sleeper', child.pid!);
    expect(state.recordedProcesses()).toEqual([recorded]);
    expect(state.isAlive(recorded)).toBe(true);
    child.stdin.end();
    await once(child, 'exit');
    expect(state.isAlive(recorded)).toBe(false);
  });

  test('does not take another process of the same id for it', () => {
    const mine = state.identify('test', process.pid);
    expect(state.isAlive({ ...mine, startTicks: mine.startTicks - 1 })).toBe(false);
  });

  test('means nothing after a reboot', () => {
    state.recordProcess('test', process.pid);
    const record = JSON.parse(readFileSync(recordFile(), 'utf8')) as { bootId: string };
    writeFileSync(recordFile(), JSON.stringify({ ...record, bootId: 'another' }));
    expect(state.recordedProcesses()).toEqual([]);
  });
});

describe('the lock', () => {
  test('lets nobody else in before its owner is done, and the next one after', async () => {
    const { exclusively } = await import('../../kube/namespaces/lock.ts');
    await exclusively(async () => {
      await expect(exclusively(async () => 'in')).rejects.toThrow(
        `process ${process.pid} is starting or ending`,
      );
    });
    expect(await exclusively(async () => 'in')).toBe('in');
  });

  test('of an owner that has ended counts for nothing', async () => {
    const { exclusively } = await import('../../kube/namespaces/lock.ts');
    const mine = state.identify('owner', process.pid);
    const ended = { ...mine, startTicks: mine.startTicks - 1 };
    writeFileSync(join(cache, 'rookery', 'kube', 'cluster.lock'), JSON.stringify(ended));
    expect(await exclusively(async () => 'in')).toBe('in');
  });
});

const namespacesAllowed =
  spawnSync('unshare', ['--mount', '--net', '--pid', '--fork', '--mount-proc', 'true']).status === 0;

/** The ids of all processes that share a process's network. */
function sharingNetworkOf(pid: number): number[] {
  const network = readlinkSync(`/proc/${pid}/ns/net`);
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((other) => {
      try {
        return readlinkSync(`/proc/${other}/ns/net`) === network;
      } catch {
        // It has ended meanwhile.
        return false;
      }
    });
}

/** Its exit code. */
function runInside(machine: Machine, script: string): number | null {
  const [file, ...args] = [...machines.enter(machine), 'sh', '-c', script];
  return spawnSync(file!, args, { stdio: 'ignore', timeout: 30_000 }).status;
}

describe.skipIf(!namespacesAllowed)('a machine', () => {
  afterEach(async () => {
    await machines.endMachines();
  });

  test('ends with all that was started inside, what tried to get away included', async () => {
    const machine = await machines.startMachine('node-1', cache);
    expect([...machines.runningMachines().values()]).toEqual([machine]);
    // A process group and a session of its own, and a parent that is gone.
    const runaway = 'setsid sh -c "echo away; sleep 1000" > /var/away & exit 0';
    expect(runInside(machine, runaway)).toBe(0);
    await vi.waitUntil(() => sharingNetworkOf(machine.pid).length >= 3);
    const inside = sharingNetworkOf(machine.pid).map((pid) => state.identify('inside', pid));

    await machines.endMachines();
    expect(inside.filter(state.isAlive)).toEqual([]);
    expect(machines.runningMachines().size).toBe(0);
  });

  test.each([
    ['was suspended', async () => {}],
    ['went on after that', async (machine: Machine) => machines.resumeMachine(machine)],
  ])('ends with its programs though it %s', async (_, before) => {
    const machine = await machines.startMachine('node-1', cache);
    machines.startDaemon(machine, 'sleeper', ['sleep', '1000']);
    await vi.waitUntil(() => sharingNetworkOf(machine.pid).length >= 2);
    await machines.suspendMachine(machine);
    await before(machine);

    await machines.endMachines();
    expect(machines.runningMachines().size).toBe(0);
  });

  test('has a /var and a /run of its own, and no mount of it is seen outside', async () => {
    const machine = await machines.startMachine('node-1', cache);
    expect(runInside(machine, 'echo inside > /var/mine && echo inside > /run/mine')).toBe(0);
    expect(existsSync('/var/mine')).toBe(false);
    expect(existsSync('/run/mine')).toBe(false);
    expect(readFileSync(join(machine.folder, 'var', 'mine'), 'utf8')).toBe('inside\n');
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(cache);
  });

  test('says why it does not start', async () => {
    await expect(machines.startMachine('node-1', join(cache, 'missing'))).rejects.toThrow(
      /node-1.*\n.*missing/s,
    );
  });
});
