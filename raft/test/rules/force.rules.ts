import assert from 'node:assert/strict';
import type { Configuration, Entry } from '../../src/index.ts';
import { BenchNode, type Core, configurationOf, ELECTION_TICKS, entriesOf } from '../support/bench-node.ts';
import type { Rule } from '../support/rule.ts';

const first = { number: 1, survivor: 3, index: 6, term: 2 ** 20 + 2 };

/** Member 3 of three, with two entries that it does not know to be committed, forced. */
function force(core: Core, configuration: Configuration = configurationOf(3, [1, 2, 3])) {
  const { recovery } = configuration;
  const forced = core.forceNewCluster({
    id: 3,
    hardState: { term: 2, vote: 1 },
    lastIndex: 5,
    configuration,
    recovery,
  });
  assert.ok(forced);
  return forced;
}

/** The member that starts on what that left on its disk. */
function survivor(core: Core): BenchNode {
  const { write } = force(core);
  assert.ok(write.hardState);
  const entries: Entry[] = [...entriesOf(3, [1, 2]), ...write.entries];
  return new BenchNode(core, { id: 3, unlinked: [1, 2], options: { hardState: write.hardState, entries } });
}

export const forceRules: Rule[] = [
  {
    name: 'a survivor that is forced leads by itself within an election timeout, and commits all of its log',
    check: (core) => {
      const node = survivor(core);
      node.tick(2 * ELECTION_TICKS);
      assert.equal(node.raft.role, 'leader');
      assert.deepEqual(node.terms().slice(0, 3), [1, 2, first.term]);
      assert.equal(node.raft.commit, node.raft.lastIndex);
      assert.deepEqual(
        node.applied.map((each) => each.index),
        [4, 5, 6, 7],
      );
      assert.deepEqual(node.raft.configuration.voters, [3]);
      assert.deepEqual([...node.raft.configuration.contexts.keys()], [3]);
    },
  },
  {
    name: 'the term of a forced configuration is far above any that the survivor saw, and its own vote',
    check: (core) => {
      const { write } = force(core);
      assert.deepEqual(write.hardState, { term: 2 + core.FORCED_TERM_LEAD, vote: 3 });
      assert.equal(core.isPlausibleTerm(write.hardState?.term ?? 0, 2), true);
    },
  },
  {
    name: 'members that are added after a forced recovery are members of what came out of it',
    check: (core) => {
      const node = survivor(core);
      node.tick(2 * ELECTION_TICKS);
      assert.deepEqual(node.raft.configuration.recovery, first);
      const { configuration } = node.raft;
      const add = [{ context: 'new', role: 'learner' as const }];
      assert.equal(
        node.raft.proposeConfiguration({ expectedIndex: configuration.index, add }).refused,
        undefined,
      );
      node.work();
      assert.deepEqual(node.raft.configuration.recovery, first);
    },
  },
  {
    name: 'a second forced recovery is a later one',
    check: (core) => {
      const again = force(core, { ...configurationOf(3, [3, 9]), recovery: first });
      assert.equal(again.recovery.number, 2);
      assert.equal(core.kinship(again.recovery, first), 'former');
    },
  },
  {
    name: 'amid a joint consensus, the survivor alone votes for both majorities',
    check: (core) => {
      const { configuration } = force(core, configurationOf(3, [1, 3], [1, 2], [4]));
      assert.deepEqual([configuration.voters, configuration.outgoing, configuration.learners], [[3], [], []]);
    },
  },
  {
    name: 'a member that its own log does not name cannot be forced: it has not caught up to its own addition',
    check: (core) => {
      const configuration = configurationOf(3, [1, 2, 4]);
      const hardState = { term: 2, vote: 0 };
      const forced = core.forceNewCluster({
        id: 3,
        hardState,
        lastIndex: 5,
        configuration,
        recovery: undefined,
      });
      assert.equal(forced, undefined);
    },
  },
  {
    name: 'only members of one recovery are kin; of two that were forced apart neither is before the other',
    check: ({ kinship }) => {
      const second = { ...first, number: 2 };
      assert.equal(kinship(undefined, undefined), 'same');
      assert.equal(kinship(first, { ...first }), 'same');
      assert.equal(kinship(first, undefined), 'former');
      assert.equal(kinship(second, first), 'former');
      assert.equal(kinship(undefined, first), 'later');
      for (const other of [{ survivor: 2 }, { index: 7 }, { term: 9 }])
        assert.equal(kinship(first, { ...first, ...other }), 'rival');
    },
  },
  {
    name: 'the survivor is alone by its recovery until somebody else votes',
    check: ({ aloneBy }) => {
      const alone = { ...configurationOf(6, [3], [], [9]), recovery: first };
      assert.equal(aloneBy(alone, 3), first);
      assert.equal(aloneBy(configurationOf(6, [3]), 3), undefined);
      assert.equal(aloneBy({ ...alone, voters: [3, 9] }, 3), undefined);
      assert.equal(aloneBy({ ...alone, outgoing: [3, 9] }, 3), undefined);
      assert.equal(aloneBy({ ...alone, voters: [9] }, 9), undefined);
    },
  },
  {
    name: 'while a member catches up through configurations of before, its recovery stays the newest one',
    check: ({ newestRecovery }) => {
      const second = { ...first, number: 2 };
      assert.equal(newestRecovery([undefined, undefined]), undefined);
      assert.equal(newestRecovery([first, undefined]), first);
      assert.equal(newestRecovery([first, second, undefined]), second);
    },
  },
];
