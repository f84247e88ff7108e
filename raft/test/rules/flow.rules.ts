import assert from 'node:assert/strict';
import {
  accept,
  append,
  BenchNode,
  ELECTION_TICKS,
  elect,
  entriesOf,
  HEARTBEAT_TICKS,
  leaderOf,
} from '../support/bench-node.ts';
import type { Rule } from '../support/rule.ts';

/** How much is under way to whom, and what happens when some of it is lost. */
export const flowRules: Rule[] = [
  {
    name: 'appends are pipelined up to the window, then wait for acknowledgements (thesis 10.2.1)',
    check: (core) => {
      const leader = leaderOf(core, { options: { maxInflightMessages: 3 } });
      for (let i = 0; i < 5; i += 1) leader.propose(`${i}`);
      const toTwo = leader.takeOf(core.MessageType.append).filter((each) => each.to === 2);
      assert.deepEqual(
        toTwo.map((each) => each.prevIndex),
        [4, 5, 6],
      );
      accept(core, leader, 2, 6);
      const more = leader.takeOf(core.MessageType.append).filter((each) => each.to === 2);
      assert.deepEqual(
        more.map((each) => [each.prevIndex, each.entries.length]),
        [[7, 2]],
      );
    },
  },
  {
    name: 'appends wait for acknowledgements once maxInflightBytes are under way to a follower, yet one always goes',
    check: (core) => {
      const leader = leaderOf(core, { options: { maxInflightBytes: 1_000 } });
      for (const each of ['a'.repeat(2_000), 'b'.repeat(400), 'c'.repeat(800), 'd']) leader.propose(each);
      const toTwo = () => leader.takeOf(core.MessageType.append).filter((each) => each.to === 2);
      const sizes = () => toTwo().map((each) => each.entries.map((entry) => entry.data.length));
      assert.deepEqual(sizes(), [[2_000]]);
      accept(core, leader, 2, 5);
      assert.deepEqual(sizes(), [[400, 800, 1]]);
      leader.propose('e');
      assert.deepEqual(sizes(), []);
      accept(core, leader, 2, 8);
      assert.deepEqual(sizes(), [[1]]);
    },
  },
  {
    name: 'an append holds no more than maxMessageBytes, yet one entry at least',
    check: (core) => {
      const leader = leaderOf(core, { options: { maxMessageBytes: 400 } });
      leader.propose('a'.repeat(100), 'b'.repeat(100), 'c'.repeat(100), 'd'.repeat(1_000));
      const toTwo = leader.takeOf(core.MessageType.append).filter((each) => each.to === 2);
      assert.deepEqual(
        toTwo.map((each) => each.entries.length),
        [2, 1, 1],
      );
    },
  },
  {
    name: 'a follower whose log is not known is probed with one append at a time',
    check: (core) => {
      const node = new BenchNode(core);
      elect(core, node, [2]);
      node.take();
      node.propose('a');
      node.propose('b');
      assert.deepEqual(node.takeOf(core.MessageType.append), []);
      accept(core, node, 2, 4);
      const appends = node.takeOf(core.MessageType.append).filter((each) => each.to === 2);
      assert.deepEqual(
        appends.map((each) => [each.prevIndex, each.entries.length]),
        [[4, 2]],
      );
    },
  },
  {
    name: 'a lost append is noticed by the next heartbeats and sent again',
    check: (core) => {
      const { append: appendType, appendResponse, heartbeat, heartbeatResponse } = core.MessageType;
      const leader = leaderOf(core);
      const follower = new BenchNode(core, { id: 2, term: 1 });
      append(core, follower, { from: 1, term: 1, prevIndex: 3, prevTerm: 0, entries: [1], commit: 4 });
      follower.take();
      leader.propose('lost');
      leader.take();
      for (let i = 0; i < 3; i += 1) {
        leader.tick(HEARTBEAT_TICKS);
        for (let quiet = false; !quiet; ) {
          const messages = [...leader.take(), ...follower.take()].filter((each) => each.to !== 3);
          quiet = messages.length === 0;
          const known: number[] = [appendType, appendResponse, heartbeat, heartbeatResponse];
          for (const message of messages) {
            assert.ok(known.includes(message.type));
            (message.to === 2 ? follower : leader).step(message);
          }
        }
      }
      assert.equal(follower.raft.lastIndex, 5);
      assert.equal(leader.raft.commit, 5);
    },
  },
  {
    name: 'nothing is sent to a peer that is not linked; a new link begins with a probe',
    check: (core) => {
      const leader = leaderOf(core);
      leader.unlink(3);
      leader.propose('x');
      leader.tick(HEARTBEAT_TICKS);
      assert.ok(leader.take().every((each) => each.to === 2));
      leader.link(3);
      const appends = leader.takeOf(core.MessageType.append).filter((each) => each.to === 3);
      assert.deepEqual(
        appends.map((each) => [each.prevIndex, each.entries.length]),
        [[4, 1]],
      );
      assert.equal(leader.raft.peers().find((peer) => peer.id === 3)?.match, 0);
    },
  },
  {
    name: 'proposals above the bound of what is uncommitted are refused, and taken again afterwards',
    check: (core) => {
      const leader = leaderOf(core, { options: { maxUncommittedBytes: 500 } });
      assert.equal(leader.propose('a'.repeat(400)).refused, undefined);
      assert.equal(leader.propose('b'.repeat(400)).refused, 'overloaded');
      accept(core, leader, 2, 5);
      assert.equal(leader.propose('b'.repeat(4_000)).refused, undefined);
      assert.equal(new BenchNode(core).propose('x').refused, 'not-leader');
    },
  },
  {
    name: 'entries that have left memory are read from storage for a follower that lags',
    check: (core) => {
      const leader = leaderOf(core, { options: { maxLogBytes: 0 } });
      leader.unlink(3);
      for (let i = 0; i < 5; i += 1) {
        leader.propose(`${i}`);
        accept(core, leader, 2, leader.raft.lastIndex);
      }
      leader.link(3);
      assert.deepEqual(leader.entriesReads.splice(0), [{ to: 3, from: 5, maxBytes: 1_000_000 }]);
      leader.take();
      leader.raft.entriesRead(3, 5, entriesOf(4, [1, 1, 1]));
      leader.work();
      assert.deepEqual(
        leader.takeOf(core.MessageType.append).map((each) => each.entries.length),
        [3],
      );
      accept(core, leader, 3, 7);
      assert.deepEqual(leader.entriesReads.splice(0), [{ to: 3, from: 8, maxBytes: 1_000_000 }]);
      leader.raft.entriesRead(3, 8, undefined);
      leader.work();
      assert.deepEqual(leader.snapshotReads, [{ to: 3, index: 0, offset: 0 }]);
    },
  },
  {
    name: 'what one read of storage brings for a follower that lags goes out in appends of maxMessageBytes, up to its window',
    check: (core) => {
      const options = { maxLogBytes: 0, maxMessageBytes: 150, maxInflightBytes: 800 };
      const leader = leaderOf(core, { options });
      leader.unlink(3);
      for (let i = 0; i < 20; i += 1) {
        leader.propose(`${i}`);
        accept(core, leader, 2, leader.raft.lastIndex);
      }
      leader.link(3);
      const reads = () => leader.entriesReads.splice(0).map((each) => [each.from, each.maxBytes]);
      const answer = (from: number) => {
        leader.take();
        leader.raft.entriesRead(3, from, entriesOf(from - 1, new Array<number>(16).fill(1)));
        leader.work();
        return leader.takeOf(core.MessageType.append).map((each) => each.entries.length);
      };
      // Where the logs agree is asked first, with one append.
      assert.deepEqual(reads(), [[5, 150]]);
      assert.deepEqual(answer(5), [2]);
      accept(core, leader, 3, 6);
      assert.deepEqual(reads(), [[7, 200]]);
      assert.deepEqual(answer(7), [2, 2, 2, 2, 2, 2, 2]);
      assert.deepEqual(reads(), []);
      accept(core, leader, 3, 8);
      assert.deepEqual(reads(), [[21, 200]]);
    },
  },
  {
    name: 'a follower that lost what it acknowledged is taken at its word: the leader begins again below',
    check: (core) => {
      const leader = leaderOf(core);
      leader.propose('a', 'b');
      accept(core, leader, 3, 6);
      leader.unlink(3);
      leader.link(3);
      leader.take();
      const { appendResponse } = core.MessageType;
      leader.step({
        type: appendResponse,
        from: 3,
        term: 1,
        accepted: false,
        index: 6,
        hintIndex: 4,
        hintTerm: 1,
      });
      const [again] = leader.takeOf(core.MessageType.append);
      assert.deepEqual([again?.prevIndex, again?.entries.length], [4, 2]);
    },
  },
  {
    name: 'a member has not caught up before it has applied what was committed when it first heard of its leader',
    check: (core) => {
      const node = new BenchNode(core, { term: 1 });
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [1], commit: 9 });
      assert.equal(node.raft.applied, 4);
      assert.equal(node.hasCaughtUp, false);
      append(core, node, { term: 1, prevIndex: 4, prevTerm: 1, entries: [1, 1, 1, 1, 1], commit: 9 });
      assert.equal(node.hasCaughtUp, true);
    },
  },
  {
    name: 'a member keeps up that is behind for less than an election timeout, however busy its leader is',
    check: (core) => {
      const node = new BenchNode(core, { term: 1 });
      const heartbeat = { type: core.MessageType.heartbeat, from: 2, term: 1, commit: 0, round: 1 } as const;
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [1], commit: 4 });
      node.step(heartbeat);
      // Five entries are committed in each heartbeat, and it always lacks those of the last two.
      for (let last = 4; last < 104; last += 5) {
        const commit = last + 10;
        append(core, node, { term: 1, prevIndex: last, prevTerm: 1, entries: [1, 1, 1, 1, 1], commit });
        node.tick(1);
        node.step(heartbeat);
        assert.equal(node.hasCaughtUp, true, `applied ${node.raft.applied} of ${commit}`);
      }
      // Then it stands still.
      node.step({ ...heartbeat, round: 2 });
      append(core, node, { term: 1, prevIndex: 104, prevTerm: 1, entries: [1], commit: 300 });
      node.step({ ...heartbeat, round: 3 });
      for (let ticks = 0; ticks < 3 * ELECTION_TICKS; ticks += 1) {
        node.tick(1);
        node.step({ ...heartbeat, round: 4 });
      }
      assert.equal(node.hasCaughtUp, false);
    },
  },
  {
    name: 'a state that is behind what Raft has handed over has not caught up before it has the whole round',
    check: (core) => {
      const node = new BenchNode(core, { term: 1 });
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [1, 1, 1], commit: 6 });
      node.step({ type: core.MessageType.heartbeat, from: 2, term: 1, commit: 0, round: 1 });
      assert.deepEqual([node.raft.applied, node.raft.hasCaughtUp(5)], [6, false]);
      assert.equal(node.raft.hasCaughtUp(6), true);
    },
  },
  {
    name: 'heartbeat answers do not wait for the sync of entries',
    check: (core) => {
      const node = new BenchNode(core, { term: 1 });
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [1] });
      node.take();
      node.autoPersist = false;
      append(core, node, { term: 1, prevIndex: 4, prevTerm: 1, entries: [1] });
      node.step({ type: core.MessageType.heartbeat, from: 2, term: 1, commit: 4, round: 9 });
      assert.deepEqual(
        node.takeOf(core.MessageType.heartbeatResponse).map((each) => each.round),
        [9],
      );
    },
  },
  {
    name: 'a deposed leader of an old term learns so from whom it sends to (paper 5.1)',
    check: (core) => {
      const old = leaderOf(core);
      const node = new BenchNode(core, { id: 2, term: 9 });
      old.propose('x');
      for (const message of old.take()) if (message.to === 2) node.step(message);
      for (const message of node.take()) old.step(message);
      assert.equal(old.raft.role, 'follower');
      assert.equal(old.raft.term, 9);
    },
  },
];
