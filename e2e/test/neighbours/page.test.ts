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

  test('has a run on Rookery for each program, with nothing lost, and a recording of what it sends', () => {
    const reports = keptReports();
    for (const { name, version } of neighbours) {
      expect(reports.get(name), name).toMatchObject({ version, system: 'rookery', lost: 0 });
      expect(existsSync(join(root, `e2e/compatibility/recorded/programs/${name}.json`)), name).toBe(true);
    }
    expect([...reports.keys()].sort()).toEqual(neighbours.map(({ name }) => name).sort());
  });
});
