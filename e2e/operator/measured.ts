import assert from 'node:assert/strict';
import { describe, type WritersReport } from './writers.ts';

/** The longest time without an acknowledged write, while pods are made anew one after the other. */
export const UPDATE_GAP_MS = 1_000;
/** And while certificates are renewed, for which no connection ends. */
export const ROTATION_GAP_MS = 300;

/** What came of a scenario under writers. */
export interface Measured {
  /** What went on, for people. */
  readonly account: string;
  readonly report: WritersReport;
  /** So many members were not ready at once; undefined: that is not what it is about. */
  readonly away?: number;
  readonly mostGapMs?: number;
}

/** @throws Error where more members were away at once than one, or nothing was acknowledged for too long */
export function measured(
  account: string,
  report: WritersReport,
  bounds: Pick<Measured, 'away' | 'mostGapMs'> = {},
): Measured {
  const { away = 0, mostGapMs = Number.POSITIVE_INFINITY } = bounds;
  assert.ok(away <= 1, `${away} members were away at once`);
  assert.ok(report.longestGapMs <= mostGapMs, `${describe(report)}: allowed are ${mostGapMs} ms`);
  return { account, report, ...bounds };
}

/** In one line. */
export function accountOf(outcome: string | Measured): string {
  if (typeof outcome === 'string') return outcome;
  const { account, report } = outcome;
  return account === '' ? describe(report) : `${account}; ${describe(report)}`;
}

interface Row extends Measured {
  readonly name: string;
  readonly seconds: number;
}

/** All scenarios under writers, in the order in which they were run. */
export class MeasuredTable {
  readonly #rows: Row[] = [];

  add(name: string, seconds: number, outcome: string | Measured): void {
    if (typeof outcome !== 'string') this.#rows.push({ name, seconds, ...outcome });
  }

  /** Empty where none was run. */
  get text(): string {
    if (this.#rows.length === 0) return '';
    const head = [
      'seconds',
      'acknowledged',
      'lost',
      'sessions lost',
      'ephemerals lost',
      'members away',
      'gap ms',
    ];
    const lines = this.#rows.map(({ name, seconds, report, away, mostGapMs }) => [
      seconds.toFixed(0),
      String(report.acknowledged),
      String(report.lost),
      String(report.sessionsLost),
      String(report.ephemeralsLost),
      away === undefined ? '–' : `${away} of ≤ 1`,
      mostGapMs === undefined ? String(report.longestGapMs) : `${report.longestGapMs} of ≤ ${mostGapMs}`,
      name,
    ]);
    const all = [[...head, 'scenario'], ...lines];
    const widths = head.map((_, at) => Math.max(...all.map((line) => line[at]!.length)));
    return all.map((line) => line.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  ')).join('\n');
  }
}
