import { refuseUsedFolders, SECRET_BYTES, writeNewData } from './backup/new-data.ts';
import type { Config } from './config/config.ts';
import { loadConfigOrExit } from './config/or-exit.ts';
import { wantedMember } from './member-addresses.ts';
import { FORMER_SESSIONS_BELOW, formerSessionId } from './model/former-session.ts';
import { asZxid } from './model/ids.ts';
import { ownFlags } from './own-flags.ts';
import { systemClock, systemEntropy } from './platform/machine.ts';
import { THIS_BUILD } from './replica/build.ts';
import type { StateMachine } from './replica/state-machine.ts';
import { findZookeeperFiles } from './zookeeper-files/data-directory.ts';
import { type Replayed, replay } from './zookeeper-files/replay.ts';
import { reportOf, tellReport } from './zookeeper-files/report.ts';

/** Who the members are is said where the data are written. */
const GENESIS = { index: 1, voters: [], outgoing: [], learners: [], contexts: new Map() };
/** Of what came over: of no attachment that a connection has. */
const ATTACHED = 1;

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
    const secret = systemEntropy.bytes(SECRET_BYTES);
    if (!flags.check) await refuseUsedFolders(config);
    const replayed = await readFiles(config, flags, secret, say);
    const report = reportOf(replayed, flags.check ? undefined : config.dataDir, firstZxid(replayed));
    if (!flags.check) {
      say(`writing ${config.dataDir}`);
      const self = config.members.find(({ serverId }) => serverId === config.serverId)!;
      await writeNewData(config, wantedMember(self), machineOf(replayed), secret);
    }
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

async function readFiles(
  config: Config,
  { from, fromLogs }: Flags,
  secret: Uint8Array,
  say: (line: string) => void,
): Promise<Replayed> {
  const dataDir = from ?? config.dataDir;
  const directory = findZookeeperFiles(dataDir, fromLogs ?? (from === undefined ? config.dataLogDir : from));
  return await replay(directory, {
    tree: { hashSeed: systemEntropy.uint32() },
    newSessionId: (high, low) => formerSessionId(high, low, (bytes) => systemEntropy.hmac(secret, bytes)),
    attachIndex: ATTACHED,
    begun: ({ path }) => say(`reading ${path}`),
  });
}

/** All that comes later is beyond what any client of ZooKeeper's has seen, and beyond the ids of its sessions. */
function firstZxid({ state }: Replayed): number {
  return Math.max(state.zxid, FORMER_SESSIONS_BELOW);
}

/** The state of a cluster that begins with it. */
function machineOf(replayed: Replayed): StateMachine {
  const machine = THIS_BUILD.newMachine(GENESIS, {});
  const { tree, sessions } = replayed.state;
  machine.begin(tree, sessions, asZxid(firstZxid(replayed)), systemClock.wallMs());
  return machine;
}
