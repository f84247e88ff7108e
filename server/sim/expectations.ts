import { BOUND_COUNTS } from './bounds-met.ts';
import { FAULT_NAMES } from './faults/plan.ts';
import { DECISIONS } from './operator/membership.ts';
import type { Totals } from './totals.ts';

/** What a run of many seeds must have come across, or it proves less than it says. */
const EXPECTED = [
  "ClickHouse Keeper's writes done",
  "ClickHouse Keeper's writes refused",
  'access lists changed',
  'acknowledged reads',
  'acknowledged syncs',
  'acknowledged writes',
  'attachments',
  'configurations committed',
  'connections lost',
  'crashes (in a disk call)',
  'crashes (kill -9)',
  'crashes (power)',
  'crashes that tore files',
  'digests compared',
  'disk calls that hung',
  'disk calls without a descriptor',
  'disk calls without room',
  'disks nearly full',
  'elections',
  'ensembles rolled back',
  'ephemerals',
  'ephemerals gone with their session',
  'drains',
  'exits',
  'expiries',
  'expiries void',
  'feature level refused: member-away',
  'feature level refused: member-too-old',
  'feature levels raised',
  'former leaders that met a newcomer',
  'former members that ended',
  'hand-overs of leaders by themselves',
  'identities proved',
  'malformed clients turned away',
  'joint configurations committed',
  "leaders' disks that took nothing",
  'logs that lost what a minority misses',
  'members away from an upgrade',
  'members rebuilt',
  'members rolled back',
  'members that stopped below the feature level',
  'members upgraded',
  'membership changes proposed',
  'membership changes split',
  'minorities away',
  'new cluster refused: leader-there',
  'new clusters of a survivor',
  'one-way partitions',
  'operations refused',
  'operations without an answer',
  'proofs refused',
  'quorums lost for good',
  'readers cut off with their members',
  'reconfigs carried out',
  'reconfigs in doubt',
  'reconfigs refused',
  'requests accepted by right of an identity',
  'requests refused for want of rights',
  'sessions begun',
  'sessions closed',
  'sessions ended by a forced recovery',
  'sessions found ended',
  'sessions moved to another member',
  'sessions resumed',
  'setWatches',
  'silences',
  'snapshots installed',
  'snapshots taken',
  'survivors that lost their power',
  'suspects',
  'transfers begun',
  'transfers finished',
  'transfers given up',
  'transfers refused',
  'transfers to a member that lags',
  'truncations',
  'values as heavy as a request may be',
  'values of 0 bytes',
  'values of 1 kB and more',
  'values of 30 kB and more',
  'votes of suspects',
  'watch events',
  'watch events of setWatches',
  'watches armed',
  'writes refused: session ended',
  'writes refused: session moved',
] as const;

/** Fewer seeds need not come across everything. */
const ENOUGH_SEEDS = 100;

/** Bounds that each seed keeps. */
export const MIN_SIMULATED_MS = 18_000;
export const MIN_OPERATIONS = 500;
export const MIN_FAULTS = 3;

export function missingFrom(totals: Totals): string[] {
  if (totals.get('seeds') < ENOUGH_SEEDS) return [];
  const faults = FAULT_NAMES.map((name) => `fault: ${name}`);
  const decisions = DECISIONS.map((name) => `membership: ${name}`);
  const names = [...EXPECTED, ...BOUND_COUNTS, ...faults, ...decisions];
  return names.filter((name) => totals.get(name) === 0);
}
