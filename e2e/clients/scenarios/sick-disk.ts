import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Writers } from '../../../bench/src/workloads/writers.ts';
import { ClientSession, ConnectionLost } from '../../../testkit/src/session.ts';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import type { Member } from '../../../testkit/src/systems/member.ts';
import type { Context, Scenario } from '../scenario.ts';

const WRITERS = 6;
/** A log segment is full within seconds, so that a disk without room is met. */
const VALUE_BYTES = 50_000;
const DISK_BYTES = 1_000_000_000;
const ALLOWED_GAP_MS = 2_000;
const WARM_UP_MS = 1_000;
const SICK_MS = 8_000;
const CATCH_UP_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/** File systems of the scenario's own, one for each member. */
class Disks {
  readonly #folder: string;
  readonly #mounted: string[] = [];
  readonly #frozen = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** In memory. */
  mountTmpfs(folder: string): void {
    run('mount', '-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'rookery-test', folder);
    this.#mounted.push(folder);
  }

  /** In a file of the scenario, since only a file system on a device can be frozen. */
  mountLoop(folder: string, serverId: number): void {
    const image = join(this.#folder, `disk-${serverId}`);
    closeSync(openSync(image, 'w'));
    truncateSync(image, DISK_BYTES);
    run('mkfs.ext4', '-q', image);
    run('mount', '-o', 'loop', image, folder);
    this.#mounted.push(folder);
  }

  /** Nothing that is written to it ends any more. */
  freeze(folder: string): void {
    this.#frozen.add(folder);
    run('fsfreeze', '-f', folder);
  }

  thaw(folder: string): void {
    if (this.#frozen.delete(folder)) run('fsfreeze', '-u', folder);
  }

  unmountAll(): void {
    for (const folder of this.#frozen) this.thaw(folder);
    for (const folder of this.#mounted.splice(0)) run('umount', folder);
  }
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000 });
}

function dataFolder(member: Member): string {
  return join(member.plan.folder, 'data');
}

/** Takes every byte that is left. */
function fill(file: string): void {
  const zeros = Buffer.alloc(1024 * 1024);
  const fd = openSync(file, 'w');
  try {
    for (;;) writeSync(fd, zeros);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(fd);
  }
}

/** What is done to the leader's disk, and how it is undone. */
interface Sickness {
  begin(disks: Disks, folder: string): void;
  end(disks: Disks, folder: string): void;
}

async function runOn(
  context: Context,
  mount: (disks: Disks, folder: string, serverId: number) => void,
  sickness: Sickness,
): Promise<string> {
  const disks = new Disks(context.folder);
  let ensemble: Ensemble | undefined;
  try {
    ensemble = await context.startEnsemble({
      prepareDataFolder: (folder, serverId) => mount(disks, folder, serverId),
    });
    return await strike(ensemble, disks, sickness);
  } finally {
    for (const member of ensemble?.members ?? []) disks.thaw(dataFolder(member));
    await ensemble?.stop();
    disks.unmountAll();
  }
}

async function strike(ensemble: Ensemble, disks: Disks, sickness: Sickness): Promise<string> {
  const writers = await Writers.start(ensemble.endpoints, WRITERS, VALUE_BYTES);
  try {
    return await strikeUnder(writers, ensemble, disks, sickness);
  } finally {
    await writers.stop();
  }
}

async function strikeUnder(
  writers: Writers,
  ensemble: Ensemble,
  disks: Disks,
  sickness: Sickness,
): Promise<string> {
  await pause(WARM_UP_MS);
  const former = await ensemble.leader();
  const folder = dataFolder(former);
  writers.clock.restart();
  sickness.begin(disks, folder);
  await pause(SICK_MS);
  const { count, longestGapMs } = writers.clock;
  const leader = await ensemble.leader();
  assert.notEqual(leader.serverId, former.serverId, 'the member with the sick disk leads on');
  const session = await ClientSession.connect(leader.endpoint);
  await session.close();
  sickness.end(disks, folder);
  await writers.stop();
  const account = `${count} writes in ${SICK_MS} ms, longest gap ${Math.round(longestGapMs)} ms (allowed ${ALLOWED_GAP_MS})`;
  assert.ok(longestGapMs <= ALLOWED_GAP_MS, account);
  const startMs = performance.now();
  for (const member of ensemble.members) await showsAll(member, writers.acknowledged);
  return `${account}; all of it on each member ${Math.round(performance.now() - startMs)} ms after the disk was well`;
}

/** Waits until the member shows, by itself, every write that was acknowledged. */
async function showsAll(member: Member, acknowledged: ReadonlyMap<string, number>): Promise<void> {
  const deadlineMs = performance.now() + CATCH_UP_TIMEOUT_MS;
  while (!(await isWhole(member, acknowledged))) {
    if (performance.now() > deadlineMs)
      throw new Error(`member ${member.serverId} lacks acknowledged writes`);
    await pause(POLL_MS);
  }
}

/** Not while it gives no session, or ends one: a snapshot that overtakes it closes its connections. */
async function isWhole(member: Member, acknowledged: ReadonlyMap<string, number>): Promise<boolean> {
  try {
    const session = await ClientSession.connect(member.endpoint);
    const stats = await Promise.all([...acknowledged.keys()].map((path) => session.get(path)));
    await session.close();
    return [...acknowledged.values()].every((version, i) => stats[i]!.stat.version >= version);
  } catch (error) {
    if (error instanceof ConnectionLost) return false;
    throw error;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export const fullDisk: Scenario = {
  name: 'full-disk',
  proves: 'a leader whose disk is full hands over, nothing is lost, and it comes back once there is room',
  against: ['rookery'],
  needs: ['root'],
  run: (context) =>
    runOn(context, (disks, folder) => disks.mountTmpfs(folder), {
      begin: (_disks, folder) => fill(join(folder, 'filler')),
      end: (_disks, folder) => rmSync(join(folder, 'filler')),
    }),
};

export const hungDisk: Scenario = {
  name: 'hung-disk',
  proves:
    'a leader whose disk does not answer hands over, nothing is lost, and it goes on once the disk does',
  against: ['rookery'],
  needs: ['root'],
  run: (context) =>
    runOn(context, (disks, folder, serverId) => disks.mountLoop(folder, serverId), {
      begin: (disks, folder) => disks.freeze(folder),
      end: (disks, folder) => disks.thaw(folder),
    }),
};
