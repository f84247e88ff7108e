import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { MEMBER_HISTOGRAMS } from '../../src/admin/member-histograms.ts';
import { MEMBER_METRICS } from '../../src/admin/member-metrics.ts';
import type { CommandFacts } from '../../src/admin-server/facts.ts';
import { Histogram } from '../../src/model/histogram.ts';
import { facts } from '../admin-server/command-facts.ts';
import { operationsLeftOut, schemesLeftOut, sections } from './sections.ts';

/** docs/zookeeper-compatibility.md: its tables are what the code does. UPDATE_GOLDEN=1 writes them. */
const PAGE = join(resolve(import.meta.dirname, '..', '..', '..'), 'docs', 'zookeeper-compatibility.md');

const zookeeperName = ({ zookeeper }: { readonly zookeeper?: string }): string | undefined => zookeeper;

/** Of a leader that tells all that it can. */
const told: CommandFacts = {
  ...facts,
  measured: () => ({
    counters: Object.values(MEMBER_METRICS).flatMap((row) => {
      const name = zookeeperName(row);
      return name === undefined ? [] : [[name, 1] as const];
    }),
    summaries: MEMBER_HISTOGRAMS.flatMap(({ zookeeper = [] }) =>
      zookeeper.map(({ name, hasPercentiles }) => ({ name, hasPercentiles, histogram: new Histogram([1]) })),
    ),
    sets: [],
  }),
};

function between(name: string): RegExp {
  return new RegExp(
    `(?<=<!-- ${name}: generated, see server/test/zookeeper-compatibility -->\n\n)[^]*?(?=\n<!-- end -->)`,
  );
}

test.each([...sections(told)])('the section of the %s says what the code does', (name, text) => {
  const page = readFileSync(PAGE, 'utf8');
  const [written] = between(name).exec(page) ?? [];
  expect(written, `the page has no section "${name}"`).toBeDefined();
  if (process.env.UPDATE_GOLDEN === '1')
    writeFileSync(
      PAGE,
      page.replace(between(name), () => text),
    );
  else expect(written).toBe(text);
});

test('every operation that clients may send has a row', () => {
  expect(operationsLeftOut()).toEqual([]);
});

test('every scheme that there is has a row', () => {
  expect(schemesLeftOut()).toEqual([]);
});

test('every key of a zoo.cfg that is taken says as what', () => {
  expect(sections(told).get('keys')).not.toContain('NOT SAID');
});
