import assert from 'node:assert/strict';
import type { Core } from '../support/bench-node.ts';
import {
  append,
  BenchNode,
  configurationOf,
  ELECTION_TICKS,
  elect,
  LINK_DOWN_TICKS,
  leaderOf,
  type NodeSetup,
} from '../support/bench-node.ts';
import type { Rule } from '../support/rule.ts';

/** A follower of 2 in term 1. */
function followerOfTwo(core: Core, setup: NodeSetup = {}): BenchNode {
  const node = new BenchNode(core, { term: 1, ...setup });
  node.step({ type: core.MessageType.heartbeat, from: 2, term: 1, commit: 0, round: 0 });
  node.take();
  return node;
}

function askPreVote(core: Core, node: BenchNode, from: number, lastIndex = 3): boolean | undefined {
  node.step({ type: core.MessageType.preVote, from, term: 2, lastIndex, lastTerm: 0, transfer: false });
  return node.takeOf(core.MessageType.preVoteResponse)[0]?.granted;
}

/** What they send to one another arrives at once, until nobody sends any more. */
function deliverAmong(nodes: readonly BenchNode[]): void {
  for (let quiet = false; !quiet; ) {
    const messages = nodes.flatMap((node) => node.take());
    quiet = messages.length === 0;
    for (const message of messages) nodes.find((node) => node.id === message.to)?.step(message);
  }
}

