import { describe, expect, test } from 'vitest';
import type { StatJson } from '../../../server/src/http/v1/node-shapes.ts';
import { Random } from '../../../testkit/src/random.ts';
import { MOST_SORTED } from '../../tree/level.js';
import { rowTyped, treeAction } from '../../tree/tree-keys.js';
import { MOST_HELD, ROW_HEIGHT, TreeModel } from '../../tree/tree-model.js';
import { join, parentOf } from '../../znode/node-path.js';

function stat(numChildren: number, given: Partial<StatJson> = {}): StatJson {
  return {
    czxid: 1,
    mzxid: 1,
    pzxid: 1,
    ctime: 0,
    mtime: 0,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: '0x0',
    dataLength: 3,
    numChildren,
    ...given,
  };
}

/** Has a page of children come. */
function come(
  model: TreeModel,
  path: string,
  names: readonly string[],
  { total = names.length, next = null as string | null, children = 1 } = {},
): void {
  const level = model.open(path);
  if (level === undefined) throw new Error(`${path} cannot be opened`);
  model.take(level, {
    stat: stat(total),
    children: names.map((name) => ({ name, stat: stat(children) })),
    next,
  });
}

const rowsOf = (model: TreeModel): string[] =>
  Array.from({ length: model.rows }, (_, index) => {
    const { kind, path, depth } = model.rowAt(index);
    return kind === 'node' ? `${' '.repeat(depth)}${path}` : `${' '.repeat(depth)}${kind}`;
  });

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, at) => `n${String(from + at).padStart(7, '0')}`);

describe('the rows of a tree', () => {
  test('are the root and one that waits, at first', () => {
    expect(rowsOf(new TreeModel())).toEqual(['/', ' waiting']);
  });

  test('are sorted where all children have come, and those of open nodes stand below them', () => {
    const model = new TreeModel();
    come(model, '/', ['c', 'a', 'b']);
    come(model, '/b', ['y', 'x']);
    come(model, '/b/x', ['1']);
    expect(rowsOf(model)).toEqual(['/', ' /a', ' /b', '  /b/x', '   /b/x/1', '  /b/y', ' /c']);
    model.close('/b');
    expect(rowsOf(model)).toEqual(['/', ' /a', ' /b', ' /c']);
    expect(model.held).toBe(3);
  });

  test('wait until all have come where they will be sorted then, and keep the order of creation where there are too many', () => {
    const model = new TreeModel();
    come(model, '/', ['b'], { total: 2, next: '…' });
    expect(rowsOf(model)).toEqual(['/', ' waiting', ' waiting']);
    come(model, '/', ['a'], { total: 2 });
    expect(rowsOf(model)).toEqual(['/', ' /a', ' /b']);
    const many = new TreeModel();
    come(many, '/', ['b', 'a'], { total: MOST_SORTED + 1, next: '…' });
    expect([1, 2, 3].map((row) => many.rowAt(row).path)).toEqual(['/b', '/a', '/']);
    expect(many.rows).toBe(MOST_SORTED + 2);
  });

  test('say where no more names are held than may be', () => {
    const model = new TreeModel(3);
    come(model, '/', ['a', 'b', 'c', 'd'], { total: MOST_SORTED + 9, next: '…' });
    expect(rowsOf(model)).toEqual(['/', ' /a', ' /b', ' /c', ' said']);
    expect(model.levelOf('/')?.state).toBe('full');
    expect(model.held).toBe(3);
  });

  test('of a hundred thousand children are all there, with a node open in their middle', () => {
    const model = new TreeModel();
    for (let from = 0; from < 100_000; from += 1000)
      come(model, '/', numbered(from, from + 1000), { total: 100_000, next: from < 99_000 ? '…' : null });
    come(model, '/n0050000', ['x', 'y']);
    expect(model.rows).toBe(100_003);
    expect([50_001, 50_002, 50_003, 50_004, 100_002].map((row) => model.rowAt(row).path)).toEqual([
      '/n0050000',
      '/n0050000/x',
      '/n0050000/y',
      '/n0050001',
      '/n0099999',
    ]);
    expect(model.indexOf('/n0099999')).toBe(100_002);
    expect(MOST_HELD * ROW_HEIGHT).toBeLessThan(16_000_000);
  });
});

