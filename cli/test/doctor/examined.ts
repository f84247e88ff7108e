import type { Examined, MemberDetails } from '../../src/doctor/examined.ts';
import type { MemberStatus } from '../../src/ensemble-status/ensemble-status.ts';
import type { MemberReport } from '../../src/members-http/window-ensemble.ts';
import { answer, member, seedOf, statusOf } from '../ensemble-status/answers.ts';

export const NOW_MS = Date.UTC(2026, 0, 1);

/** Three members with which nothing is wrong, but for these. */
export function withMembers(facts: Readonly<Record<number, Partial<MemberStatus>>>, count = 3): Examined {
  const members = Array.from({ length: count }, (_, i) => member(i + 1, facts[i + 1]));
  return { status: statusOf(members), details: [], reports: [], nowMs: NOW_MS };
}

export function details(serverId: number, facts: Partial<MemberDetails> = {}): MemberDetails {
  return {
    http: seedOf(`zk-${serverId}`).http,
    answer: answer(serverId, { adminTokens: 1 }),
    samples: undefined,
    properties: undefined,
    clock: undefined,
    ...facts,
  };
}

export function withDetails(...all: readonly MemberDetails[]): Examined {
  return { ...withMembers({}), details: all };
}

/** What member `serverId` told the window. */
export function report(serverId: number, facts: Partial<MemberReport> = {}): MemberReport {
  return {
    serverId,
    self: answer(serverId).self,
    nowMs: NOW_MS,
    limits: [],
    durations: new Map(),
    leaderChanges: [],
    differsAt: undefined,
    ...facts,
  };
}

export function withReports(...reports: readonly MemberReport[]): Examined {
  return { ...withMembers({}), reports };
}