export const preVoteRules: Rule[] = [
  {
    name: 'a pre-vote raises no term, neither at who asks nor at who is asked (thesis 9.6)',
    check: (core) => {
      const node = new BenchNode(core, { term: 1 });
      elect(core, node, []);
      assert.equal(node.raft.role, 'pre-candidate');
      assert.equal(node.raft.term, 1);
      const asked = new BenchNode(core, { term: 1 });
      assert.equal(askPreVote(core, asked, 2), true);
      assert.equal(asked.raft.term, 1);
      assert.equal(asked.raft.vote, 0);
      assert.deepEqual(asked.writes, []);
    },
  },
  {
    name: 'a member cut off for long returns without unseating the leader (thesis 9.6)',
    check: (core) => {
      const { appendResponse } = core.MessageType;
      const node = followerOfTwo(core, { unlinked: [3] });
      node.tick(50 * ELECTION_TICKS);
      assert.equal(node.raft.term, 1);
      node.take();
      node.step({ type: core.MessageType.heartbeat, from: 2, term: 1, commit: 0, round: 1 });
      assert.equal(node.raft.leader, 2);
      assert.deepEqual(node.takeOf(appendResponse), []);
    },
  },
  {
    name: 'no pre-vote against a leader that is linked and heard of (thesis 9.6, 4.2.3)',
    check: (core) => {
      const node = followerOfTwo(core);
      node.tick(ELECTION_TICKS - 1);
      assert.equal(askPreVote(core, node, 3), false);
      const leader = leaderOf(core);
      leader.step({
        type: core.MessageType.preVote,
        from: 2,
        term: 9,
        lastIndex: 99,
        lastTerm: 8,
        transfer: false,
      });
      assert.equal(leader.takeOf(core.MessageType.preVoteResponse)[0]?.granted, false);
      assert.equal(leader.raft.role, 'leader');
    },
  },
  {
    name: 'a pre-vote is granted once the own link to the leader is broken, or the leader silent',
    check: (core) => {
      const broken = followerOfTwo(core);
      broken.unlink(2);
      assert.equal(askPreVote(core, broken, 3), true);
      const silent = followerOfTwo(core, { learners: [1], voters: [2, 3] });
      assert.equal(askPreVote(core, silent, 3), false);
      silent.tick(ELECTION_TICKS);
      assert.equal(askPreVote(core, silent, 3), true);
    },
  },
  {
    name: 'a broken link to the leader starts the pre-vote within the stagger, at different ticks by seed',
    check: (core) => {
      const seen = new Set<number>();
      for (let seed = 1; seed <= 100; seed += 1) {
        const node = followerOfTwo(core, { options: { seed } });
        node.unlink(2);
        let ticks = 0;
        while (node.raft.role === 'follower' && ticks <= LINK_DOWN_TICKS) {
          node.tick();
          ticks += 1;
        }
        assert.equal(node.raft.role, 'pre-candidate', `seed ${seed}`);
        seen.add(ticks);
      }
      assert.equal(seen.size, LINK_DOWN_TICKS + 1);
    },
  },
  {
    name: 'a broken link to another follower starts nothing',
    check: (core) => {
      const node = followerOfTwo(core);
      node.unlink(3);
      node.tick(LINK_DOWN_TICKS + 1);
      assert.equal(node.raft.role, 'follower');
    },
  },
  {
    name: 'of two that ask with equal logs the higher id goes first and the lower one yields',
    check: (core) => {
      const higher = new BenchNode(core, { id: 3, term: 1 });
      elect(core, higher, []);
      assert.equal(higher.raft.role, 'pre-candidate');
      higher.take();
      assert.equal(askPreVote(core, higher, 2), false);
      const lower = new BenchNode(core, { id: 1, term: 1 });
      elect(core, lower, []);
      lower.take();
      assert.equal(askPreVote(core, lower, 2), true);
      assert.equal(lower.raft.role, 'follower');
    },
  },
  {
    name: 'a newer log goes before a higher id',
    check: (core) => {
      const node = new BenchNode(core, { id: 3, term: 1 });
      elect(core, node, []);
      node.take();
      assert.equal(askPreVote(core, node, 1, 4), true);
      assert.equal(node.raft.role, 'follower');
    },
  },
  {
    name: 'a hurried attempt that fails is repeated soon, then ever later',
    check: (core) => {
      const node = followerOfTwo(core);
      node.unlink(2);
      const attempts: number[] = [];
      for (let tick = 0; tick < 40; tick += 1) {
        node.tick();
        for (const { to, term } of node.takeOf(core.MessageType.preVote)) {
          if (to !== 3) continue;
          attempts.push(tick);
          node.step({ type: core.MessageType.preVoteResponse, from: 3, term: term - 1, granted: false });
        }
      }
      assert.ok(attempts.length >= 5, `attempts at ${attempts}`);
      assert.ok((attempts[1] ?? 99) - (attempts[0] ?? 0) <= 2 * LINK_DOWN_TICKS, `attempts at ${attempts}`);
    },
  },
  {
    name: 'after kill -9 of the leader the others elect one of themselves within a few ticks',
    check: (core) => {
      for (let seed = 1; seed <= 50; seed += 1) {
        const nodes = [1, 3].map((id) => followerOfTwo(core, { id, options: { seed: seed * 10 + id } }));
        for (const node of nodes) node.unlink(2);
        let ticks = 0;
        while (!nodes.some((node) => node.raft.role === 'leader')) {
          ticks += 1;
          assert.ok(ticks <= 2 * LINK_DOWN_TICKS, `seed ${seed}`);
          for (const node of nodes) node.tick();
          deliverAmong(nodes);
        }
      }
    },
  },
  {
    name: 'once the leader falls silent the others elect one of themselves as soon as both have waited an election timeout',
    check: (core) => {
      for (let seed = 1; seed <= 200; seed += 1) {
        const nodes = [1, 3].map((id) => followerOfTwo(core, { id, options: { seed: seed * 10 + id } }));
        // The last heartbeat reached one of them a tick later: it still holds on to its leader when the other one asks.
        nodes[seed % 2]?.tick();
        let ticks = 0;
        while (!nodes.some((node) => node.raft.role === 'leader')) {
          ticks += 1;
          assert.ok(ticks <= 2 * ELECTION_TICKS + 1, `seed ${seed}`);
          for (const node of nodes) node.tick();
          deliverAmong(nodes);
        }
      }
    },
  },
  {
    name: 'a learner, a member whose removal has committed and one that knows nothing never campaign',
    check: (core) => {
      const learner = new BenchNode(core, { id: 4, learners: [4] });
      const removed = new BenchNode(core, { id: 4 });
      const blank = new BenchNode(core, { voters: [], options: { snapshot: core.blankSnapshot } });
      for (const node of [learner, removed, blank]) {
        node.tick(10 * ELECTION_TICKS);
        assert.equal(node.raft.role, 'follower');
        assert.deepEqual(node.take(), []);
      }
    },
  },
  {
    name: 'a member with an empty disk gives no vote: it may have forgotten one',
    check: (core) => {
      const { vote, voteResponse } = core.MessageType;
      const blank = new BenchNode(core, { voters: [], options: { snapshot: core.blankSnapshot } });
      blank.link(2);
      assert.equal(askPreVote(core, blank, 2), false);
      blank.step({ type: vote, from: 2, term: 2, lastIndex: 9, lastTerm: 1, transfer: false });
      assert.deepEqual(
        blank.takeOf(voteResponse).map((each) => each.granted),
        [false],
      );
    },
  },
  {
    name: 'a member whose disk is full before it took anything of the log gives no vote: it may have forgotten one',
    check: (core) => {
      const { vote, voteResponse } = core.MessageType;
      const blank = new BenchNode(core, { voters: [], options: { snapshot: core.blankSnapshot } });
      for (const id of [2, 3]) blank.link(id);
      blank.autoPersist = false;
      const data = core.encodeConfiguration(configurationOf(1, [1, 2, 3]));
      const entries = [{ index: 1, term: 1, kind: core.EntryKind.configuration, data }];
      append(core, blank, { term: 1, prevIndex: 0, prevTerm: 0, entries });
      blank.refuse();
      assert.equal(blank.raft.lastIndex, 1);
      // Term and vote have room of their own.
      blank.persist();
      blank.unlink(2);
      blank.take();
      assert.equal(askPreVote(core, blank, 3, 9), false);
      blank.step({ type: vote, from: 3, term: 2, lastIndex: 9, lastTerm: 1, transfer: false });
      blank.persist();
      assert.deepEqual(
        blank.takeOf(voteResponse).map((each) => each.granted),
        [false],
      );
    },
  },
  {
    name: 'who follows the leader of a term votes for nobody else in it, even after a restart',
    check: (core) => {
      const node = followerOfTwo(core);
      assert.equal(node.raft.vote, 2);
      assert.deepEqual(node.writes.at(-1)?.hardState, { term: 1, vote: 2 });
    },
  },
];
