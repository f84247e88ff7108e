import { expect, test } from 'vitest';
import { int, long, text } from '../../../testkit/src/wire/requests.ts';
import { compare } from '../../compatibility/compare.ts';
import { type NormalEntry, normalise } from '../../compatibility/normalise.ts';
import type { Entry } from '../../compatibility/transcript.ts';

const ROOT = '/f-random-seed-140';

/** The replies to creates that made these paths, one after the other. */
function created(...paths: readonly string[]): NormalEntry[] {
  const entries = paths.map((path, i): Entry => {
    const bytes = Buffer.concat([int(i + 1), long(100 + i), int(0), text(path)]);
    return { label: `ann #${i + 1} create`, order: i, kind: 'reply', op: 'create', bytes };
  });
  return normalise({ entries, root: ROOT, beganMs: 0, endedMs: 0 });
}

test("a sequential node beside the scenario's own is told by how it follows the first one, whatever others have made there", () => {
  const late = created(`${ROOT}0000000254`, `${ROOT}0000000255`, `${ROOT}0000000255/a`);
  const early = created(`${ROOT}0000000202`, `${ROOT}0000000203`, `${ROOT}0000000203/a`);
  expect(compare('', late, early)).toEqual([]);
  const paths = late.flatMap(({ fields }) => fields.filter(({ name }) => name === 'path'));
  expect(paths.map(({ value }) => value)).toEqual(['"~0000000000"', '"~0000000001"', '"~0000000001/a"']);
});

test('one that skips a number there differs', () => {
  const one = created(`${ROOT}0000000254`, `${ROOT}0000000255`);
  const other = created(`${ROOT}0000000202`, `${ROOT}0000000204`);
  expect(compare('', one, other)).toMatchObject([
    { field: 'path', zookeeper: '"~0000000001"', rookery: '"~0000000002"' },
  ]);
});

test("a sequential node below the scenario's own keeps its number", () => {
  expect(compare('', created(`${ROOT}/a0000000001`), created(`${ROOT}/a0000000002`))).toHaveLength(1);
});