describe('a tree that changes', () => {
  test('has a new child in its place among sorted ones, and counts it above', () => {
    const model = new TreeModel();
    come(model, '/', ['a', 'c']);
    come(model, '/c', ['x'], { children: 0 });
    model.add('/b');
    model.add('/c/w');
    model.add('/b');
    expect(rowsOf(model)).toEqual(['/', ' /a', ' /b', ' /c', '  /c/w', '  /c/x']);
    expect(model.entryOf('/c')?.marks?.children).toBe(2);
    expect(model.entryOf('/b')?.marks).toBeUndefined();
  });

  test('takes a child that was told of only once, when it comes with a page as well', () => {
    const model = new TreeModel();
    come(model, '/', ['a'], { total: MOST_SORTED + 1, next: '…' });
    model.add('/z');
    expect(model.entryOf('/z')).toBeUndefined();
    expect(model.rows).toBe(MOST_SORTED + 3);
    come(model, '/', ['a', 'z'], { total: 2 });
    expect(rowsOf(model)).toEqual(['/', ' /a', ' /z']);
  });

  test('lets go of all that is below a node that is removed', () => {
    const model = new TreeModel();
    come(model, '/', ['a', 'b']);
    come(model, '/a', ['x']);
    come(model, '/a/x', ['1', '2']);
    model.remove('/a');
    expect(rowsOf(model)).toEqual(['/', ' /b']);
    expect([model.held, model.levelOf('/a/x'), model.openPaths]).toEqual([1, undefined, ['/']]);
  });

  test('ignores a page for a node that was closed meanwhile', () => {
    const model = new TreeModel();
    come(model, '/', ['a']);
    const level = model.open('/a')!;
    model.close('/a');
    model.take(level, { stat: stat(1), children: [{ name: 'x', stat: null }], next: null });
    expect([model.held, rowsOf(model)]).toEqual([1, ['/', ' /a']]);
  });

  test('begins again without what was held', () => {
    const model = new TreeModel();
    come(model, '/', ['a', 'b']);
    come(model, '/a', ['x']);
    model.begin(model.levelOf('/')!);
    expect([model.held, model.openPaths]).toEqual([0, ['/']]);
    come(model, '/', ['c']);
    expect(rowsOf(model)).toEqual(['/', ' /c']);
  });

  test('tells the row of each node, and the node of each row, whatever happens', () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(seed);
      const model = new TreeModel(60);
      come(model, '/', ['a', 'b', 'c']);
      const known = ['/a', '/b', '/c'];
      for (let step = 0; step < 60; step++) {
        const path = random.pick(known);
        const what = random.below(5);
        if (what === 0 && model.entryOf(path) !== undefined && model.levelOf(path) === undefined)
          come(model, path, random.chance(0.5) ? ['z', 'y', 'x'] : []);
        else if (what === 1) model.close(path);
        else if (what === 2) model.remove(path);
        else if (what === 3) model.add(join(parentOf(path), random.pick(['a', 'b', 'm', 'n'])));
        else known.push(join(path, random.pick(['x', 'y', 'z'])));
        const told = Array.from({ length: model.rows }, (_, row) => model.rowAt(row));
        for (const [row, { kind, path: at }] of told.entries())
          if (kind === 'node') expect(model.indexOf(at), `seed ${seed}, step ${step}, ${at}`).toBe(row);
        const nodes = told.filter(({ kind }) => kind === 'node');
        expect(new Set(nodes.map(({ path: at }) => at)).size).toBe(nodes.length);
        expect(nodes.length, `seed ${seed}, step ${step}`).toBe(1 + model.held);
      }
    }
  });
});

describe('keys in a tree', () => {
  function tree(): TreeModel {
    const model = new TreeModel();
    come(model, '/', ['alpha', 'beta', 'gamma', 'gate']);
    come(model, '/beta', ['x', 'y'], { children: 0 });
    return model;
  }
  const row = (path: string): number => tree().indexOf(path);

  test.each<[string, string, object | undefined]>([
    ['ArrowDown', '/alpha', { do: 'move', row: row('/beta') }],
    ['ArrowUp', '/beta', { do: 'move', row: row('/alpha') }],
    ['ArrowUp', '/', { do: 'move', row: 0 }],
    ['Home', '/gamma', { do: 'move', row: 0 }],
    ['End', '/', { do: 'move', row: row('/gate') }],
    ['PageDown', '/', { do: 'move', row: 4 }],
    ['PageUp', '/gate', { do: 'move', row: row('/gate') - 4 }],
    ['ArrowRight', '/gamma', { do: 'open', path: '/gamma' }],
    ['ArrowRight', '/beta', { do: 'move', row: row('/beta/x') }],
    ['ArrowRight', '/beta/x', undefined],
    ['ArrowLeft', '/beta/x', { do: 'move', row: row('/beta') }],
    ['ArrowLeft', '/beta', { do: 'close', path: '/beta' }],
    ['ArrowLeft', '/gamma', { do: 'move', row: 0 }],
    ['ArrowLeft', '/', undefined],
    ['Enter', '/beta/y', { do: 'show', path: '/beta/y' }],
    ['F1', '/beta', undefined],
  ])('%s at %s', (key, path, action) => {
    expect(treeAction(key, tree(), row(path), 4)).toEqual(action);
  });

  test('that are letters go to the next name that begins so', () => {
    expect(rowTyped(tree(), row('/alpha'), 'g')).toBe(row('/gamma'));
    expect(rowTyped(tree(), row('/gamma'), 'g')).toBe(row('/gate'));
    expect(rowTyped(tree(), row('/gate'), 'g')).toBe(row('/gamma'));
    expect(rowTyped(tree(), row('/gamma'), 'GAT')).toBe(row('/gate'));
    expect(rowTyped(tree(), row('/gamma'), 'ga')).toBe(row('/gamma'));
    expect(rowTyped(tree(), 0, 'q')).toBe(-1);
  });
});
