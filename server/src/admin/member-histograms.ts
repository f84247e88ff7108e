import { isWriteOp, OpCode } from '@rookery/protocol';
import type { Member } from '../member.ts';
import type { Histogram } from '../model/histogram.ts';
import type { MachineCounts } from './machine-counts.ts';

/** One histogram of a metric, told from its others by a label; '' where there is only one. */
export interface Series {
  readonly label: string;
  /** In milliseconds. */
  readonly histogram: Histogram;
}

interface HistogramRow {
  /** As the window calls it. */
  readonly key: 'request' | 'commit' | 'apply' | 'logSync' | 'election' | 'eventLoopDelay';
  /** As Prometheus wants names: of seconds. */
  readonly name: string;
  readonly help: string;
  /** The name of the label; undefined where there is one series only. */
  readonly labelName?: string;
  readonly of: (member: Member, counts: MachineCounts) => readonly Series[];
  /** What `mntr` makes of it, where ZooKeeper has the same. */
  readonly zookeeper?: readonly ZookeeperSummary[];
}

export interface ZookeeperSummary {
  /** Without what comes before it: avg_, max_ and so on. */
  readonly name: string;
  readonly hasPercentiles: boolean;
  /** Of the labels, those that it sums up; undefined: all. */
  readonly counts?: (label: string) => boolean;
}

/** As ZooKeeper tells updates from reads: by whether they go through the log. */
const updateNames: ReadonlySet<string> = new Set(
  Object.entries(OpCode)
    .filter(([, op]) => isWriteOp(op) || op === OpCode.createSession || op === OpCode.closeSession)
    .map(([name]) => name),
);

const operationNames = new Map<number, string>(Object.entries(OpCode).map(([name, op]) => [op, name]));

function only(histogram: Histogram | undefined): readonly Series[] {
  return histogram === undefined ? [] : [{ label: '', histogram }];
}

/** How long things take on a member. A new one is a row here. */
export const MEMBER_HISTOGRAMS: readonly HistogramRow[] = [
  {
    key: 'request',
    name: 'rookery_request_seconds',
    help: 'From the socket to the reply.',
    labelName: 'operation',
    of: ({ clients }) =>
      [...clients.latency.byOperation()].map(([op, histogram]) => ({
        label: operationNames.get(op) ?? String(op),
        histogram,
      })),
    zookeeper: [
      { name: 'readlatency', hasPercentiles: true, counts: (label) => !updateNames.has(label) },
      { name: 'updatelatency', hasPercentiles: true, counts: (label) => updateNames.has(label) },
    ],
  },
  {
    key: 'commit',
    name: 'rookery_commit_seconds',
    help: 'As a leader: from the proposal of a batch until a majority holds it.',
    of: ({ running }) => only(running?.replica.times.commit),
    zookeeper: [{ name: 'quorum_ack_latency', hasPercentiles: true }],
  },
  {
    key: 'apply',
    name: 'rookery_apply_seconds',
    help: 'What applying committed entries took in a turn.',
    of: ({ running }) => only(running?.replica.times.apply),
  },
  {
    key: 'logSync',
    name: 'rookery_log_sync_seconds',
    help: 'Appends to the log: write and sync.',
    of: (_member, counts) => only(counts.logSyncs()),
    zookeeper: [{ name: 'fsynctime', hasPercentiles: false }],
  },
  {
    key: 'election',
    name: 'rookery_election_seconds',
    help: 'From when it knew no leader until it knew one.',
    of: ({ leaderChanges }) => only(leaderChanges.elections),
    zookeeper: [{ name: 'election_time', hasPercentiles: false }],
  },
  {
    key: 'eventLoopDelay',
    name: 'rookery_event_loop_delay_seconds',
    help: 'For how long a turn of the event loop kept everything else waiting.',
    of: (_member, counts) => only(counts.eventLoopDelays()),
  },
];

/** The series of a row as they are now. */
export type ReadHistogram = (row: HistogramRow) => readonly Series[];
