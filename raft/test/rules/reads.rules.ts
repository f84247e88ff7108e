import assert from 'node:assert/strict';
import { accept, BenchNode, ELECTION_TICKS, elect, leaderOf } from '../support/bench-node.ts';
import type { Rule } from '../support/rule.ts';

export const readRules: Rule[] = [
  {
    name: 'a read waits until an entry of the own term has committed (thesis 6.4)',
    check: (core) => {
      const { heartbeat, heartbeatResponse } = core.MessageType;
      const node = new BenchNode(core, { log: [1] });
      elect(core, node, [2]);
      node.take();
      node.raft.readIndex(1);
      node.work();
      assert.deepEqual(node.takeOf(heartbeat), []);
      accept(core, node, 2, 5);
      const [beat] = node.takeOf(heartbeat);
      assert.ok(beat);
      node.step({ type: heartbeatResponse, from: 2, term: 2, round: beat.round });
      assert.deepEqual(node.readStates, [{ token: 1, index: 5 }]);
    },
  },
  {
    name: 'a read is answered only after a majority has echoed a round begun after it (thesis 6.4)',
    check: (core) => {
      const { heartbeat, heartbeatResponse } = core.MessageType;
      const leader = leaderOf(core, { voters: [1, 2, 3, 4, 5] });
      leader.raft.readIndex(1);
      leader.work();
      const round = leader.takeOf(heartbeat)[0]?.round ?? 0;
      leader.step({ type: heartbeatResponse, from: 2, term: 1, round: round - 1 });
      leader.step({ type: heartbeatResponse, from: 3, term: 1, round: round - 1 });
      leader.step({ type: heartbeatResponse, from: 2, term: 1, round });
      leader.step({ type: heartbeatResponse, from: 2, term: 1, round });
      assert.deepEqual(leader.readStates, []);
      leader.step({ type: heartbeatResponse, from: 4, term: 1, round });
      assert.deepEqual(leader.readStates, [{ token: 1, index: leader.raft.commit }]);
    },
  },
  {
    name: 'the reads of a turn share one round',
    check: (core) => {
      const { heartbeat, heartbeatResponse } = core.MessageType;
      const leader = leaderOf(core);
      for (let token = 1; token <= 10; token += 1) leader.raft.readIndex(token);
      leader.work();
      const beats = leader.takeOf(heartbeat);
      assert.equal(beats.length, 2);
      leader.step({ type: heartbeatResponse, from: 3, term: 1, round: beats[0]?.round ?? 0 });
      assert.deepEqual(
        leader.readStates.map((each) => each.token),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      );
    },
  },
  {
    name: 'a single voter answers at once',
    check: (core) => {
      const leader = leaderOf(core, { voters: [1] });
      leader.raft.readIndex(8);
      leader.work();
      assert.deepEqual(leader.readStates, [{ token: 8, index: 2 }]);
    },
  },
  {
    name: 'a follower asks the leader and passes on its answer (thesis 6.4)',
    check: (core) => {
      const { heartbeat, heartbeatResponse, readIndex, readIndexResponse } = core.MessageType;
      const leader = leaderOf(core);
      leader.step({ type: readIndex, from: 3, term: 1, token: 44 });
      const [beat] = leader.takeOf(heartbeat);
      leader.step({ type: heartbeatResponse, from: 2, term: 1, round: beat?.round ?? 0 });
      const [answer] = leader.takeOf(readIndexResponse);
      assert.deepEqual([answer?.to, answer?.token, answer?.index], [3, 44, 4]);
      assert.deepEqual(leader.readStates, []);
      const follower = new BenchNode(core, { id: 3, term: 1 });
      follower.step({ type: heartbeat, from: 1, term: 1, commit: 0, round: 0 });
      follower.raft.readIndex(44);
      follower.work();
      assert.deepEqual(
        follower.takeOf(readIndex).map((each) => [each.to, each.token]),
        [[1, 44]],
      );
      follower.step({ type: readIndexResponse, from: 1, term: 1, token: 44, index: 4 });
      follower.step({ type: readIndexResponse, from: 1, term: 1, token: 44, index: 4 });
      assert.deepEqual(follower.readStates, [{ token: 44, index: 4 }]);
    },
  },
  {
    name: 'no more reads wait than may',
    check: (core) => {
      const leader = leaderOf(core);
      for (let token = 1; token <= core.MAX_PENDING_READS + 1; token += 1) leader.raft.readIndex(token);
      leader.work();
      assert.equal(leader.readStates.length, 1);
      assert.equal(leader.readStates[0]?.token, core.MAX_PENDING_READS + 1);
      assert.equal(leader.readStates[0]?.index, -1);
    },
  },
  {
    name: 'a leader that is deposed refuses the reads that wait',
    check: (core) => {
      const leader = leaderOf(core);
      leader.raft.readIndex(1);
      leader.work();
      leader.step({ type: core.MessageType.heartbeatResponse, from: 2, term: 9, round: 0 });
      assert.deepEqual(leader.readStates, [{ token: 1, index: -1 }]);
    },
  },
  {
    name: 'a leader cut off from the majority confirms no read',
    check: (core) => {
      const leader = leaderOf(core);
      leader.raft.readIndex(1);
      leader.work();
      leader.tick(2 * ELECTION_TICKS);
      assert.deepEqual(leader.readStates, [{ token: 1, index: -1 }]);
    },
  },
  {
    name: 'a follower refuses a read whose leader is unknown, changed, unlinked or does not answer',
    check: (core) => {
      const { heartbeat } = core.MessageType;
      const node = new BenchNode(core, { term: 1 });
      const refused = (token: number): void => {
        node.work();
        assert.deepEqual(node.readStates.splice(0), [{ token, index: -1 }]);
      };
      node.raft.readIndex(1);
      refused(1);
      node.step({ type: heartbeat, from: 2, term: 1, commit: 0, round: 0 });
      node.raft.readIndex(2);
      node.step({ type: heartbeat, from: 3, term: 2, commit: 0, round: 0 });
      refused(2);
      node.raft.readIndex(3);
      for (let i = 0; i < ELECTION_TICKS; i += 1) {
        assert.deepEqual(node.readStates, []);
        node.step({ type: heartbeat, from: 3, term: 2, commit: 0, round: 0 });
        node.tick();
      }
      refused(3);
      node.raft.readIndex(4);
      node.work();
      node.unlink(3);
      refused(4);
    },
  },
];
