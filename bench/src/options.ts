import { parseArgs } from 'node:util';
import { Complaint } from '../../testkit/src/scenarios/complaint.ts';
import { SYSTEM_NAMES, type SystemName } from '../../testkit/src/systems/system.ts';
import { FAILOVER_FAULTS, type FailoverFault } from './workloads/failover.ts';
import { type ThroughputWorkload, throughputWorkloads } from './workloads/throughput.ts';

export const usage = `Side-by-side benchmark of Apache ZooKeeper and Rookery: three members each, on loopback, fsync on.

  node bench/src/main.ts [options]

  --only <system>        zookeeper or rookery (default: both, in turn)
  --workloads <names>      comma-separated beginnings of workload names (default: all):
                       ${throughputWorkloads.map((workload) => workload.id).join(', ')}, memory, failover-killed, failover-silent
  --seconds <n>        measured seconds of each throughput workload (default 5)
  --warm-up <n>        seconds of load before each of them (default 2)
  --rounds <n>         runs of everything; of each workload the run with the median throughput is shown (default 1)
  --failover-rounds <n>  leaders killed, and leaders silenced (default 5)
  --seed <n>           for the choice of keys (default 1)
  --profile            run Rookery alone with V8's profiler; print each workload's functions with the most self time
  --against <folder>   another checkout of this repository, installed: throughput workloads of its server and of this one's,
                       both up at once and loaded in turn, in slices of --seconds; prints how this one compares
  --slices <n>         of each workload, for each of the two (default 15)
  --json <file>        where to write the figures (default: in the cache folder, printed at the end)
`;

export interface BenchOptions {
  readonly systems: readonly SystemName[];
  readonly workloads: readonly ThroughputWorkload[];
  readonly memory: boolean;
  readonly failover: readonly FailoverFault[];
  readonly measureMs: number;
  readonly warmUpMs: number;
  readonly rounds: number;
  readonly failoverRounds: number;
  readonly seed: number;
  readonly profile: boolean;
  /** Another checkout of this repository to be compared with. */
  readonly against: string | undefined;
  readonly slices: number;
  readonly jsonFile: string | undefined;
}

/** Undefined when help was asked for. */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  const profile = values.profile ?? false;
  const systems =
    values.only === undefined ? (profile ? (['rookery'] as const) : SYSTEM_NAMES) : [systemName(values.only)];
  const wanted = values.workloads?.split(',').map((name) => name.trim());
  const isWanted = (id: string): boolean =>
    wanted === undefined || wanted.some((name) => id.startsWith(name));
  const known = [
    ...throughputWorkloads.map((workload) => workload.id),
    'memory',
    ...FAILOVER_FAULTS.map((f) => `failover-${f}`),
  ];
  for (const name of wanted ?? []) {
    if (!known.some((id) => id.startsWith(name))) throw new Complaint(`no workload begins with ${name}`);
  }
  return {
    systems,
    workloads: throughputWorkloads.filter((workload) => isWanted(workload.id)),
    memory: isWanted('memory'),
    failover: FAILOVER_FAULTS.filter((fault) => isWanted(`failover-${fault}`)),
    measureMs: positive('seconds', values.seconds) * 1000,
    warmUpMs: positive('warm-up', values['warm-up']) * 1000,
    rounds: positive('rounds', values.rounds),
    failoverRounds: positive('failover-rounds', values['failover-rounds']),
    seed: positive('seed', values.seed),
    profile,
    against: values.against,
    slices: positive('slices', values.slices),
    jsonFile: values.json,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        only: { type: 'string' },
        workloads: { type: 'string' },
        seconds: { type: 'string', default: '5' },
        'warm-up': { type: 'string', default: '2' },
        rounds: { type: 'string', default: '1' },
        'failover-rounds': { type: 'string', default: '5' },
        seed: { type: 'string', default: '1' },
        profile: { type: 'boolean' },
        against: { type: 'string' },
        slices: { type: 'string', default: '15' },
        json: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Complaint(error instanceof Error ? error.message : String(error));
  }
}

function systemName(text: string): SystemName {
  const name = SYSTEM_NAMES.find((candidate) => candidate === text);
  if (name === undefined) throw new Complaint(`--only takes ${SYSTEM_NAMES.join(' or ')}, not ${text}`);
  return name;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Complaint(`--${name} takes a number above 0, not ${text}`);
  return value;
}
