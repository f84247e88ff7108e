import { randomBytes } from 'node:crypto';
import { access, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Configuration, encodeConfiguration } from 'raft-ts-lite';
import { BackupFault } from '../backup-format/backup-fault.ts';
import { boundsOf } from '../bounds/bounds.ts';
import type { Config } from '../config/config.ts';
import { FIRST_LEVEL } from '../model/feature-level.ts';
import { FolderDisk } from '../platform/disk.ts';
import { encodeContext, type WantedMember } from '../replica/membership/membership.ts';
import type { StateMachine } from '../replica/state-machine.ts';
import { LOG_FOLDER } from '../storage/log/segment-file.ts';
import { MEMBER_FOLDER } from '../storage/member/identity-file.ts';
import { Storage } from '../storage/storage.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { StorageOptions } from '../storage/storage-options.ts';

/** Beside what a member looks for: it is no data before it is whole. */
const UNFINISHED = 'restoring';
const SLICE_BYTES = 256 * 1024;
/** Of the only voter, as of the first one of any cluster. */
const RAFT_ID = 1;
export const SECRET_BYTES = 32;

/** Throws BackupFault `data-folder` where a member has its data there. */
export async function refuseUsedFolders({
  dataDir,
  dataLogDir,
}: Pick<Config, 'dataDir' | 'dataLogDir'>): Promise<void> {
  for (const [folder, name] of [
    [dataDir, MEMBER_FOLDER],
    [dataLogDir, LOG_FOLDER],
  ] as const) {
    const found = await namesIn(join(folder, name));
    if (found.length === 0) continue;
    const message = (await isHalfMoved(dataLogDir))
      ? `${folder} holds a restore that was cut off at its very end: empty it, but for myid, and restore again`
      : `${folder} holds the data of a member: keep a copy, empty it, and restore again`;
    throw new BackupFault('data-folder', message);
  }
}

async function isHalfMoved(dataLogDir: string): Promise<boolean> {
  return await isThere(join(dataLogDir, UNFINISHED, LOG_FOLDER));
}

/**
 * Makes the state the data of a new cluster, of which this member is the only voter: with an id and a secret of its own, so that no member and no session of
 * the former one is taken for one of it. Nothing counts before all of it is durable. Returns the new cluster's id. Throws BackupFault.
 *
 * @param secret of the new cluster
 */
export async function writeNewData(
  config: Config,
  member: WantedMember,
  machine: StateMachine,
  secret: Uint8Array = randomBytes(SECRET_BYTES),
): Promise<string> {
  const { dataDir, dataLogDir } = config;
  const [unfinished, unfinishedLog] = [join(dataDir, UNFINISHED), join(dataLogDir, UNFINISHED)];
  const clusterId = config.clusterId === '' ? randomBytes(16).toString('hex') : config.clusterId;
  // Its lock: no member starts there meanwhile.
  const whole = new FolderDisk(dataDir);
  try {
    await lock(whole, dataDir);
    await refuseUsedFolders(config);
    for (const folder of [unfinished, unfinishedLog]) await rm(folder, { recursive: true, force: true });
    await writeData(config, [unfinished, unfinishedLog], { clusterId, secret }, member, machine);
    // In this order: what is cut off between the two is no data that a member starts with.
    await moved(join(unfinished, MEMBER_FOLDER), join(dataDir, MEMBER_FOLDER));
    await moved(join(unfinishedLog, LOG_FOLDER), join(dataLogDir, LOG_FOLDER));
  } catch (error) {
    if (!(await isThere(join(dataDir, MEMBER_FOLDER))))
      for (const folder of [unfinished, unfinishedLog])
        await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    if (error instanceof BackupFault) throw error;
    if (error instanceof StorageError || (error as { code?: unknown }).code !== undefined)
      throw new BackupFault('data-folder', `${dataDir}: ${(error as Error).message}`, { cause: error });
    throw error;
  } finally {
    await whole.close();
  }
  for (const folder of [unfinished, unfinishedLog]) await rm(folder, { recursive: true, force: true });
  return clusterId;
}

async function lock(disk: FolderDisk, dataDir: string): Promise<void> {
  try {
    await disk.lock();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EBUSY') throw error;
    throw new BackupFault('data-folder', `${dataDir} is in use by another process: stop it first`);
  }
}

async function writeData(
  config: Config,
  [folder, logFolder]: readonly [string, string],
  { clusterId, secret }: { readonly clusterId: string; readonly secret: Uint8Array },
  member: WantedMember,
  machine: StateMachine,
): Promise<void> {
  const options: StorageOptions = {
    segmentBytes: boundsOf(config).segmentBytes,
    snapRetainCount: config.snapshotRetain,
    ...(folder === logFolder ? {} : { logDisk: new FolderDisk(logFolder) }),
  };
  const genesis = genesisOf(member, machine.featureLevel);
  const { storage } = await Storage.open(new FolderDisk(folder), options);
  try {
    await storage.writeIdentity({ clusterId, serverId: member.serverId, raftId: RAFT_ID, secret, genesis });
    const { appliedIndex: index, appliedTerm: term } = machine;
    const meta = { index, term, configuration: genesis };
    const walk = machine.beginSnapshot();
    const writer = await storage.createSnapshot(meta, machine.digest());
    for (let chunk = walk.next(SLICE_BYTES); chunk !== undefined; chunk = walk.next(SLICE_BYTES))
      await writer.write(chunk);
    await writer.finish();
    // The log begins anew behind the snapshot, in its term: the first election is one of a later one.
    const write = { snapshot: meta, hardState: { term, vote: 0 }, entries: [], clearSuspect: false };
    await new Promise<void>((resolve, reject) => {
      storage.persist(write, (error) => (error === undefined ? resolve() : reject(error)));
    });
  } finally {
    await storage.close();
  }
}

function genesisOf({ role: _role, ...address }: WantedMember, level: number): Configuration {
  const said = level === FIRST_LEVEL ? {} : { genesisLevel: level };
  const context = encodeContext({ ...address, instance: randomBytes(4).readUInt32BE() + 1, ...said });
  const genesis = {
    index: RAFT_ID,
    voters: [RAFT_ID],
    outgoing: [],
    learners: [],
    contexts: new Map([[RAFT_ID, context]]),
  };
  // What cannot be encoded is found out before anything is written.
  encodeConfiguration(genesis);
  return genesis;
}

async function moved(from: string, to: string): Promise<void> {
  await rename(from, to);
  const folder = await open(join(to, '..'), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return [];
    throw new BackupFault('data-folder', `cannot look into ${folder}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
