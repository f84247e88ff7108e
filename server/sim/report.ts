import type { Violation } from './history/operation.ts';
import type { RunResult } from './simulation.ts';
import type { Totals } from './totals.ts';

/** Lines of the trace before a violation that usually tell how it came about. */
const TAIL_LINES = 80;

export function replayCommand(seed: number): string {
  return `node_modules/.bin/node server/sim/main.ts --seed ${seed}`;
}

export function describeViolations(violations: readonly Violation[]): string {
  return violations
    .map(({ rule, message }) => `  ✗ ${rule}\n    ${message.replaceAll('\n', '\n    ')}`)
    .join('\n');
}

/** What happened before it failed: all of it, or the end, with the operations that show it. */
export function describeRun(result: RunResult, whole: boolean): string {
  const { trace, violations } = result;
  const lines = whole ? trace : trace.slice(-TAIL_LINES);
  const left = trace.length - lines.length;
  return [
    left > 0 ? `… ${left} earlier lines (--trace prints all)` : '',
    ...lines,
    violations.length === 0 ? `seed ${result.seed}: every check holds` : `seed ${result.seed} fails:`,
    describeViolations(violations),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

export function describeTotals(totals: Totals): string {
  const entries = totals.entries();
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, count]) => `  ${name.padEnd(width)} ${String(count).padStart(12)}`).join('\n');
}
