/**
 * The commands of ZooKeeper's AdminServer and what they answer, in its names.
 *
 * https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#sc_adminserver_commands
 */
import type { CommandAnswer } from '../admin/zookeeper-commands.ts';
import { ZOOKEEPER_VERSION } from '../four-letter-words/facts.ts';
import { javaHex } from '../four-letter-words/java-text.ts';
import { monitorPairs, monitorValues } from '../four-letter-words/monitor.ts';
import { watchCounts } from '../four-letter-words/watches.ts';
import { connectionLists, fullConnection } from './connections.ts';
import { leader, observers, votingView, zabState } from './ensemble.ts';
import type { CommandFacts } from './facts.ts';
import { serverStats, stats } from './server-stats.ts';
import { dump, watches, watchesByPath } from './sessions.ts';

/** What a command tells beside its name. */
type Told = Readonly<Record<string, unknown>> & { readonly error?: string };

interface Command {
  /** The primary one, then the others. A four-letter word among them is the word that tells the same. */
  readonly names: readonly [string, ...string[]];
  /** Answers before the member serves, too. */
  readonly always?: true;
  /** It tells what whoever reaches the member's ports may know: who leads, and how far the members are. */
  readonly open?: true;
  /** It costs a look at the disk. */
  readonly tellsSizes?: true;
  readonly tell: (facts: CommandFacts) => Told;
}

export const NOT_SERVING = 'This ZooKeeper instance is not currently serving requests';

function configuration({ settings, tickTimeMs, status }: CommandFacts): Told {
  return {
    client_port: settings.clientPort,
    data_dir: settings.dataDir,
    data_log_dir: settings.dataLogDir,
    tick_time: tickTimeMs,
    max_client_cnxns: settings.maxConnectionsPerAddress,
    min_session_timeout: settings.minSessionTimeoutMs,
    max_session_timeout: settings.maxSessionTimeoutMs,
    server_id: status.serverId,
    client_port_listen_backlog: -1,
  };
}

/** Numbers as numbers, whatever form their line of `mntr` has. */
function monitor(facts: CommandFacts): Told {
  const pairs = monitorPairs(monitorValues(facts));
  return Object.fromEntries(
    pairs.map(([name, value]) => [name, Number.isNaN(Number(value)) ? value : Number(value)]),
  );
}

function missing(error: string): () => Told {
  return () => ({ error });
}

export const COMMANDS: readonly Command[] = [
  { names: ['configuration', 'conf', 'config'], tell: configuration },
  {
    names: ['connection_stat_reset', 'crst'],
    tell: ({ resetConnections }) => {
      resetConnections();
      return {};
    },
  },
  {
    names: ['connections', 'cons'],
    tell: ({ connections }) => connectionLists(connections(), fullConnection),
  },
  {
    names: ['dirs'],
    tellsSizes: true,
    tell: ({ sizes }) => ({ datadir_size: sizes.dataBytes, logdir_size: sizes.logBytes }),
  },
  { names: ['dump'], tell: dump },
  {
    names: ['environment', 'env', 'envi'],
    always: true,
    tell: ({ environment }) =>
      Object.fromEntries([['zookeeper.version', ZOOKEEPER_VERSION], ...environment()]),
  },
  {
    names: ['get_trace_mask', 'gtmk'],
    always: true,
    tell: missing('there is no trace mask here: log.level says how much is logged'),
  },
  { names: ['hash'], tell: ({ digests }) => ({ digests: digests() }) },
  {
    names: ['initial_configuration', 'icfg'],
    tellsSizes: true,
    tell: (facts) => ({ initial_configuration: facts.configuration.join('\n') }),
  },
  { names: ['is_read_only', 'isro'], tell: ({ mode }) => ({ read_only: mode === 'read-only' }) },
  {
    names: ['last_snapshot', 'lsnp'],
    open: true,
    tell: ({ snapshot: { zxid, takenMs } }) => ({
      zxid: javaHex(zxid),
      // As ZooKeeper tells it, in seconds.
      timestamp: takenMs < 0 ? -1 : Math.floor(takenMs / 1000),
    }),
  },
  { names: ['leader', 'lead'], open: true, tell: leader },
  { names: ['monitor', 'mntr'], always: true, tell: monitor },
  // Nothing is counted of them.
  { names: ['observer_connection_stat_reset', 'orst'], tell: () => ({}) },
  { names: ['observers', 'obsr'], open: true, tell: observers },
  { names: ['ruok'], tell: () => ({}) },
  { names: ['server_stats', 'srvr'], tellsSizes: true, tell: serverStats },
  {
    names: ['set_trace_mask', 'stmk'],
    always: true,
    tell: missing('there is no trace mask here: log.level says how much is logged'),
  },
  {
    names: ['stat_reset', 'srst'],
    tell: ({ resetServer }) => {
      resetServer();
      return {};
    },
  },
  { names: ['stats', 'stat'], tellsSizes: true, tell: stats },
  {
    names: ['system_properties', 'sysp'],
    always: true,
    tell: ({ settings }) => settings.properties,
  },
  { names: ['voting_view'], open: true, tell: votingView },
  {
    names: ['watch_summary', 'wchs'],
    tell: (facts) => {
      const { connections, paths, total } = watchCounts(facts.watches);
      return { num_connections: connections, num_paths: paths, num_total_watches: total };
    },
  },
  { names: ['watches', 'wchc'], tell: watches },
  { names: ['watches_by_path', 'wchp'], tell: watchesByPath },
  { names: ['zabstate'], always: true, open: true, tell: zabState },
];

/** Those that are no answer in JSON. */
export const STREAMS: readonly string[] = ['restore', 'snapshot'];

const byName: ReadonlyMap<string, Command> = new Map(
  COMMANDS.flatMap((command) => command.names.map((name) => [name, command] as const)),
);

/** See `ZookeeperCommands.isOpen`; what there is not is no secret. */
export function isOpen(name: string, allowedWords: ReadonlySet<string>): boolean {
  const command = byName.get(name);
  if (command === undefined || command.open === true) return true;
  return command.names.some((each) => allowedWords.has(each));
}

export function tellsSizes(name: string): boolean {
  return byName.get(name)?.tellsSizes === true;
}

export function answerCommand(name: string, facts: CommandFacts): CommandAnswer {
  const command = byName.get(name);
  if (command === undefined) return { command: name, error: `Unknown command: ${name}` };
  const [primary] = command.names;
  if (!facts.serving && command.always !== true) return { command: primary, error: NOT_SERVING };
  const { error = null, ...told } = command.tell(facts);
  return { ...told, command: primary, error };
}
