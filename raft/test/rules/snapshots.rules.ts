import assert from 'node:assert/strict';
import type { SnapshotMeta } from '../../src/index.ts';
import {
  accept,
  append,
  BenchNode,
  type Core,
  configurationOf,
  HEARTBEAT_TICKS,
  leaderOf,
} from '../support/bench-node.ts';
import type { Rule } from '../support/rule.ts';

const snapshot: SnapshotMeta = { index: 20, term: 2, configuration: configurationOf(3, [1, 2, 3]) };

function chunk(
  core: Core,
  node: BenchNode,
  offset: number,
  done: boolean,
  meta: SnapshotMeta = snapshot,
  from = 2,
  term = 2,
): void {
  const data = new Uint8Array(10);
  node.step({ type: core.MessageType.snapshotChunk, from, term, snapshot: meta, offset, data, done });
}

/** Writes the piece aside that the node asks to write. */
function writeAside(node: BenchNode): void {
  const [piece] = node.snapshotWrites.splice(0);
  assert.ok(piece, 'a piece is to be written');
  node.raft.snapshotWritten(piece.snapshot, piece.offset);
  node.work();
}

/** A leader whose storage begins after 7, and that finds follower 3 far behind. */
function leaderOfLaggard(core: Core): BenchNode {
  const leader = leaderOf(core);
  leader.unlink(3);
  leader.propose('a', 'b', 'c');
  accept(core, leader, 2, 7);
  leader.raft.compact(7);
  leader.link(3);
  leader.take();
  return leader;
}

const newest: SnapshotMeta = { index: 7, term: 1, configuration: configurationOf(3, [1, 2, 3]) };

