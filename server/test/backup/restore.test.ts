import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCatalog } from '../../src/backup/catalog.ts';
import { FolderDestination } from '../../src/backup/folder-destination.ts';
import { AT_END, type Point } from '../../src/backup/replay.ts';
import { type Restored, restore } from '../../src/backup/restore.ts';
import { takeBackup } from '../../src/backup/take.ts';
import { loadConfig } from '../../src/config/load.ts';
import { wantedMember } from '../../src/member-addresses.ts';
import { FolderDisk } from '../../src/platform/disk.ts';
import { decodeContext } from '../../src/replica/membership/membership.ts';
import { Storage } from '../../src/storage/storage.ts';
import { newMachine } from '../replica/replay.ts';
import { SentBackups } from './sent-backup.ts';

const ZXID_LEAD = 2 ** 40;
let folder = '';
let member: SentBackups;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-restore-'));
  member = new SentBackups(2);
  member.more(60);
  const snapshot = member.snapshot();
  member.more(60);
  const parts = { destination: archive(), key: undefined, progress: () => undefined, nowMs: Date.now };
  await takeBackup(parts, member.stream(snapshot.meta.index, snapshot), undefined);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const archive = (): FolderDestination => new FolderDestination(join(folder, 'archive'));
const dataDir = (): string => join(folder, 'data');

function configOf(flags: readonly string[] = []) {
  const own = ['--data-dir', dataDir(), '--server-id', '1', '--member', '1=127.0.0.1:2888', ...flags];
  return loadConfig(own, {}, () => {
    throw Object.assign(new Error('no file'), { code: 'ENOENT' });
  }).config;
}

async function restored(point: Point = AT_END, flags: readonly string[] = []): Promise<Restored> {
  const config = configOf(flags);
  const destination = archive();
  const { backups } = await readCatalog(destination, undefined);
  const parts = { destination, key: undefined, hashSeed: 4 };
  const self = wantedMember(config.members[0]!);
  return await restore(parts, config, self, { backups, all: backups, point });
}

/** As a member finds it when it starts. */
async function found(logDir = dataDir()) {
  const logDisk = logDir === dataDir() ? {} : { logDisk: new FolderDisk(logDir) };
  const options = { segmentBytes: 64 * 1024, snapRetainCount: 3, ...logDisk };
  const { storage, recovered } = await Storage.open(new FolderDisk(dataDir()), options);
  const machine = newMachine();
  const loader = machine.newLoader();
  for await (const chunk of recovered.snapshot!.read()) loader.feed(chunk);
  let step = loader.finish(1_000);
  while (step.state === 'linking') step = loader.finish(1_000);
  if (step.state === 'failed') throw new Error(step.fault);
  machine.adopt(step, recovered.snapshot!.meta, recovered.snapshot!.digest);
  await storage.close();
  return { recovered, machine };
}

