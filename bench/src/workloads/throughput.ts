import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { machineProcessorSeconds } from '../../../testkit/src/systems/process-figures.ts';
import { runLoadInChild } from '../load/generator-process.ts';
import { type LoadResult, prepareKeys } from '../load/load.ts';
import type { LoadKind } from '../load/request-source.ts';

/** One line of the table: a load of one kind, and how many times ZooKeeper's throughput it is to reach. */
export interface ThroughputWorkload {
  readonly id: string;
  readonly kind: LoadKind;
  readonly connections: number;
  readonly depth: number;
  /** Absent where the issue sets none: one client's reads and creates are bound by the round trip. */
  readonly goalRatio?: number;
  /** Clients speak TLS, and show certificates. */
  readonly tls?: true;
}

export const throughputWorkloads: readonly ThroughputWorkload[] = [
  { id: 'create-c1-d1', kind: 'create', connections: 1, depth: 1 },
  { id: 'set-c1-d1', kind: 'set', connections: 1, depth: 1, goalRatio: 2 },
  { id: 'set-c16-d16', kind: 'set', connections: 16, depth: 16, goalRatio: 6 },
  { id: 'set-c64-d16', kind: 'set', connections: 64, depth: 16, goalRatio: 6 },
  { id: 'create-c16-d16', kind: 'create', connections: 16, depth: 16, goalRatio: 4 },
  { id: 'get-c1-d1', kind: 'get', connections: 1, depth: 1 },
  { id: 'get-c16-d16', kind: 'get', connections: 16, depth: 16, goalRatio: 6 },
  { id: 'get-c64-d16', kind: 'get', connections: 64, depth: 16, goalRatio: 6 },
  { id: 'mixed-c16-d16', kind: 'mixed', connections: 16, depth: 16, goalRatio: 6 },
  { id: 'tls-set-c16-d16', kind: 'set', connections: 16, depth: 16, goalRatio: 4, tls: true },
  { id: 'tls-get-c16-d16', kind: 'get', connections: 16, depth: 16, goalRatio: 4, tls: true },
];

export interface ThroughputOptions {
  readonly measureMs: number;
  readonly warmUpMs: number;
  readonly seed: number;
  readonly runId: string;
}

export interface ThroughputResult extends LoadResult {
  /** Processor time of all members together, warm-up included, in cores. */
  readonly serverCores: number;
  /** What everything else on the machine took meanwhile, the kernel's own work included, in cores. */
  readonly otherCores: number;
}

const KEYS = 1_000;
const VALUE_BYTES = 256;

/** The order in which workloads run: those that make the tree grow come last. */
export function inRunningOrder(workloads: readonly ThroughputWorkload[]): ThroughputWorkload[] {
  return [
    ...workloads.filter((workload) => workload.kind !== 'create'),
    ...workloads.filter((workload) => workload.kind === 'create'),
  ];
}

/** Makes the keys, then lets both servers' compilers see the work before anything is measured. */
export async function prepareForLoad(ensemble: Ensemble, options: ThroughputOptions): Promise<void> {
  const members = await ensemble.followersFirst();
  await prepareKeys(members[0]!.endpoint, KEYS, VALUE_BYTES);
  const ports = [members.map(({ endpoint }) => endpoint)];
  if (members[0]!.plan.secureEndpoint !== undefined)
    ports.push(members.map(({ clientEndpoint }) => clientEndpoint));
  for (const endpoints of ports) {
    await runLoadInChild({
      kind: 'mixed',
      endpoints,
      connections: 16,
      depth: 16,
      keys: KEYS,
      valueBytes: VALUE_BYTES,
      warmUpMs: 0,
      measureMs: options.warmUpMs * 2,
      seed: options.seed,
      runId: 'warm',
    });
  }
}

export async function runThroughputWorkload(
  ensemble: Ensemble,
  workload: ThroughputWorkload,
  options: ThroughputOptions,
): Promise<ThroughputResult> {
  const members = await ensemble.followersFirst();
  const endpoints = members.map((member) =>
    workload.tls === true ? member.clientEndpoint : member.endpoint,
  );
  const startMs = performance.now();
  const cpuBefore = ensemble.processorSeconds();
  const machineBefore = machineProcessorSeconds();
  const result = await runLoadInChild({
    kind: workload.kind,
    endpoints,
    connections: workload.connections,
    depth: workload.depth,
    keys: KEYS,
    valueBytes: VALUE_BYTES,
    warmUpMs: options.warmUpMs,
    measureMs: options.measureMs,
    seed: options.seed,
    runId: `${options.runId}-${workload.id}`,
  });
  const seconds = (performance.now() - startMs) / 1000;
  const serverCores = (ensemble.processorSeconds() - cpuBefore) / seconds;
  const machineCores = (machineProcessorSeconds() - machineBefore) / seconds;
  return {
    ...result,
    serverCores,
    otherCores: Math.max(0, machineCores - serverCores - result.generatorCores),
  };
}
