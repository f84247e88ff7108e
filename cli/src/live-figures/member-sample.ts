import type { MemberAnswer, Role } from '../ensemble-status/member-answer.ts';
import type { Samples } from '../members-http/prometheus-text.ts';
import { type Histogram, histogramsOf } from './histogram.ts';

/** Latencies as a member tells them itself, in seconds: since its start, not of an interval. */
export interface Told {
  readonly count: number;
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

/** What a member counts, at one moment. */
export interface MemberSample {
  readonly serverId: number | undefined;
  readonly at: string;
  readonly role: Role;
  readonly atMs: number;
  readonly sessions: number | undefined;
  readonly connections: number | undefined;
  readonly outstanding: number | undefined;
  /** Requests by their kinds. */
  readonly requests: ReadonlyMap<string, Histogram | Told>;
  readonly sync: Histogram | undefined;
  readonly eventLoopDelay: Histogram | undefined;
}

/** @param samples of /metrics; undefined where the member has none */
export function sampleOf(
  answer: MemberAnswer,
  at: string,
  samples: Samples | undefined,
  atMs: number,
): MemberSample {
  const { self } = answer;
  const requests =
    samples === undefined ? new Map() : histogramsOf(samples, 'rookery_request_seconds', 'operation');
  const isOwn = samples?.has('rookery_info') === true;
  return {
    serverId: self.serverId,
    at,
    role: self.role,
    atMs,
    sessions: self.sessions,
    connections: self.connections,
    outstanding: self.outstanding,
    requests: isOwn ? requests : toldRequests(answer.metrics),
    sync: samples && histogramsOf(samples, 'rookery_log_sync_seconds').get(''),
    eventLoopDelay: samples && histogramsOf(samples, 'rookery_event_loop_delay_seconds').get(''),
  };
}

/** Of ZooKeeper, which tells reads from updates. */
function toldRequests(metrics: Readonly<Record<string, number>>): ReadonlyMap<string, Told> {
  const told = (name: string): Told[] => {
    const count = metrics[`cnt_${name}`];
    if (count === undefined) return [];
    return [{ count, p50: seconds(metrics[`p50_${name}`]), p99: seconds(metrics[`p99_${name}`]) }];
  };
  return new Map([
    ...told('readlatency').map((each) => ['read', each] as const),
    ...told('updatelatency').map((each) => ['update', each] as const),
  ]);
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
