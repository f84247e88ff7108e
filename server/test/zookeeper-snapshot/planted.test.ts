import { expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { runSeed, type Subject } from './conversion-run.ts';

const SEEDS = 40;

const BUGS: readonly PlantedBug[] = [
  {
    name: 'a node that changes while the snapshot is taken comes before its parent',
    file: 'server/src/tree/snapshot-walk.ts',
    find: 'each !== NO_SLOT && this.#isDue(each); each = nodes.int(each, Int.parent) as Slot',
    replace: 'line.length === 0; each = nodes.int(each, Int.parent) as Slot',
  },
  {
    name: 'a parent that was written before its children is written again',
    file: 'server/src/tree/snapshot-walk.ts',
    find: 'this.#ahead[each >> 3]! |= 1 << (each & 7);',
    replace: 'this.#ahead[slot >> 3]! |= 1 << (slot & 7);',
  },
  {
    name: 'the time to live is cut to 32 bits',
    file: 'server/src/zookeeper-snapshot/owners.ts',
    find: 'node.ownerHigh = TTL_HIGH | Math.floor(ttlMs / TWO_32);',
    replace: 'node.ownerHigh = TTL_HIGH - 1;',
  },
  {
    name: 'a session loses the upper half of its id',
    file: 'server/src/zookeeper-snapshot/owners.ts',
    find: 'node.ownerHigh = Math.floor(session / TWO_32);',
    replace: 'node.ownerHigh = 0;',
  },
  {
    name: 'null data become empty',
    file: 'server/src/zookeeper-snapshot/from-own.ts',
    find: 'node.dataStart = record.dataStart;',
    replace: 'node.dataStart = Math.max(record.dataStart, 0);',
  },
  {
    name: 'nodes have the access lists of others',
    file: 'server/src/zookeeper-snapshot/from-own.ts',
    find: 'node.acl = record.acl + FIRST_LIST;',
    replace: 'node.acl = Math.max(record.acl, FIRST_LIST);',
  },
  {
    name: 'the length that is told is not that of the bytes',
    file: 'server/src/zookeeper-snapshot/from-own.ts',
    find: 'this.#bytes += SESSION_BYTES;',
    replace: '',
  },
];

/** What the runs say of a copy of the sources. */
function complaintWith(bug: PlantedBug | undefined): Promise<string | undefined> {
  return withPlantedBug(['server/src'], bug, async ({ load }) => {
    const subject: Subject = {
      ...(await load<Pick<Subject, 'Tree'>>('server/src/tree/tree.ts')),
      ...(await load<Pick<Subject, 'beginSnapshot'>>('server/src/tree/snapshot-walk.ts')),
      ...(await load<Pick<Subject, 'SessionTable'>>('server/src/session/table.ts')),
      ...(await load<Pick<Subject, 'SnapshotSurvey' | 'SnapshotConversion'>>(
        'server/src/zookeeper-snapshot/from-own.ts',
      )),
    };
    try {
      for (let seed = 1; seed <= SEEDS; seed++) runSeed(subject, seed);
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  });
}

test('the copied sources pass without a bug', async () => {
  expect(await complaintWith(undefined)).toBeUndefined();
});

test.each(BUGS)('the random runs notice that $name', async (bug) => {
  expect(await complaintWith(bug)).toBeDefined();
});
