import { NO_SLOT } from '@rookery/protocol';
import { Random } from '../../../testkit/src/random.ts';
import { asSessionId, asZxid } from '../../src/model/ids.ts';
import type { Subject } from './random-run.ts';
import { create, remove } from './writes.ts';

const LENGTHS = [0, 10, 100, 250, 251, 1000];
/** One page for each size of block: five of data, one just below 8 KiB, and a few of paths. */
const MOST_PAGES = 12;

/** Thousands of nodes come and go, so that index and byte store grow, fill up and empty; throws at the first one lost. */
export function runCrowd(subject: Subject, seed: number, rounds: number, most: number): void {
  const random = new Random(seed);
  const tree = new subject.Tree({ hashSeed: random.below(2 ** 31) });
  const there = new Map<number, number>();
  let zxid = 0;
  const write = (item: number, length: number | undefined) => {
    zxid++;
    const path = `/${item % 97 === 0 ? 'n'.repeat(30) : 'n'}${item}`;
    const command = length === undefined ? remove(path) : create(path, { data: 'd'.repeat(length) });
    const { err } = tree.apply(command, asZxid(zxid), zxid, asSessionId(0));
    if (err !== 0) throw new Error(`seed ${seed}: ${path} is answered ${err}`);
    const found = tree.lookupText(path);
    const length1 = found === NO_SLOT ? undefined : tree.dataLength(found);
    if (length1 !== length) throw new Error(`seed ${seed}: ${path} has ${length1} bytes, not ${length}`);
  };
  for (let round = 0; round < rounds; round++) {
    const target = random.below(most);
    while (there.size < target) {
      const item = random.below(most * 2);
      if (there.has(item)) continue;
      there.set(item, random.chance(0.01) ? 8100 + random.below(200) : random.pick(LENGTHS));
      write(item, there.get(item)!);
    }
    for (const item of [...there.keys()].slice(0, there.size - target)) {
      there.delete(item);
      write(item, undefined);
    }
    if (tree.nodeCount !== there.size + 4) throw new Error(`seed ${seed}: ${tree.nodeCount} nodes`);
  }
  for (const item of [...there.keys()]) write(item, undefined);
  if (tree.digest() !== tree.recomputeDigest()) throw new Error(`seed ${seed}: digest`);
  const kept = tree.storedBytes;
  if (kept > MOST_PAGES * 65_536) throw new Error(`seed ${seed}: ${kept} bytes are held for four nodes`);
}
