import assert from 'node:assert/strict';
import {
  append,
  BenchNode,
  type Core,
  ELECTION_TICKS,
  elect,
  type NodeSetup,
} from '../support/bench-node.ts';
import type { Rule } from '../support/rule.ts';

function suspect(core: Core, setup: NodeSetup = {}): BenchNode {
  const node = new BenchNode(core, { log: [1, 1], suspect: true, ...setup });
  node.take();
  return node;
}

function status(
  core: Core,
  node: BenchNode,
  from: number,
  lastIndex: number,
  { term = 1, lastTerm = 1, voters = [1, 2, 3] } = {},
): void {
  const { logStatus } = core.MessageType;
  node.step({ type: logStatus, from, term, lastIndex, lastTerm, voters, reply: false });
}

function askVote(core: Core, node: BenchNode, from: number, lastIndex: number): boolean | undefined {
  const { vote, voteResponse } = core.MessageType;
  node.step({ type: vote, from, term: 2, lastIndex, lastTerm: 1, transfer: false });
  return node.takeOf(voteResponse)[0]?.granted;
}

export const suspectRules: Rule[] = [
  {
    name: 'a suspect member neither campaigns nor votes on its own',
    check: (core) => {
      const node = suspect(core);
      node.tick(5 * ELECTION_TICKS);
      assert.equal(node.raft.role, 'follower');
      const { preVote, preVoteResponse } = core.MessageType;
      node.step({ type: preVote, from: 2, term: 2, lastIndex: 99, lastTerm: 1, transfer: false });
      assert.equal(node.takeOf(preVoteResponse)[0]?.granted, false);
      assert.equal(askVote(core, node, 2, 99), undefined);
      assert.equal(node.raft.vote, 0);
    },
  },
  {
    name: 'it asks all that it is linked to how far their logs go, and answers that itself',
    check: (core) => {
      const { logStatus } = core.MessageType;
      const node = new BenchNode(core, { log: [1, 1], suspect: true });
      assert.deepEqual(new Set(node.takeOf(logStatus).map((each) => each.to)), new Set([2, 3]));
      node.step({
        type: logStatus,
        from: 3,
        term: 1,
        lastIndex: 9,
        lastTerm: 1,
        voters: [1, 2, 3],
        reply: true,
      });
      const [answer] = node.takeOf(logStatus);
      assert.deepEqual([answer?.to, answer?.lastIndex, answer?.lastTerm, answer?.reply], [3, 5, 1, false]);
    },
  },
  {
    name: "it is trusted again once it durably holds what the leader's log held at first contact, not just what was committed",
    check: (core) => {
      const node = suspect(core, { term: 2 });
      node.autoPersist = false;
      append(core, node, { term: 2, prevIndex: 5, prevTerm: 1, entries: [2], commit: 6 });
      status(core, node, 2, 7, { term: 2, lastTerm: 2 });
      node.persist();
      assert.equal(node.raft.commit, 6);
      assert.equal(node.raft.isSuspect, true);
      append(core, node, { term: 2, prevIndex: 6, prevTerm: 2, entries: [2], commit: 6 });
      assert.equal(node.raft.isSuspect, true, 'not before it is durable');
      node.persist();
      assert.equal(node.raft.isSuspect, false);
      assert.equal(node.writing?.clearSuspect, true);
    },
  },
  {
    name: 'a status of an older leader, or of a follower, does not end the suspicion',
    check: (core) => {
      const node = suspect(core, { term: 2 });
      append(core, node, { term: 2, prevIndex: 5, prevTerm: 1, entries: [2], commit: 6 });
      status(core, node, 3, 5, { term: 2 });
      status(core, node, 2, 5, { term: 1 });
      assert.equal(node.raft.isSuspect, true);
    },
  },
  {
    name: 'with every voter told, it votes for the newest log of all and for no other',
    check: (core) => {
      for (const [lastIndex, granted] of [
        [8, true],
        [7, undefined],
      ] as const) {
        const node = suspect(core);
        assert.equal(askVote(core, node, 2, lastIndex), undefined);
        status(core, node, 2, lastIndex, { term: 2 });
        status(core, node, 3, 8, { term: 2 });
        const [answer] = node.takeOf(core.MessageType.voteResponse);
        assert.equal(answer?.granted, granted);
      }
    },
  },
  {
    name: 'a status told in a term before the vote does not count: more may have been acknowledged since',
    check: (core) => {
      const node = suspect(core);
      status(core, node, 2, 8, { term: 2 });
      status(core, node, 3, 8, { term: 1 });
      assert.equal(askVote(core, node, 2, 8), undefined);
      status(core, node, 3, 8, { term: 2 });
      assert.deepEqual(
        node.takeOf(core.MessageType.voteResponse).map((each) => each.granted),
        [true],
      );
    },
  },
  {
    name: 'a status does not outlive its link',
    check: (core) => {
      const node = suspect(core);
      status(core, node, 2, 8, { term: 2 });
      status(core, node, 3, 8, { term: 2 });
      node.unlink(3);
      assert.equal(askVote(core, node, 2, 8), undefined);
    },
  },
  {
    name: 'every voter means those of the newest configuration too: its own may have been cut off',
    check: (core) => {
      const node = suspect(core);
      node.link(4);
      assert.equal(askVote(core, node, 2, 8), undefined);
      status(core, node, 2, 8, { term: 2, voters: [1, 2, 4] });
      status(core, node, 3, 7, { term: 2 });
      assert.deepEqual(node.takeOf(core.MessageType.voteResponse), []);
      status(core, node, 4, 9, { term: 2, voters: [1, 2, 4] });
      assert.deepEqual(node.takeOf(core.MessageType.voteResponse), [], '4 has more');
    },
  },
  {
    name: 'with the newest log of all it campaigns itself, and is trusted once it leads',
    check: (core) => {
      const { preVoteResponse, voteResponse } = core.MessageType;
      const node = suspect(core);
      status(core, node, 2, 5);
      status(core, node, 3, 4);
      elect(core, node, []);
      assert.equal(node.raft.role, 'pre-candidate');
      node.step({ type: preVoteResponse, from: 2, term: 2, granted: true });
      node.step({ type: voteResponse, from: 2, term: 2, granted: true });
      assert.equal(node.raft.role, 'candidate', 'its own vote waits for statuses of the new term');
      status(core, node, 2, 5, { term: 2 });
      status(core, node, 3, 4, { term: 2 });
      assert.equal(node.raft.role, 'leader');
      assert.equal(node.raft.isSuspect, false);
      assert.ok(node.writes.some((write) => write.clearSuspect));
    },
  },
  {
    name: 'a suspect member acknowledges what it durably appends',
    check: (core) => {
      const node = suspect(core, { term: 2 });
      append(core, node, { term: 2, prevIndex: 5, prevTerm: 1, entries: [2] });
      assert.equal(node.takeOf(core.MessageType.appendResponse).at(-1)?.index, 6);
    },
  },
];
