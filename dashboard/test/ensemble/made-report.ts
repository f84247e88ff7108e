import type { MemberStanding, MemberStatus } from '../../../server/src/admin/member-standing.ts';
import type {
  DurationCounts,
  EnsembleReport,
  MemberEntry,
  MemberReport,
} from '../../../server/src/http/window/shapes.ts';

export const NOW_MS = Date.UTC(2026, 0, 15, 12);

interface Made extends Partial<Omit<MemberReport, 'status'>> {
  readonly status?: Partial<MemberReport['status']>;
  readonly standing?: Partial<MemberStanding>;
  /** It does not answer, and why. */
  readonly silent?: string;
}

function statusOf(serverId: number): Omit<MemberStatus, 'members'> {
  return {
    serverId,
    raftId: serverId + 10,
    instance: serverId * 100,
    clusterId: 'c1',
    role: serverId === 1 ? 'leader' : 'follower',
    term: 3,
    leader: 1,
    lastZxid: 9,
    appliedIndex: 9,
    commitIndex: 9,
    lastLogTerm: 3,
    lastLogIndex: 9,
    recovery: 0,
    configurationIndex: 1,
    changing: false,
    featureLevel: 1,
    lowestFeatureLevel: 1,
    highestFeatureLevel: 1,
    serving: true,
    caughtUp: true,
    draining: false,
    reason: '',
    certificates: [],
    checkpoints: [],
  };
}

function entryOf({ standing, silent, status, ...report }: Made, serverId: number): MemberEntry {
  const seen: MemberStanding = {
    serverId,
    raftId: serverId + 10,
    role: serverId === 1 ? 'leader' : 'follower',
    instance: serverId * 100,
    address: `host${serverId}:2888`,
    lagEntries: 0,
    connected: true,
    ...standing,
  };
  if (silent !== undefined) return { standing: seen, silent };
  return {
    standing: seen,
    report: {
      version: '1.2.3',
      nowMs: NOW_MS,
      uptimeMs: 60_000,
      ready: true,
      status: { ...statusOf(serverId), ...status },
      metrics: {},
      durations: [],
      leaderChanges: [],
      limits: [],
      ...report,
    },
  };
}

/** Members 1, 2, … of which the first one leads and was asked, where nothing else is said. */
export function ensembleOf(members: readonly Made[], report: Partial<EnsembleReport> = {}): EnsembleReport {
  return {
    askedMember: 1,
    atMs: NOW_MS,
    members: members.map((made, at) => entryOf(made, at + 1)),
    ...report,
  };
}

export const AWAY: Made = { standing: { connected: false, role: 'voter' }, silent: 'not connected' };

export function durationsOf(
  of: string,
  counts: readonly number[],
  {
    operation,
    maxMs = 4,
    bounds = [1, 2, 4],
  }: { operation?: string; maxMs?: number; bounds?: readonly number[] } = {},
): DurationCounts {
  const count = counts.reduce((sum, one) => sum + one, 0);
  return {
    of,
    ...(operation === undefined ? {} : { operation }),
    bounds,
    counts,
    count,
    sumMs: count,
    maxMs,
  };
}
