import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { page } from '../../neighbours/page.ts';
import { neighbours } from '../../neighbours/programs/index.ts';
import { keptReports } from '../../neighbours/report.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('docs/runs-on-rookery.md', () => {
  test('is what the programs and their last runs make of it', () => {
    expect(readFileSync(join(root, 'docs/runs-on-rookery.md'), 'utf8')).toBe(page());
  });

  test('tells of runs on Rookery of what is there, with nothing lost, and each that was recorded is played beside ZooKeeper', () => {
    const versions = new Map(neighbours.map(({ name, version }) => [name, version]));
    const reports = keptReports();
    expect(reports.size).toBeGreaterThan(0);
    for (const [name, { version, system, lost, acknowledged, isRecorded }] of reports) {
      expect([version, system, lost], name).toEqual([versions.get(name), 'rookery', 0]);
      expect(acknowledged, name).toBeGreaterThan(0);
      const recording = join(root, `e2e/compatibility/recorded/programs/${name}.json`);
      if (isRecorded) expect(existsSync(recording), name).toBe(true);
    }
  });
});