export const snapshotRules: Rule[] = [
  {
    name: 'a follower that needs entries which are gone gets the newest snapshot (paper 7)',
    check: (core) => {
      const leader = leaderOfLaggard(core);
      assert.deepEqual(leader.snapshotReads.splice(0), [{ to: 3, index: 0, offset: 0 }]);
      leader.raft.snapshotRead(3, newest, 0, new Uint8Array(10), false);
      leader.work();
      const [sent] = leader.takeOf(core.MessageType.snapshotChunk);
      assert.deepEqual([sent?.to, sent?.offset, sent?.done, sent?.snapshot.index], [3, 0, false, 7]);
    },
  },
  {
    name: 'one piece is under way at a time, and the receiver says which it wants next',
    check: (core) => {
      const { snapshotResponse } = core.MessageType;
      const leader = leaderOfLaggard(core);
      leader.raft.snapshotRead(3, newest, 0, new Uint8Array(10), false);
      leader.work();
      leader.tick();
      leader.snapshotReads.splice(0);
      leader.step({ type: snapshotResponse, from: 3, term: 1, index: 7, offset: 10, installed: false });
      assert.deepEqual(leader.snapshotReads.splice(0), [{ to: 3, index: 7, offset: 10 }]);
      leader.raft.snapshotRead(3, newest, 10, new Uint8Array(10), true);
      leader.work();
      leader.step({ type: snapshotResponse, from: 3, term: 1, index: 7, offset: 0, installed: true });
      const peer = leader.raft.peers().find((each) => each.id === 3);
      assert.deepEqual([peer?.match, peer?.state], [7, 'probe']);
      leader.propose('d');
      assert.ok(leader.takeOf(core.MessageType.append).some((each) => each.to === 3 && each.prevIndex === 7));
    },
  },
  {
    name: 'a lost piece is read and sent again; after a new link too',
    check: (core) => {
      const leader = leaderOfLaggard(core);
      leader.raft.snapshotRead(3, newest, 0, new Uint8Array(10), false);
      leader.work();
      leader.snapshotReads.splice(0);
      for (let i = 0; i < 5 * HEARTBEAT_TICKS; i += 1) {
        leader.tick();
        leader.step({ type: core.MessageType.heartbeatResponse, from: 2, term: 1, round: 0 });
      }
      assert.deepEqual(leader.snapshotReads.splice(0), [{ to: 3, index: 7, offset: 0 }]);
      leader.unlink(3);
      leader.link(3);
      assert.deepEqual(leader.snapshotReads.splice(0), [{ to: 3, index: 7, offset: 0 }]);
    },
  },
  {
    name: "the transfer begins again where the sender's snapshot is gone",
    check: (core) => {
      const leader = leaderOfLaggard(core);
      leader.raft.snapshotRead(3, newest, 0, new Uint8Array(10), false);
      leader.step({
        type: core.MessageType.snapshotResponse,
        from: 3,
        term: 1,
        index: 7,
        offset: 10,
        installed: false,
      });
      leader.snapshotReads.splice(0);
      leader.raft.snapshotReadFailed(3);
      for (let i = 0; i < 5 * HEARTBEAT_TICKS; i += 1) {
        leader.tick();
        leader.step({ type: core.MessageType.heartbeatResponse, from: 2, term: 1, round: 0 });
      }
      assert.deepEqual(leader.snapshotReads.splice(0), [{ to: 3, index: 0, offset: 0 }]);
    },
  },
  {
    name: 'a follower writes the pieces aside in order, and asks again for what is missing',
    check: (core) => {
      const { snapshotResponse } = core.MessageType;
      const node = new BenchNode(core, { id: 1, term: 2 });
      chunk(core, node, 10, false);
      assert.deepEqual(
        node.takeOf(snapshotResponse).map((each) => each.offset),
        [0],
      );
      chunk(core, node, 0, false);
      chunk(core, node, 0, false);
      assert.equal(node.snapshotWrites.length, 1);
      assert.deepEqual(node.takeOf(snapshotResponse), []);
      writeAside(node);
      assert.deepEqual(
        node.takeOf(snapshotResponse).map((each) => each.offset),
        [10],
      );
      chunk(core, node, 20, true);
      assert.deepEqual(
        node.takeOf(snapshotResponse).map((each) => each.offset),
        [10],
      );
      chunk(core, node, 0, false);
      assert.deepEqual(
        node.takeOf(snapshotResponse).map((each) => each.offset),
        [10],
      );
    },
  },
  {
    name: 'an installed snapshot replaces the log, and is acknowledged once it is durable (paper 7)',
    check: (core) => {
      const { snapshotResponse } = core.MessageType;
      const node = new BenchNode(core, { log: [1, 1], term: 2 });
      node.autoPersist = false;
      chunk(core, node, 0, false);
      node.persist();
      writeAside(node);
      chunk(core, node, 10, true);
      writeAside(node);
      assert.equal(node.writing?.snapshot?.index, 20);
      assert.deepEqual([node.raft.lastIndex, node.raft.commit, node.raft.applied], [20, 20, 20]);
      append(core, node, { term: 2, prevIndex: 20, prevTerm: 2, entries: [2], commit: 21 });
      assert.deepEqual(
        node.takeOf(snapshotResponse).filter((each) => each.installed),
        [],
      );
      assert.deepEqual(node.takeOf(core.MessageType.appendResponse), []);
      assert.equal(node.applied.length, 0, 'nothing above the snapshot is applied before it is installed');
      node.persist();
      const [installed] = node.takeOf(snapshotResponse).filter((each) => each.installed);
      assert.equal(installed?.index, 20);
      assert.deepEqual(
        node.applied.map((each) => each.index),
        [21],
      );
    },
  },
  {
    name: 'a member that was sent a snapshot has not caught up before it has applied what was committed beyond it',
    check: (core) => {
      const node = new BenchNode(core, { log: [1, 1], term: 2 });
      const heartbeat = { type: core.MessageType.heartbeat, from: 2, to: 1, term: 2, commit: 0, round: 1 };
      node.step(heartbeat);
      chunk(core, node, 0, true);
      writeAside(node);
      node.step({ ...heartbeat, commit: 20, round: 2 });
      assert.deepEqual([node.raft.applied, node.hasCaughtUp], [20, false]);
      append(core, node, { term: 2, prevIndex: 20, prevTerm: 2, entries: [2], commit: 22 });
      assert.deepEqual([node.raft.applied, node.hasCaughtUp], [21, false]);
      append(core, node, { term: 2, prevIndex: 21, prevTerm: 2, entries: [2], commit: 22 });
      assert.deepEqual([node.raft.applied, node.hasCaughtUp], [22, true]);
    },
  },
  {
    name: 'a member that installs a snapshot has not caught up before the snapshot is its state',
    check: (core) => {
      const node = new BenchNode(core, { log: [1, 1], term: 2 });
      append(core, node, { term: 2, prevIndex: 5, prevTerm: 1, entries: [], commit: 5 });
      assert.equal(node.hasCaughtUp, true);
      node.autoPersist = false;
      chunk(core, node, 0, true);
      writeAside(node);
      assert.equal(node.writing?.snapshot?.index, 20);
      assert.equal(node.hasCaughtUp, false);
      node.persist();
      assert.equal(node.hasCaughtUp, true);
    },
  },
  {
    name: "a snapshot's configuration is in force with it (paper 7)",
    check: (core) => {
      const node = new BenchNode(core, { voters: [], options: { snapshot: core.blankSnapshot } });
      node.link(2);
      const joined = { index: 20, term: 2, configuration: configurationOf(15, [2, 3], [], [1]) };
      chunk(core, node, 0, true, joined);
      writeAside(node);
      assert.deepEqual(node.raft.configuration.learners, [1]);
    },
  },
  {
    name: 'a snapshot of what the log already holds changes nothing (paper 7: retain the log)',
    check: (core) => {
      const { appendResponse } = core.MessageType;
      const node = new BenchNode(core, { log: [2, 2, 2, 2], term: 2 });
      const covered = { ...snapshot, index: 5 };
      chunk(core, node, 0, true, covered);
      assert.deepEqual(node.snapshotWrites, []);
      assert.deepEqual([node.raft.lastIndex, node.raft.commit], [7, 5]);
      assert.deepEqual(
        node.takeOf(appendResponse).map((each) => [each.accepted, each.index]),
        [[true, 5]],
      );
    },
  },
  {
    name: "another leader's snapshot begins at its own offset 0, after the piece under way",
    check: (core) => {
      const { snapshotResponse } = core.MessageType;
      const node = new BenchNode(core, { term: 2 });
      chunk(core, node, 0, false);
      chunk(core, node, 0, false, snapshot, 3, 3);
      assert.equal(node.snapshotWrites.length, 1, 'one piece is written at a time');
      writeAside(node);
      assert.deepEqual(node.takeOf(snapshotResponse), []);
      chunk(core, node, 10, true, snapshot, 3, 3);
      assert.deepEqual(
        node.takeOf(snapshotResponse).map((each) => each.offset),
        [0],
      );
      chunk(core, node, 0, false, snapshot, 3, 3);
      writeAside(node);
      assert.deepEqual(
        node.takeOf(snapshotResponse).map((each) => [each.to, each.offset]),
        [[3, 10]],
      );
    },
  },
  {
    name: 'a piece larger than allowed is not taken',
    check: (core) => {
      const node = new BenchNode(core, { term: 2 });
      node.step({
        type: core.MessageType.snapshotChunk,
        from: 2,
        term: 2,
        snapshot,
        offset: 0,
        data: new Uint8Array(1_001),
        done: true,
      });
      assert.deepEqual(node.snapshotWrites, []);
    },
  },
  {
    name: 'the log below a snapshot may go, but not what is not applied',
    check: (core) => {
      const node = new BenchNode(core, { term: 1 });
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [1, 1, 1], commit: 5 });
      node.raft.compact(5);
      assert.deepEqual([node.raft.compactedIndex, node.raft.termAt(5), node.raft.termAt(4)], [5, 1, -1]);
      assert.throws(
        () => node.raft.compact(6),
        (error: { code?: string }) => error.code === 'compacted-beyond-applied',
      );
    },
  },
];
