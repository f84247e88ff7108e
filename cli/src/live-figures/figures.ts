import type { Role } from '../ensemble-status/member-answer.ts';
import { type Histogram, quantile, since, sumOf } from './histogram.ts';
import type { MemberSample, Told } from './member-sample.ts';

/** Latencies in seconds; undefined: nothing was measured. */
export interface Rate {
  readonly perSecond: number;
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

/** What a member did in an interval. */
export interface MemberFigures {
  readonly serverId: number | undefined;
  readonly at: string;
  readonly role: Role;
  readonly all: Rate;
  readonly kinds: ReadonlyMap<string, Rate>;
  readonly outstanding: number | undefined;
  readonly syncP99: number | undefined;
  readonly eventLoopDelayP99: number | undefined;
  readonly sessions: number | undefined;
  readonly connections: number | undefined;
}

export function figuresOf(before: MemberSample, now: MemberSample): MemberFigures {
  const elapsed = Math.max(0.001, (now.atMs - before.atMs) / 1000);
  const parts = [...now.requests].map(([kind, value]) => {
    return [kind, rateOf(before.requests.get(kind), value, elapsed)] as const;
  });
  const histograms = [...now.requests].flatMap(([kind, value]) =>
    isTold(value) ? [] : [since(value, histogramOf(before.requests.get(kind)))],
  );
  const all = sumOf(histograms);
  const rates = parts.map(([, rate]) => rate).filter(({ perSecond }) => perSecond > 0);
  return {
    serverId: now.serverId,
    at: now.at,
    role: now.role,
    all: {
      perSecond: rates.reduce((sum, rate) => sum + rate.perSecond, 0),
      p50: histograms.length > 0 ? quantile(all, 0.5) : largest(rates.map(({ p50 }) => p50)),
      p99: histograms.length > 0 ? quantile(all, 0.99) : largest(rates.map(({ p99 }) => p99)),
    },
    kinds: new Map(parts.filter(([, rate]) => rate.perSecond > 0)),
    outstanding: now.outstanding,
    syncP99: now.sync && quantile(since(now.sync, before.sync), 0.99),
    eventLoopDelayP99: now.eventLoopDelay && quantile(since(now.eventLoopDelay, before.eventLoopDelay), 0.99),
    sessions: now.sessions,
    connections: now.connections,
  };
}

function rateOf(before: Histogram | Told | undefined, now: Histogram | Told, elapsed: number): Rate {
  if (isTold(now)) {
    const earlier = before !== undefined && before.count <= now.count ? before.count : 0;
    return { perSecond: (now.count - earlier) / elapsed, p50: now.p50, p99: now.p99 };
  }
  const made = since(now, histogramOf(before));
  return { perSecond: made.count / elapsed, p50: quantile(made, 0.5), p99: quantile(made, 0.99) };
}

function isTold(value: Histogram | Told): value is Told {
  return !('buckets' in value);
}

function histogramOf(value: Histogram | Told | undefined): Histogram | undefined {
  return value === undefined || isTold(value) ? undefined : value;
}

/** Of parts whose values are not known nobody knows the percentile of the whole: it is no more than this. */
function largest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
