import { NO_SLOT, type Slot } from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { SessionTable } from '../../src/session/table.ts';
import { oldestChildren, type PageSize, type PageStart } from '../../src/tree/oldest-children.ts';
import { beginSnapshot } from '../../src/tree/snapshot-walk.ts';
import type { Tree } from '../../src/tree/tree.ts';
import { TreeLoader } from '../../src/tree/tree-loader.ts';
import { TreeDriver } from './tree-driver.ts';
import { create, multi, remove } from './writes.ts';

const BYTES_PER_CHILD = 4;
const PARENT = '/p';

interface Child {
  readonly name: string;
  readonly czxid: number;
}

interface Page {
  readonly names: readonly string[];
  readonly next: PageStart | undefined;
}

function nameOf(tree: Tree, child: Slot): string {
  return tree.path(child).slice(PARENT.length + 1);
}

function childrenOf(tree: Tree): Child[] {
  const children: Child[] = [];
  for (
    let child = tree.firstChild(tree.lookupText(PARENT));
    child !== NO_SLOT;
    child = tree.nextSibling(child)
  )
    children.push({ name: nameOf(tree, child), czxid: tree.czxid(child) });
  return children;
}

/** As LinkedIn's ZooKeeper goes about it: all children from there on, sorted, and cut. */
function naivePage(tree: Tree, { czxid, offset }: PageStart, size: PageSize): Page {
  const all = childrenOf(tree)
    .filter((child) => child.czxid >= czxid)
    .sort((a, b) => a.czxid - b.czxid || (a.name < b.name ? -1 : 1));
  let at = 0;
  while (at < all.length && at < offset && all[at]!.czxid === czxid) at++;
  const names: string[] = [];
  let bytes = 0;
  for (; at < all.length && names.length < size.children; at++) {
    const { name } = all[at]!;
    bytes += name.length + size.bytesPerChild;
    if (names.length > 0 && bytes > size.bytes) break;
    names.push(name);
  }
  const next = all[at];
  if (next === undefined) return { names, next: undefined };
  const before = all.findIndex((child) => child.czxid === next.czxid);
  return { names, next: { czxid: next.czxid, offset: at - before } };
}

function page(tree: Tree, start: PageStart, size: PageSize, hint = NO_SLOT as Slot) {
  const found = oldestChildren(tree.znodes.nodes, tree.lookupText(PARENT), start, size, hint);
  const { slots, next, place, looks } = found;
  return { page: { names: slots.map((slot) => nameOf(tree, slot)), next }, place, looks };
}

/** The same tree as its snapshot brings it back. */
function reloaded(tree: Tree): Tree {
  const walk = beginSnapshot(tree, new SessionTable(), new Uint8Array(0));
  const loader = new TreeLoader();
  for (let piece = walk.next(10_000); piece !== undefined; piece = walk.next(10_000)) loader.feed(piece);
  const step = loader.finish(1_000_000);
  if (step.state !== 'loaded') throw new Error(JSON.stringify(step));
  return step.tree;
}

/** Children that came one by one and together, of which some have gone. */
function randomTree(prng: Prng): TreeDriver {
  const driver = new TreeDriver();
  driver.apply(create(PARENT));
  let names = 0;
  for (let step = 0; step < 30; step++) {
    const made = Array.from({ length: 1 + prng.below(4) }, () =>
      create(`${PARENT}/${'x'.repeat(prng.below(6))}${prng.below(1000)}-${names++}`),
    );
    driver.apply(prng.chance(0.1) ? multi(...made, remove('/not there')) : multi(...made));
    const children = childrenOf(driver.tree);
    if (prng.chance(0.4) && children.length > 0)
      driver.apply(remove(`${PARENT}/${children[prng.below(children.length)]!.name}`));
  }
  return driver;
}

describe('pages of the oldest children', () => {
  test.each(Array.from({ length: 40 }, (_, at) => at + 1))(
    'are those of a naive model, in trees as they grew and as snapshots bring them back: seed %i',
    (seed) => {
      const prng = new Prng(seed, 'oldest');
      const { tree } = randomTree(prng);
      const restored = reloaded(tree);
      for (let trial = 0; trial < 60; trial++) {
        const children = childrenOf(tree);
        const size = {
          children: 1 + prng.below(prng.chance(0.5) ? 8 : 200),
          bytes: 1 + prng.below(prng.chance(0.5) ? 60 : 2000),
          bytesPerChild: BYTES_PER_CHILD,
        };
        const near = children[prng.below(children.length)]!.czxid;
        const start = { czxid: prng.chance(0.2) ? -1 : near + prng.below(3) - 1, offset: prng.below(6) };
        const expected = naivePage(tree, start, size);
        for (const each of [tree, restored])
          expect(page(each, start, size).page, `seed ${seed}, ${JSON.stringify([start, size])}`).toEqual(
            expected,
          );
      }
    },
  );

  test.each(Array.from({ length: 20 }, (_, at) => at + 1))(
    'follow one another to the last child, each child once, from the place of the page before: seed %i',
    (seed) => {
      const prng = new Prng(seed, 'oldest chain');
      const { tree } = randomTree(prng);
      for (const each of [tree, reloaded(tree)]) {
        const size = { children: 1 + prng.below(9), bytes: 1_000, bytesPerChild: BYTES_PER_CHILD };
        const names: string[] = [];
        let start: PageStart | undefined = { czxid: 0, offset: 0 };
        let hint = NO_SLOT as Slot;
        while (start !== undefined) {
          const found = page(each, start, size, hint);
          names.push(...found.page.names);
          start = found.page.next;
          hint = found.place;
        }
        expect(names).toHaveLength(new Set(names).size);
        expect([...names].sort()).toEqual(
          childrenOf(each)
            .map(({ name }) => name)
            .sort(),
        );
      }
    },
  );

  test('cost what they have, not what the node has', () => {
    const driver = new TreeDriver();
    driver.apply(create(PARENT));
    for (let at = 0; at < 5_000; at++) driver.apply(create(`${PARENT}/c${at}`));
    const size = { children: 10, bytes: 10_000, bytesPerChild: BYTES_PER_CHILD };
    let start: PageStart = { czxid: 0, offset: 0 };
    let hint = NO_SLOT as Slot;
    for (let at = 0; at < 400; at++) {
      const found = page(driver.tree, start, size, hint);
      expect(found.looks).toBe(10);
      expect(found.page.names[0]).toBe(`c${10 * at}`);
      start = found.page.next!;
      hint = found.place;
    }
  });

  test('of a snapshot whose slots were used before are in order all the same, and so is what comes later', () => {
    const driver = new TreeDriver();
    driver.apply(create(PARENT));
    for (let at = 0; at < 20; at++) driver.apply(create(`${PARENT}/a${at}`));
    for (let at = 0; at < 20; at += 2) driver.apply(remove(`${PARENT}/a${at}`));
    for (let at = 0; at < 10; at++) driver.apply(create(`${PARENT}/b${at}`));
    const tree = reloaded(driver.tree);
    const parent = tree.lookupText(PARENT);
    expect([driver.tree.znodes.nodes.disordered.size, tree.znodes.nodes.disordered.has(parent)]).toEqual([
      0,
      true,
    ]);
    const whole = { children: 100, bytes: 10_000, bytesPerChild: BYTES_PER_CHILD };
    const { names } = page(tree, { czxid: 0, offset: 0 }, whole).page;
    expect(names).toEqual(page(driver.tree, { czxid: 0, offset: 0 }, whole).page.names);
    expect(names.slice(-10)).toEqual(Array.from({ length: 10 }, (_, at) => `b${at}`));
  });
});
