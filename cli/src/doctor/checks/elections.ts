import type { LeaderChange } from '../../members-http/window-ensemble.ts';
import { durationText } from '../../quantities.ts';
import type { Examined } from '../examined.ts';
import { type Finding, finding } from '../finding.ts';

const HOUR_MS = 3_600_000;
/** In an hour: a rolling update of five members moves leadership less often. */
const MANY_ELECTIONS = 6;

/** A leader that does not last: each election stops writes for a while. Of the members the one that saw most of them is told. */
export function elections({ reports }: Examined): Finding[] {
  const seen = reports.map(({ leaderChanges, nowMs }) => lastHour(leaderChanges, nowMs));
  const most = seen.reduce((one, other) => (other.elections > one.elections ? other : one), NONE);
  if (most.elections < MANY_ELECTIONS) return [];
  return [
    finding(
      'elections',
      'advice',
      [],
      `Members were elected to lead ${most.elections} times within the last hour, and for ${durationText(most.leaderlessMs)} of it nobody led.`,
      'See which member leaders are lost on (its log: "no leader", "became leader"), and whether its disk, its processor or its network is slow: rookery top.',
    ),
  ];
}

const NONE = { elections: 0, leaderlessMs: 0 };

function lastHour(changes: readonly LeaderChange[], nowMs: number): typeof NONE {
  const recent = changes.filter(({ atMs, leader }) => leader !== undefined && nowMs - atMs <= HOUR_MS);
  return {
    elections: new Set(recent.map(({ term }) => term)).size,
    leaderlessMs: recent.reduce((sum, { leaderlessMs }) => sum + leaderlessMs, 0),
  };
}
