import { refuseUsedFolders } from './backup/new-data.ts';
import type { Config } from './config/config.ts';
import { loadConfigOrExit } from './config/or-exit.ts';
import { ownFlags } from './own-flags.ts';
import { systemEntropy } from './platform/machine.ts';
import { ATTACHED, firstZxid, NewCluster } from './taken-over.ts';
import { findZookeeperFiles } from './zookeeper-files/data-directory.ts';
import { type Replayed, replay } from './zookeeper-files/replay.ts';
import { reportOf, tellReport } from './zookeeper-files/report.ts';

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
    const cluster = new NewCluster();
    if (!flags.check) await refuseUsedFolders(config);
    const replayed = await readFiles(config, flags, cluster, say);
    const report = reportOf(replayed, flags.check ? undefined : config.dataDir, firstZxid(replayed.state));
    if (!flags.check) {
      say(`writing ${config.dataDir}`);
      await cluster.write(config, replayed.state);
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
  { sessionId }: NewCluster,
  say: (line: string) => void,
): Promise<Replayed> {
  const dataDir = from ?? config.dataDir;
  const directory = findZookeeperFiles(dataDir, fromLogs ?? (from === undefined ? config.dataLogDir : from));
  return await replay(directory, {
    tree: { hashSeed: systemEntropy.uint32() },
    newSessionId: sessionId,
    attachIndex: ATTACHED,
    begun: ({ path }) => say(`reading ${path}`),
  });
}
