import { FAULT_NAMES } from './faults.ts';
import type { Totals } from './totals.ts';

/** What a run of many seeds must have come across, or it proves less than it says. */
const EXPECTED = [
  'acknowledged reads',
  'acknowledged syncs',
  'acknowledged writes',
  'connections lost',
  'crashes (in a disk call)',
  'crashes (kill -9)',
  'crashes (power)',
  'crashes that tore files',
  'digests compared',
  'elections',
  'exits',
  'members rebuilt',
  'one-way partitions',
  'operations refused',
  'operations without an answer',
  'sessions begun',
  'sessions resumed',
  'snapshots installed',
  'snapshots taken',
  'suspects',
  'truncations',
  'votes of suspects',
] as const;

/** Fewer seeds need not come across everything. */
const ENOUGH_SEEDS = 100;

/** Bounds that each seed keeps. */
export const MIN_SIMULATED_MS = 30_000;
export const MIN_OPERATIONS = 1_000;
export const MIN_FAULTS = 3;

export function missingFrom(totals: Totals): string[] {
  if (totals.get('seeds') < ENOUGH_SEEDS) return [];
  const names = [...EXPECTED, ...FAULT_NAMES.map((name) => `fault: ${name}`)];
  return names.filter((name) => totals.get(name) === 0);
}
