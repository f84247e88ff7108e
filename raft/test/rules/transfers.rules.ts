import assert from 'node:assert/strict';
import {
  accept,
  append,
  BenchNode,
  ELECTION_TICKS,
  HEARTBEAT_TICKS,
  leaderOf,
} from '../support/bench-node.ts';
import type { Rule } from '../support/rule.ts';

export const transferRules: Rule[] = [
  {
    name: 'the target is told to campaign once it holds the whole log; proposals are refused meanwhile (thesis 3.10)',
    check: (core) => {
      const { timeoutNow } = core.MessageType;
      const leader = leaderOf(core);
      leader.propose('x');
      assert.equal(leader.raft.transferLeadership(3), undefined);
      leader.work();
      assert.deepEqual(leader.takeOf(timeoutNow), []);
      assert.equal(leader.propose('y').refused, 'transferring');
      assert.equal(
        leader.raft.proposeConfiguration({ expectedIndex: 3, remove: [2] }).refused,
        'transferring',
      );
      accept(core, leader, 3, 5);
      assert.deepEqual(
        leader.takeOf(timeoutNow).map((each) => each.to),
        [3],
      );
      leader.tick();
      assert.deepEqual(leader.takeOf(timeoutNow), [], 'once only');
    },
  },
  {
    name: 'the target campaigns at once, without a pre-vote, and is voted for although the leader lives (thesis 3.10)',
    check: (core) => {
      const { timeoutNow, vote } = core.MessageType;
      const node = new BenchNode(core, { term: 1 });
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [1] });
      node.take();
      node.step({ type: timeoutNow, from: 2, term: 1 });
      assert.equal(node.raft.term, 2);
      assert.deepEqual(
        node.takeOf(vote).map((each) => [each.to, each.transfer]),
        [
          [2, true],
          [3, true],
        ],
      );
    },
  },
  {
    name: 'a transfer that does not happen is given up after an election timeout (thesis 3.10)',
    check: (core) => {
      const { heartbeatResponse } = core.MessageType;
      const leader = leaderOf(core);
      leader.raft.transferLeadership(3);
      for (let i = 0; i < ELECTION_TICKS; i += 1) {
        assert.equal(leader.propose('x').refused, 'transferring');
        leader.tick();
        leader.step({ type: heartbeatResponse, from: 2, term: 1, round: 0 });
      }
      assert.equal(leader.raft.role, 'leader');
      assert.equal(leader.propose('x').refused, undefined);
    },
  },
  {
    name: 'a transfer ends at once when the link to its target breaks',
    check: (core) => {
      const leader = leaderOf(core);
      leader.raft.transferLeadership(3);
      leader.unlink(3);
      assert.equal(leader.propose('x').refused, undefined);
    },
  },
  {
    name: 'leadership goes to a linked voter only, and one transfer at a time',
    check: (core) => {
      const leader = leaderOf(core, { learners: [4] });
      assert.equal(leader.raft.transferLeadership(1), 'no-such-voter');
      assert.equal(leader.raft.transferLeadership(4), 'no-such-voter');
      assert.equal(leader.raft.transferLeadership(9), 'no-such-voter');
      leader.unlink(3);
      assert.equal(leader.raft.transferLeadership(3), 'not-connected');
      assert.equal(leader.raft.transferLeadership(2), undefined);
      assert.equal(leader.raft.transferLeadership(2), 'transferring');
      assert.equal(new BenchNode(core).raft.transferLeadership(2), 'not-leader');
    },
  },
  {
    name: 'only the leader of the term can call for an election',
    check: (core) => {
      const { heartbeat, timeoutNow } = core.MessageType;
      const node = new BenchNode(core, { term: 1 });
      node.step({ type: heartbeat, from: 2, term: 1, commit: 0, round: 0 });
      node.step({ type: timeoutNow, from: 3, term: 1 });
      node.step({ type: timeoutNow, from: 2, term: 0 });
      node.tick(HEARTBEAT_TICKS);
      assert.equal(node.raft.role, 'follower');
      assert.equal(node.raft.term, 1);
    },
  },
];
