import type { SnapshotMeta } from 'raft-ts-lite';
import { boundsOf } from './bounds/bounds.ts';
import type { Config } from './config/config.ts';
import { loadConfigOrExit } from './config/or-exit.ts';
import { wantedMember } from './member-addresses.ts';
import { FORMER_SESSIONS_BELOW, formerSessionId } from './model/former-session.ts';
import { asZxid } from './model/ids.ts';
import { ownFlags } from './own-flags.ts';
import { FolderDisk } from './platform/disk.ts';
import { systemClock, systemEntropy } from './platform/machine.ts';
import { THIS_BUILD } from './replica/build.ts';
import { encodeContext } from './replica/membership/membership.ts';
import { foundMember } from './storage/found-member.ts';
import type { MemberIdentity } from './storage/recovered.ts';
import { findZookeeperFiles } from './zookeeper-files/data-directory.ts';
import { NewFolder } from './zookeeper-files/new-folder.ts';
import { type Replayed, replay } from './zookeeper-files/replay.ts';
import { reportOf, tellReport } from './zookeeper-files/report.ts';

/** Of the genesis, in which this member is alone, and of the state that comes right behind it. */
const RAFT_ID = 1;
export const STATE_INDEX = 2;
const STATE_TERM = 1;
const SECRET_BYTES = 32;
const CLUSTER_ID_BYTES = 16;
const SLICE_BYTES = 256 * 1024;

interface Flags {
  readonly from: string | undefined;
  readonly fromLogs: string | undefined;
  readonly check: boolean;
  readonly json: boolean;
}

/**
 * Makes the data of a member, alone in its cluster, out of the data directory of an Apache ZooKeeper that is stopped. Exit 0; exit 1, with nothing written,
 * where it cannot, or is not certain.
 */
export async function importZookeeper(argv: readonly string[]): Promise<void> {
  const { flags, rest } = flagsOf(argv);
  const { config } = loadConfigOrExit(rest, process.env);
  const say = (line: string): void => {
    if (!flags.json) process.stderr.write(`${line}\n`);
  };
  try {
    const identity = newIdentity(config);
    const replayed = await readFiles(config, flags, identity, say);
    const report = reportOf(replayed, flags.check ? undefined : config.dataDir, firstZxid(replayed));
    if (!flags.check) await writeData(config, identity, replayed, say);
    process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : `${tellReport(report, config)}\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    if (flags.json) process.stdout.write(`${JSON.stringify({ error: { code, message: why } })}\n`);
    process.stderr.write(`rookery-server: nothing was imported: ${why}\n`);
    process.exitCode = 1;
  }
}

function flagsOf(argv: readonly string[]): { flags: Flags; rest: readonly string[] } {
  const { values, rest } = ownFlags(argv, {
    from: { type: 'string' },
    'from-logs': { type: 'string' },
    check: { type: 'boolean' },
    json: { type: 'boolean' },
  });
  const { from, 'from-logs': fromLogs, check, json } = values;
  const flags = {
    from: typeof from === 'string' ? from : undefined,
    fromLogs: typeof fromLogs === 'string' ? fromLogs : undefined,
    check: check === true,
    json: json === true,
  };
  return { flags, rest };
}

/** Of a cluster that begins, in which this member is alone. */
export function newIdentity(config: Config): MemberIdentity {
  const { serverId, members, clusterId } = config;
  const { role: _role, ...address } = wantedMember(members.find((member) => member.serverId === serverId)!);
  const context = encodeContext({
    ...address,
    instance: systemEntropy.uint32() + 1,
    genesisLevel: THIS_BUILD.levels.at(-1)!.level,
  });
  return {
    clusterId:
      clusterId === '' ? Buffer.from(systemEntropy.bytes(CLUSTER_ID_BYTES)).toString('hex') : clusterId,
    serverId,
    raftId: RAFT_ID,
    secret: systemEntropy.bytes(SECRET_BYTES),
    genesis: {
      index: RAFT_ID,
      voters: [RAFT_ID],
      outgoing: [],
      learners: [],
      contexts: new Map([[RAFT_ID, context]]),
    },
  };
}

async function readFiles(
  config: Config,
  { from, fromLogs }: Flags,
  { secret }: MemberIdentity,
  say: (line: string) => void,
): Promise<Replayed> {
  const dataDir = from ?? config.dataDir;
  const directory = findZookeeperFiles(dataDir, fromLogs ?? (from === undefined ? config.dataLogDir : from));
  return await replay(directory, {
    tree: { hashSeed: systemEntropy.uint32() },
    newSessionId: (high, low) => formerSessionId(high, low, (bytes) => systemEntropy.hmac(secret, bytes)),
    attachIndex: STATE_INDEX,
    begun: ({ path }) => say(`reading ${path}`),
  });
}

/** All that comes later is beyond what any client of ZooKeeper's has seen, and beyond the ids of its sessions. */
function firstZxid({ state }: Pick<Replayed, 'state'>): number {
  return Math.max(state.zxid, FORMER_SESSIONS_BELOW);
}

/** The member's data folder: all of it, or nothing. */
export async function writeData(
  config: Config,
  identity: MemberIdentity,
  replayed: Pick<Replayed, 'state'>,
  say: (line: string) => void,
): Promise<void> {
  const { dataDir, dataLogDir, snapshotRetain } = config;
  const folders = [...new Set([dataDir, dataLogDir])].map((root) => new NewFolder(root));
  const [data, logs] = [folders[0]!, folders.at(-1)!];
  const locks = [new FolderDisk(dataDir)];
  await locks[0]!.lock();
  try {
    for (const folder of folders) await folder.prepare();
    say(`writing ${dataDir}`);
    const logDisk = logs === data ? {} : { logDisk: new FolderDisk(logs.unfinished) };
    const storage = {
      segmentBytes: boundsOf(config).segmentBytes,
      snapRetainCount: snapshotRetain,
      ...logDisk,
    };
    await foundMember(
      { disk: new FolderDisk(data.unfinished), storage },
      identity,
      stateOf(identity, replayed),
    );
    // That which makes it a member's comes last.
    for (const folder of folders.toReversed()) await folder.finish();
  } catch (error) {
    for (const folder of folders) await folder.discard();
    throw error;
  } finally {
    for (const lock of locks) await lock.close();
  }
}

function stateOf({ genesis }: MemberIdentity, replayed: Pick<Replayed, 'state'>) {
  const machine = THIS_BUILD.newMachine(genesis, {});
  const meta: SnapshotMeta = { index: STATE_INDEX, term: STATE_TERM, configuration: genesis };
  const { tree, sessions } = replayed.state;
  machine.begin(tree, sessions, { meta, zxid: asZxid(firstZxid(replayed)), timeMs: systemClock.wallMs() });
  const walk = machine.beginSnapshot();
  return { meta, digest: machine.digest(), chunks: chunksOf((bytes) => walk.next(bytes)) };
}

function* chunksOf(next: (bytes: number) => Uint8Array | undefined): Iterable<Uint8Array> {
  for (let chunk = next(SLICE_BYTES); chunk !== undefined; chunk = next(SLICE_BYTES)) yield chunk;
}
