import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SystemName } from '../../testkit/src/systems/system.ts';
import type { Outcome } from './course.ts';
import type { Neighbour } from './neighbour.ts';

/** What one run of one program came to: a row of docs/runs-on-rookery.md. */
export interface Report extends Outcome {
  readonly name: string;
  readonly version: string;
  readonly system: SystemName;
  /** From the start of the members to the end of it all. */
  readonly minutes: number;
  /** What it sent was recorded meanwhile: by a proxy before each member, to which nobody speaks TLS. */
  readonly isRecorded: boolean;
  /** Whether it spoke TLS with the members, and showed a certificate. */
  readonly byTls: boolean;
  /** When it ended: `2026-11-30`. */
  readonly date: string;
}

const folder = join(import.meta.dirname, 'reports');

/** In place of the one of the run before. */
export function writeReport(
  { name, version }: Neighbour,
  outcome: Outcome,
  { system, minutes, isRecorded, byTls }: Pick<Report, 'system' | 'minutes' | 'isRecorded' | 'byTls'>,
): void {
  const rounded = Math.round(minutes * 10) / 10;
  const date = new Date().toISOString().slice(0, 10);
  const report: Report = { name, version, system, date, minutes: rounded, isRecorded, byTls, ...outcome };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
}

/** Those that are kept, by the names of their programs. */
export function keptReports(): ReadonlyMap<string, Report> {
  const reports = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Report);
  return new Map(reports.map((report) => [report.name, report]));
}