describe('a restore', () => {
  test('is a new cluster of this member alone, with the nodes of the former one and none of its sessions', async () => {
    expect(member.machine.sessions.size).toBeGreaterThan(0);
    expect(member.machine.tree.ephemeralCount).toBeGreaterThan(0);
    const told = await restored();
    const { recovered, machine } = await found();
    expect(recovered.identity).toMatchObject({ clusterId: told.clusterId, serverId: 1, raftId: 1 });
    expect(told.clusterId).not.toBe(told.from.clusterId);
    const { configuration } = recovered.snapshot!.meta;
    expect(configuration.voters).toEqual([1]);
    expect(decodeContext(configuration.contexts.get(1)!)).toMatchObject({ serverId: 1, peerPort: 2888 });
    expect(machine.sessions.size).toBe(0);
    expect(machine.tree.ephemeralCount).toBe(0);
    expect(machine.tree.nodeCount).toBe(member.machine.tree.nodeCount - told.endedEphemerals);
    expect(told).toMatchObject({
      zxid: member.machine.lastZxid,
      endedSessions: member.machine.sessions.size,
      endedEphemerals: member.machine.tree.ephemeralCount,
    });
    // Its log begins behind the snapshot, and its first election is one of a later term.
    expect(recovered).toMatchObject({ lastIndex: recovered.snapshot!.meta.index, suspect: false });
    expect(recovered.hardState.term).toBe(member.machine.appliedTerm);
  });

  test('gives zxids beyond all that the archive knows of, also where it goes back to before them', async () => {
    const before = member.machine.lastZxid - 30;
    const told = await restored({ by: 'zxid', zxid: before });
    expect(told.zxid).toBe(before);
    expect(told.nextZxid).toBeGreaterThan(member.machine.lastZxid + ZXID_LEAD);
    const { machine } = await found();
    expect(machine.lastZxid + 1).toBe(told.nextZxid);
    expect(Number.isSafeInteger(told.nextZxid)).toBe(true);
  });

  test('of a restore is above that one, too', async () => {
    const first = await restored();
    const again = new SentBackups(2);
    // What its backup would say of it.
    const reached = { ...again.reached, zxid: first.nextZxid + 7 };
    const parts = { destination: archive(), key: undefined, progress: () => undefined, nowMs: Date.now };
    const snapshot = again.snapshot();
    again.clusterId = first.clusterId;
    await takeBackup(parts, again.stream(snapshot.meta.index, snapshot, reached), undefined);
    rmSync(dataDir(), { recursive: true });
    const { backups } = await readCatalog(archive(), undefined);
    const config = configOf();
    const former = backups.filter(({ clusterId }) => clusterId === first.from.clusterId);
    const told = await restore(
      { destination: archive(), key: undefined, hashSeed: 1 },
      config,
      wantedMember(config.members[0]!),
      { backups: former, all: backups, point: AT_END },
    );
    expect(told.nextZxid).toBeGreaterThan(reached.zxid + ZXID_LEAD);
  });

  test('takes a folder that has only what a member needs to know who it is', async () => {
    mkdirSync(dataDir());
    writeFileSync(join(dataDir(), 'myid'), '1\n');
    await restored();
    expect(readdirSync(dataDir()).sort()).toEqual(['lock', 'log', 'member', 'myid']);
    await found();
  });

  test('leaves the data of a member alone, and says so', async () => {
    const first = await restored();
    await expect(restored()).rejects.toMatchObject({ code: 'data-folder' });
    expect((await found()).recovered.identity?.clusterId).toBe(first.clusterId);
  });

  test('does not begin while another process has the folder', async () => {
    const running = new FolderDisk(dataDir());
    await running.lock();
    await expect(restored()).rejects.toMatchObject({
      code: 'data-folder',
      message: expect.stringContaining('in use'),
    });
    await running.close();
    await restored();
  });

  test('has its log where the configuration wants it', async () => {
    const logDir = join(folder, 'log-disk');
    await restored(AT_END, ['--data-log-dir', logDir]);
    expect(readdirSync(logDir).sort()).toEqual(
      ['lock', 'log'].filter((name) => readdirSync(logDir).includes(name)),
    );
    expect(readdirSync(join(logDir, 'log'))).toHaveLength(1);
    await found(logDir);
  });

  test('that cannot be made leaves nothing behind', async () => {
    await expect(restored({ by: 'zxid', zxid: 1 })).rejects.toMatchObject({ code: 'hole' });
    // A folder in the place of a file of it.
    mkdirSync(join(dataDir(), 'restoring'), { recursive: true });
    writeFileSync(join(dataDir(), 'member'), 'no folder');
    await expect(restored()).rejects.toMatchObject({ name: 'BackupFault', code: 'data-folder' });
    expect(
      readdirSync(dataDir())
        .filter((name) => name !== 'lock')
        .sort(),
    ).toEqual(['member', 'restoring']);
  });

  test('begins anew where one before it was cut off, and never with half of it', async () => {
    mkdirSync(join(dataDir(), 'restoring', 'member'), { recursive: true });
    writeFileSync(join(dataDir(), 'restoring', 'member', 'identity'), 'half');
    await restored();
    await found();
  });

  test('refuses the former cluster’s own id', async () => {
    await expect(restored(AT_END, ['--cluster-id', 'a'.repeat(32)])).rejects.toMatchObject({
      code: 'wrong-cluster',
    });
  });
});
