import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf, type Source, sourcesOf } from './sources.ts';

const folders = [
  'server/src',
  'server/sim',
  'raft/src',
  'raft/test',
  'server/test',
  'operator/test',
  'e2e/test',
  'testkit/test',
  'protocol/src',
  'client/src',
  'cli/src',
  'kube/src',
  'operator/src',
  'crds/src',
  'testkit/src',
  'bench/src',
  'e2e/clients',
  'e2e/compatibility',
  'e2e/window',
  'tools/kube',
  'e2e/operator',
  'scripts',
];

/** The first circle of imports that is found, types among them: each file imports the next one, the last one the first. */
function circleOf(sources: readonly Source[]): readonly string[] | undefined {
  const imports = new Map(
    sources.map((source) => [
      source.path,
      importsOf(source)
        .filter((target) => target.startsWith('.'))
        .map((target) => join(dirname(source.path), target)),
    ]),
  );
  /** Nothing that they import, near or far, leads to a circle. */
  const cleared = new Set<string>();
  const walk = (path: string, way: readonly string[]): readonly string[] | undefined => {
    const at = way.indexOf(path);
    if (at >= 0) return way.slice(at);
    if (cleared.has(path)) return undefined;
    for (const target of imports.get(path) ?? []) {
      const circle = walk(target, [...way, path]);
      if (circle !== undefined) return circle;
    }
    cleared.add(path);
    return undefined;
  };
  for (const { path } of sources) {
    const circle = walk(path, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

test.each(folders)('no files of %s import one another in a circle', (folder) => {
  const sources = sourcesOf(folder);
  expect(sources.length).toBeGreaterThan(0);
  expect(circleOf(sources)).toBeUndefined();
});

test('a circle is noticed, of types, too', () => {
  const a = { path: 'x/a.ts', text: "import type { B } from './b.ts';\n" };
  const b = { path: 'x/b.ts', text: "import { c } from './c.ts';\n" };
  const c = { path: 'x/c.ts', text: "export { type A, d } from './a.ts';\n" };
  expect(circleOf([a, b, c])).toEqual(['x/a.ts', 'x/b.ts', 'x/c.ts']);
  expect(circleOf([a, b])).toBeUndefined();
});
