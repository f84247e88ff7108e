import { SYSTEM_NAMES, type SystemName } from '../../testkit/src/systems/system.ts';
import {
  FAILOVER_FAULTS,
  type FailoverFault,
  type FailoverResult,
  failoverGoalMs,
} from './workloads/failover.ts';
import { describeSpread, type Spread } from './workloads/in-turn.ts';
import { MEMORY_GOAL_BYTES, type MemoryResult, total } from './workloads/memory.ts';
import type { ThroughputResult, ThroughputWorkload } from './workloads/throughput.ts';

/** What one system did; what was not asked for is absent. */
export interface SystemResults {
  readonly title: string;
  /** By workload id. */
  readonly throughput: Record<string, ThroughputResult>;
  /** By workload id: what TLS leaves of the throughput without it. */
  readonly tlsShare: Record<string, Spread>;
  memory?: MemoryResult;
  readonly failover: Partial<Record<FailoverFault, FailoverResult>>;
}

export type Results = Partial<Record<SystemName, SystemResults>>;

type Row = readonly string[];

const NONE = '–';
/** Of the throughput without it. */
const TLS_GOAL_SHARE = 0.6;

/** The table of the closing note, in Markdown: it can be read in a terminal and pasted into a document. */
export function renderReport(workloads: readonly ThroughputWorkload[], results: Results): string {
  const present = SYSTEM_NAMES.filter((name) => results[name] !== undefined);
  const titles = present.map((name) => results[name]!.title);
  const rows: Row[] = [
    ['work', ...titles.flatMap((title) => [`${title} ops/s`, 'p50', 'p99 ms', 'cores']), ...verdict],
  ];
  for (const workload of workloads) {
    const columns = present.flatMap((name) => throughputColumns(results[name]?.throughput[workload.id]));
    if (columns.every((column) => column === NONE)) continue;
    rows.push([nameOf(workload), ...columns, ...throughputVerdict(workload, results)]);
  }
  const sections = rows.length > 1 ? [markdown(rows)] : [];
  const encrypted = tlsRows(workloads, results);
  if (encrypted.length > 0) sections.push(markdown([['with TLS', ...titles, 'goal', 'met'], ...encrypted]));
  const bounds = [...memoryRows(results), ...failoverRows(results)];
  if (bounds.length > 0) {
    const header = [
      '',
      ...SYSTEM_NAMES.filter((name) => results[name]).map((name) => results[name]!.title),
      'goal',
      'met',
    ];
    sections.push(markdown([header, ...bounds]));
  }
  return sections.join('\n\n');
}

const verdict = ['ratio', 'goal', 'met'] as const;

function nameOf(workload: ThroughputWorkload): string {
  const tls = workload.tls === true ? 'TLS ' : '';
  return `${tls}${workload.kind === 'mixed' ? '90% get' : workload.kind} c${workload.connections} d${workload.depth}`;
}

function throughputColumns(result: ThroughputResult | undefined): Row {
  if (result === undefined) return [NONE, NONE, NONE, NONE];
  const ops = Math.round(result.opsPerSecond).toLocaleString('en');
  return [ops, millis(result.p50Ms), millis(result.p99Ms), result.serverCores.toFixed(2)];
}

function throughputVerdict(workload: ThroughputWorkload, results: Results): Row {
  const ours = results.rookery?.throughput[workload.id];
  const theirs = results.zookeeper?.throughput[workload.id];
  const goal = workload.goalRatio === undefined ? NONE : `≥ ${workload.goalRatio}`;
  if (ours === undefined || theirs === undefined) return [NONE, goal, NONE];
  const ratio = ours.opsPerSecond / theirs.opsPerSecond;
  return [
    ratio.toFixed(2),
    goal,
    workload.goalRatio === undefined ? NONE : yesNo(ratio >= workload.goalRatio),
  ];
}

/** Of each workload with TLS: its throughput as a share of the same without, the median and the middle half of the slices. */
function tlsRows(workloads: readonly ThroughputWorkload[], results: Results): Row[] {
  const present = SYSTEM_NAMES.filter((name) => results[name] !== undefined);
  return workloads.flatMap((workload) => {
    const shares = present.map((name) => results[name]?.tlsShare[workload.id]);
    if (shares.every((share) => share === undefined)) return [];
    const ours = results.rookery?.tlsShare[workload.id];
    const met = ours === undefined ? NONE : yesNo(ours.median >= TLS_GOAL_SHARE);
    const columns = shares.map((share) => (share === undefined ? NONE : describeSpread(share)));
    return [[`${nameOf(workload)}, share of plain`, ...columns, `≥ ${TLS_GOAL_SHARE}`, met]];
  });
}

function memoryRows(results: Results): Row[] {
  const present = SYSTEM_NAMES.filter((name) => results[name] !== undefined);
  const memories = present.map((name) => results[name]?.memory);
  const first = memories.find((memory) => memory !== undefined);
  if (first === undefined) return [];
  const work = `${first.nodes.toLocaleString('en')} nodes of ${first.dataBytes} bytes`;
  const ours = results.rookery?.memory;
  return [
    [`${work}: seconds`, ...memories.map((memory) => memory?.seconds.toFixed(1) ?? NONE), NONE, NONE],
    [
      `${work}: MB resident`,
      ...memories.map((memory) => (memory === undefined ? NONE : megabytesOf(memory))),
      `≤ ${MEMORY_GOAL_BYTES / 1e6}`,
      ours === undefined ? NONE : yesNo(total(ours.members) <= MEMORY_GOAL_BYTES),
    ],
  ];
}

function megabytesOf(memory: MemoryResult): string {
  const each = memory.members.map((member) => Math.round(member.now / 1e6)).join(' + ');
  return `${Math.round(total(memory.members) / 1e6)} (${each}; empty ${Math.round(memory.emptyBytes / 1e6)})`;
}

function failoverRows(results: Results): Row[] {
  const present = SYSTEM_NAMES.filter((name) => results[name] !== undefined);
  return FAILOVER_FAULTS.flatMap((fault) => {
    const measured = present.map((name) => results[name]?.failover[fault]);
    if (measured.every((result) => result === undefined)) return [];
    const ours = results.rookery?.failover[fault];
    return [
      [
        `leader ${fault}: ms without a write, median (max)`,
        ...measured.map((result) =>
          result === undefined ? NONE : `${Math.round(result.medianMs)} (${Math.round(result.maxMs)})`,
        ),
        `≤ ${failoverGoalMs[fault]}`,
        ours === undefined ? NONE : yesNo(ours.maxMs <= failoverGoalMs[fault]),
      ],
    ];
  });
}

function millis(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2);
}

function yesNo(met: boolean): string {
  return met ? 'yes' : 'NO';
}

function markdown(rows: readonly Row[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: Row): string =>
    `| ${row.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join('\n');
}
