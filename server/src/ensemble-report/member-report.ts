import { MEMBER_HISTOGRAMS } from '../admin/member-histograms.ts';
import { isReady, type MemberView } from '../admin/member-status.ts';
import type { Bounds } from '../bounds/bounds.ts';
import { VERSION } from '../config/version.ts';
import type { Member } from '../member.ts';
import type { Clock } from '../ports/clock.ts';
import { limitsUsed } from './limits-used.ts';
import type { ReportAnswer } from './questions.ts';
import type { ReportMachine } from './report-machine.ts';
import type { DurationCounts } from './shapes.ts';

export interface ReportParts {
  readonly member: Member;
  readonly view: Pick<MemberView, 'status' | 'metrics' | 'histograms'>;
  readonly bounds: Pick<Bounds, 'clientMemoryBytes'>;
  readonly clock: Clock;
  readonly machine: ReportMachine;
}

/** How this member is now: numbers that are there, none of which takes a walk. */
export function memberReport({ member, view, bounds, clock, machine }: ReportParts): ReportAnswer {
  const whole = view.status();
  const { members, ...status } = whole;
  const lags = members.flatMap(({ serverId, lagEntries }) =>
    lagEntries === undefined ? [] : [[serverId, lagEntries] as const],
  );
  return {
    report: {
      version: VERSION,
      nowMs: clock.wallMs(),
      uptimeMs: Math.round(clock.monotonicMs() - member.startedMs),
      ready: isReady(whole),
      status,
      metrics: finite(view.metrics()),
      durations: durations(view),
      leaderChanges: member.leaderChanges.last,
      limits: limitsUsed(member, bounds, machine),
    },
    lags: status.role === 'leader' ? lags : [],
  };
}

function durations({ histograms }: ReportParts['view']): DurationCounts[] {
  return MEMBER_HISTOGRAMS.flatMap((row) =>
    histograms(row).map(({ label, histogram }) => ({
      of: row.key,
      ...(label === '' ? {} : { operation: label }),
      bounds: histogram.bounds,
      counts: [...histogram.counts],
      count: histogram.count,
      sumMs: microseconds(histogram.sum),
      maxMs: microseconds(histogram.max),
    })),
  );
}

/** JSON has no other numbers: what a machine does not know, such as the end of its disk, is left out. */
function finite(numbers: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => Number.isFinite(value)));
}

/** Milliseconds with three digits behind the point. */
function microseconds(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
