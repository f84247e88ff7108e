import assert from 'node:assert/strict';
import type { Configuration, Entry } from '../../src/index.ts';
import {
  accept,
  append,
  BenchNode,
  type Core,
  configurationOf,
  ELECTION_TICKS,
  elect,
  leaderOf,
} from '../support/bench-node.ts';
import type { Rule } from '../support/rule.ts';

function configurationEntry(core: Core, configuration: Configuration, term: number): Entry {
  return {
    index: configuration.index,
    term,
    kind: core.EntryKind.configuration,
    data: core.encodeConfiguration(configuration),
  };
}

/** A leader 1 of voters 1, 2, 3 and learner 4, in term 1, everything acknowledged up to index 4. */
function leaderWithLearner(core: Core): BenchNode {
  return leaderOf(core, { learners: [4] });
}

export const membershipRules: Rule[] = [
  {
    name: 'a change of voters is one joint entry, in force from its appending (paper 6, thesis 4.1)',
    check: (core) => {
      const leader = leaderWithLearner(core);
      const result = leader.raft.proposeConfiguration({ expectedIndex: 3, promote: [4] });
      assert.deepEqual(result, { index: 5, added: undefined });
      const { voters, outgoing, learners, index } = leader.raft.configuration;
      assert.deepEqual([index, voters, outgoing, learners], [5, [1, 2, 3, 4], [1, 2, 3], []]);
      assert.equal(leader.raft.changeInFlight, true);
      const follower = new BenchNode(core, { id: 2, term: 1 });
      const entry = configurationEntry(core, configurationOf(4, [1, 2, 3, 9], [1, 2, 3]), 1);
      append(core, follower, { from: 1, term: 1, prevIndex: 3, prevTerm: 0, entries: [entry] });
      assert.deepEqual(follower.raft.configuration.voters, [1, 2, 3, 9]);
      assert.equal(follower.raft.commit, 3);
    },
  },
  {
    name: 'a configuration whose entry is cut off is no longer in force (thesis 4.1)',
    check: (core) => {
      const node = new BenchNode(core, { id: 2, term: 1 });
      const entry = configurationEntry(core, configurationOf(5, [1, 2, 3, 9], [1, 2, 3]), 1);
      append(core, node, {
        from: 1,
        term: 1,
        prevIndex: 3,
        prevTerm: 0,
        entries: [{ ...entry, index: 4, kind: 0 }, entry],
      });
      assert.equal(node.raft.configuration.index, 5);
      append(core, node, { from: 3, term: 2, prevIndex: 4, prevTerm: 1, entries: [2] });
      assert.deepEqual(node.raft.configuration.voters, [1, 2, 3]);
      assert.equal(node.raft.configuration.index, 3);
    },
  },
  {
    name: 'a joint configuration commits by the majorities of both the old and the new voters (paper 6)',
    check: (core) => {
      // Old 1 2 3, new 1 4 5: neither {1 2 3} nor {1 4 5} alone is enough.
      const cases: [acknowledging: number[], committed: boolean][] = [
        [[2, 3], false],
        [[4, 5], false],
        [[2, 4], true],
      ];
      for (const [acknowledging, committed] of cases) {
        const leader = leaderOf(core, { learners: [4, 5] });
        const { index } = leader.raft.proposeConfiguration({
          expectedIndex: 3,
          promote: [4, 5],
          remove: [2, 3],
        });
        leader.work();
        for (const from of acknowledging) accept(core, leader, from, index ?? 0);
        assert.equal(leader.raft.commit >= (index ?? 0), committed, `${acknowledging}`);
      }
    },
  },
  {
    name: 'an election in a joint configuration needs both majorities (paper 6)',
    check: (core) => {
      const cases: [granting: number[], role: string][] = [
        [[2, 3], 'pre-candidate'],
        [[4, 5], 'pre-candidate'],
        [[2, 4], 'leader'],
      ];
      for (const [granting, role] of cases) {
        const node = new BenchNode(core, { voters: [1, 4, 5], outgoing: [1, 2, 3] });
        elect(core, node, granting);
        assert.equal(node.raft.role, role, `${granting}`);
      }
    },
  },
  {
    name: 'once the joint configuration has committed the leader appends the final one (paper 6)',
    check: (core) => {
      const leader = leaderWithLearner(core);
      leader.raft.proposeConfiguration({ expectedIndex: 3, promote: [4] });
      leader.work();
      assert.equal(leader.raft.lastIndex, 5);
      accept(core, leader, 2, 5);
      accept(core, leader, 3, 5);
      assert.equal(leader.raft.lastIndex, 6);
      assert.deepEqual(leader.raft.configuration.outgoing, []);
      assert.equal(leader.raft.configuration.index, 6);
      accept(core, leader, 2, 6);
      accept(core, leader, 3, 6);
      assert.equal(leader.raft.changeInFlight, false);
    },
  },
  {
    name: 'a new leader finishes the joint consensus that it finds in its log (paper 6)',
    check: (core) => {
      const node = new BenchNode(core, { term: 1 });
      const joint = configurationEntry(core, configurationOf(4, [1, 2], [1, 2, 3]), 1);
      append(core, node, { from: 3, term: 1, prevIndex: 3, prevTerm: 0, entries: [joint] });
      node.unlink(3);
      elect(core, node, [2]);
      assert.equal(node.raft.role, 'leader');
      assert.equal(node.raft.lastIndex, 5);
      accept(core, node, 2, 5);
      assert.deepEqual(node.raft.configuration.outgoing, []);
      assert.equal(node.raft.configuration.index, 6);
    },
  },
  {
    name: 'a change of learners only is final at once: no majority moves',
    check: (core) => {
      const leader = leaderOf(core);
      const { index, added } = leader.raft.proposeConfiguration({
        expectedIndex: 3,
        add: [{ context: 'new', role: 'learner' }],
      });
      assert.deepEqual(leader.raft.configuration.outgoing, []);
      assert.deepEqual(leader.raft.configuration.learners, [index]);
      assert.equal(added, index);
      assert.equal(leader.raft.configuration.contexts.get(index ?? 0), 'new');
    },
  },
  {
    name: "a new member's id is the index of the entry that adds it; removing and adding may be one change",
    check: (core) => {
      const leader = leaderOf(core);
      const change = { expectedIndex: 3, remove: [3], add: [{ context: 'x', role: 'learner' }] } as const;
      const result = leader.raft.proposeConfiguration(change);
      assert.deepEqual(result, { index: 5, added: 5 });
      const { voters, outgoing, learners } = leader.raft.configuration;
      assert.deepEqual([voters, outgoing, learners], [[1, 2], [1, 2, 3], [5]]);
    },
  },
  {
    name: 'who is promoted, demoted or stays may get another context in the same change',
    check: (core) => {
      const leader = leaderWithLearner(core);
      const update = [1, 3, 4].map((id) => ({ id, context: `new ${id}` }));
      const result = leader.raft.proposeConfiguration({
        expectedIndex: 3,
        promote: [4],
        demote: [3],
        update,
      });
      assert.deepEqual(result, { index: 5, added: undefined });
      const { voters, learners, contexts } = leader.raft.configuration;
      assert.deepEqual([voters, learners], [[1, 2, 4], [3]]);
      assert.deepEqual(
        [1, 3, 4].map((id) => contexts.get(id)),
        ['new 1', 'new 3', 'new 4'],
      );
    },
  },
  {
    name: 'no change begins before the previous one has committed and its joint consensus ended (paper 6)',
    check: (core) => {
      const leader = leaderWithLearner(core);
      const change = { remove: [3] };
      leader.raft.proposeConfiguration({ expectedIndex: 3, promote: [4] });
      leader.work();
      assert.equal(
        leader.raft.proposeConfiguration({ ...change, expectedIndex: 5 }).refused,
        'change-in-flight',
      );
      accept(core, leader, 2, 5);
      accept(core, leader, 3, 5);
      assert.equal(
        leader.raft.proposeConfiguration({ ...change, expectedIndex: 6 }).refused,
        'change-in-flight',
      );
      accept(core, leader, 2, 6);
      accept(core, leader, 4, 6);
      assert.equal(leader.raft.proposeConfiguration({ ...change, expectedIndex: 6 }).refused, undefined);
    },
  },
  {
    name: "no change begins before an entry of the leader's own term has committed (thesis 4.1, the erratum)",
    check: (core) => {
      const node = new BenchNode(core);
      elect(core, node, [2]);
      const change = { expectedIndex: 3, remove: [3] };
      assert.equal(node.raft.proposeConfiguration(change).refused, 'term-not-committed');
      accept(core, node, 2, 4);
      assert.equal(node.raft.proposeConfiguration(change).refused, undefined);
    },
  },
  {
    name: 'a change is refused unless a majority of the new voters has caught up',
    check: (core) => {
      const leader = leaderOf(core, { voters: [1] });
      const add = [{ context: 'fresh', role: 'voter' as const }];
      assert.equal(
        leader.raft.proposeConfiguration({ expectedIndex: 1, add }).refused,
        'no-quorum-of-caught-up-voters',
      );
      const three = leaderOf(core);
      three.unlink(2);
      assert.equal(
        three.raft.proposeConfiguration({ expectedIndex: 3, remove: [3] }).refused,
        'no-quorum-of-caught-up-voters',
      );
      assert.equal(three.raft.proposeConfiguration({ expectedIndex: 3, remove: [2] }).refused, undefined);
    },
  },
  {
    name: 'a change that makes no sense is refused with its reason',
    check: (core) => {
      const leader = leaderWithLearner(core);
      const refusal = (change: object): string | undefined =>
        leader.raft.proposeConfiguration({ expectedIndex: 3, ...change }).refused;
      const learner = { context: 'x', role: 'learner' };
      assert.equal(refusal({ expectedIndex: 2, remove: [3] }), 'stale-configuration');
      assert.equal(refusal({}), 'no-change');
      assert.equal(refusal({ remove: [9] }), 'unknown-member');
      assert.equal(refusal({ promote: [2] }), 'contradictory-change');
      assert.equal(refusal({ demote: [4] }), 'contradictory-change');
      assert.equal(refusal({ remove: [3], demote: [3] }), 'contradictory-change');
      assert.equal(refusal({ remove: [3], update: [{ id: 3, context: 'x' }] }), 'contradictory-change');
      const twice = { id: 3, context: 'x' };
      assert.equal(refusal({ update: [twice, twice] }), 'contradictory-change');
      assert.equal(refusal({ update: [{ id: 9, context: 'x' }] }), 'unknown-member');
      assert.equal(refusal({ add: [learner, learner] }), 'several-additions');
      assert.equal(refusal({ remove: [1, 2, 3] }), 'no-voters');
      const learners = Array.from({ length: 997 }, (_, i) => i + 10_000);
      const crowd = leaderOf(core, { learners });
      const { refused } = crowd.raft.proposeConfiguration({
        expectedIndex: 3,
        add: [{ context: 'x', role: 'learner' }],
      });
      assert.equal(refused, 'too-many-members');
      assert.equal(
        new BenchNode(core).raft.proposeConfiguration({ expectedIndex: 3, remove: [2] }).refused,
        'not-leader',
      );
      assert.equal(leader.raft.lastIndex, 4);
    },
  },
  {
    name: 'a removed leader leads until the final configuration commits, then hands over and steps down (paper 6)',
    check: (core) => {
      const leader = leaderOf(core);
      leader.raft.proposeConfiguration({ expectedIndex: 3, remove: [1] });
      leader.work();
      accept(core, leader, 2, 5);
      assert.equal(leader.raft.commit, 4);
      accept(core, leader, 3, 5);
      assert.equal(leader.raft.commit, 5);
      assert.equal(leader.raft.role, 'leader');
      leader.take();
      accept(core, leader, 2, 6);
      assert.equal(leader.raft.commit, 5, 'its own copy does not count');
      accept(core, leader, 3, 6);
      assert.equal(leader.raft.commit, 6);
      assert.equal(leader.raft.role, 'follower');
      assert.equal(leader.takeOf(core.MessageType.timeoutNow).length, 1);
      leader.tick(5 * ELECTION_TICKS);
      assert.equal(leader.raft.role, 'follower');
    },
  },
  {
    name: 'a member outside its newest configuration still campaigns until that has committed (thesis 4.2.2)',
    check: (core) => {
      const { preVote } = core.MessageType;
      const node = new BenchNode(core, { term: 1 });
      const final = configurationEntry(core, configurationOf(4, [2, 3]), 1);
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [final] });
      node.tick(2 * ELECTION_TICKS);
      assert.ok(node.takeOf(preVote).length > 0);
      elect(core, node, [2]);
      assert.notEqual(node.raft.role, 'leader', 'its own vote does not count');
      append(core, node, { term: 1, prevIndex: 4, prevTerm: 1, entries: [], commit: 4 });
      node.take();
      node.tick(5 * ELECTION_TICKS);
      assert.equal(node.takeOf(preVote).length, 0);
    },
  },
  {
    name: 'a demoted voter keeps its vote in the old majority until the joint consensus ends',
    check: (core) => {
      const leader = leaderOf(core);
      leader.raft.proposeConfiguration({ expectedIndex: 3, demote: [3] });
      leader.work();
      const joint = leader.raft.configuration;
      assert.deepEqual([joint.voters, joint.outgoing, joint.learners], [[1, 2], [1, 2, 3], [3]]);
      accept(core, leader, 2, 5);
      const final = leader.raft.configuration;
      assert.deepEqual([final.voters, final.outgoing, final.learners], [[1, 2], [], [3]]);
      assert.equal(final.contexts.size, 3);
    },
  },
  {
    name: 'learners receive the log but count in no majority (thesis 4.2.1)',
    check: (core) => {
      const leader = leaderWithLearner(core);
      leader.propose('x');
      assert.ok(leader.takeOf(core.MessageType.append).some((each) => each.to === 4));
      accept(core, leader, 4, 5);
      assert.equal(leader.raft.commit, 4);
      accept(core, leader, 2, 5);
      assert.equal(leader.raft.commit, 5);
    },
  },
  {
    name: 'a removed member that did not hear of it cannot unseat the leader (thesis 4.2.3)',
    check: (core) => {
      const { heartbeat, preVote, preVoteResponse, vote } = core.MessageType;
      const node = new BenchNode(core, { voters: [1, 2], term: 1 });
      node.step({ type: heartbeat, from: 2, term: 1, commit: 0, round: 0 });
      node.link(9);
      node.step({ type: preVote, from: 9, term: 2, lastIndex: 99, lastTerm: 1, transfer: false });
      assert.equal(node.takeOf(preVoteResponse)[0]?.granted, false);
      node.step({ type: vote, from: 9, term: 7, lastIndex: 99, lastTerm: 1, transfer: false });
      assert.equal(node.raft.term, 1);
      assert.equal(node.raft.leader, 2);
    },
  },
];
