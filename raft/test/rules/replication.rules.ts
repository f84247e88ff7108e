import assert from 'node:assert/strict';
import { accept, append, BenchNode, elect, leaderOf } from '../support/bench-node.ts';
import type { Rule } from '../support/rule.ts';

export const replicationRules: Rule[] = [
  {
    name: 'a new leader appends an empty entry of its term (thesis 6.4)',
    check: (core) => {
      const node = new BenchNode(core, { log: [1] });
      elect(core, node, [2]);
      assert.deepEqual(node.terms(), [1, 2]);
      assert.equal(node.writes.at(-1)?.entries[0]?.kind, core.EntryKind.empty);
    },
  },
  {
    name: 'a batch of proposals leaves as one append to each follower, beside the own sync (paper 5.3, thesis 10.2.1)',
    check: (core) => {
      const leader = leaderOf(core);
      leader.autoPersist = false;
      assert.deepEqual(leader.propose('a', 'b', 'c'), { firstIndex: 5 });
      const appends = leader.takeOf(core.MessageType.append);
      assert.deepEqual(
        appends.map((each) => [each.to, each.prevIndex, each.entries.length]),
        [
          [2, 4, 3],
          [3, 4, 3],
        ],
      );
      assert.equal(leader.writing?.entries.length, 3);
    },
  },
  {
    name: 'an entry commits once a majority holds it (paper 5.3)',
    check: (core) => {
      const cases: [size: number, acknowledging: number[], committed: boolean][] = [
        [3, [], false],
        [3, [2], true],
        [5, [2], false],
        [5, [2, 5], true],
        [5, [2, 3, 4, 5], true],
        [4, [2], false],
        [4, [2, 3], true],
      ];
      for (const [size, acknowledging, committed] of cases) {
        const leader = leaderOf(core, { voters: Array.from({ length: size }, (_, i) => i + 1) });
        leader.propose('x');
        const index = leader.raft.lastIndex;
        for (const from of acknowledging) accept(core, leader, from, index);
        assert.equal(leader.raft.commit === index, committed, `${size} voters, ${acknowledging}`);
        assert.equal(leader.applied.at(-1)?.index === index, committed);
      }
    },
  },
  {
    name: 'the leader counts itself only once its own copy is durable (thesis 10.2.1)',
    check: (core) => {
      const leader = leaderOf(core);
      leader.autoPersist = false;
      leader.propose('x');
      accept(core, leader, 2, 5);
      assert.equal(leader.raft.commit, 4);
      leader.persist();
      assert.equal(leader.raft.commit, 5);
      leader.propose('y');
      accept(core, leader, 2, 6);
      accept(core, leader, 3, 6);
      assert.equal(leader.raft.commit, 6);
    },
  },
  {
    name: 'an entry of an older term never commits by counting copies, only along with one of the own (paper 5.4.2, figure 8)',
    check: (core) => {
      const node = new BenchNode(core, { log: [2], term: 3 });
      elect(core, node, [2]);
      assert.deepEqual(node.terms(), [2, 4]);
      accept(core, node, 2, 4);
      accept(core, node, 3, 4);
      assert.equal(node.raft.commit, 3);
      accept(core, node, 2, 5);
      assert.equal(node.raft.commit, 5);
      assert.deepEqual(
        node.applied.map((each) => each.term),
        [2, 4],
      );
    },
  },
  {
    name: 'followers learn what is committed and apply it in log order (paper 5.3)',
    check: (core) => {
      const node = new BenchNode(core, { term: 1 });
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [1, 1, 1], commit: 4 });
      assert.deepEqual(
        node.applied.map((each) => each.index),
        [4],
      );
      append(core, node, { term: 1, prevIndex: 6, prevTerm: 1, entries: [], commit: 6 });
      assert.deepEqual(
        node.applied.map((each) => each.index),
        [4, 5, 6],
      );
      const leader = leaderOf(core);
      leader.propose('x');
      leader.take();
      accept(core, leader, 2, 5);
      const told = leader.takeOf(core.MessageType.append).filter((each) => each.commit === 5);
      assert.deepEqual(
        told.map((each) => each.to),
        [2, 3],
      );
    },
  },
  {
    name: 'a follower commits no further than what the message proves to match (figure 2: min(leaderCommit, last new))',
    check: (core) => {
      const node = new BenchNode(core, { log: [1, 1, 1], term: 2 });
      append(core, node, { term: 2, prevIndex: 4, prevTerm: 1, entries: [], commit: 6 });
      assert.equal(node.raft.commit, 4);
      node.step({ type: core.MessageType.heartbeat, from: 2, term: 2, commit: 6, round: 1 });
      assert.equal(node.raft.commit, 4);
    },
  },
  {
    name: 'an append is refused where the entry before it does not match (paper 5.3)',
    check: (core) => {
      const { appendResponse } = core.MessageType;
      const cases: [prevIndex: number, prevTerm: number, accepted: boolean][] = [
        [3, 0, true],
        [4, 1, true],
        [5, 2, true],
        [5, 1, false],
        [5, 3, false],
        [6, 2, false],
      ];
      for (const [prevIndex, prevTerm, accepted] of cases) {
        const node = new BenchNode(core, { log: [1, 2], term: 3 });
        append(core, node, { term: 3, prevIndex, prevTerm, entries: [] });
        const [answer] = node.takeOf(appendResponse);
        assert.equal(answer?.accepted, accepted, `after ${prevIndex} of term ${prevTerm}`);
        assert.equal(answer?.index, prevIndex);
      }
    },
  },
  {
    name: "conflicting entries are cut off and replaced by the leader's (paper 5.3, figure 7)",
    check: (core) => {
      const leaderLog = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
      const followers = [
        [1, 1, 1, 4, 4, 5, 5, 6, 6],
        [1, 1, 1, 4],
        [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
        [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
        [1, 1, 1, 4, 4, 4, 4],
        [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
      ];
      for (const log of followers) {
        const leader = new BenchNode(core, { log: leaderLog, term: 7, unlinked: [2] });
        const follower = new BenchNode(core, { id: 2, log, term: 7 });
        elect(core, leader, [3]);
        assert.equal(leader.raft.term, 8);
        leader.take();
        leader.link(2);
        for (let quiet = false; !quiet; ) {
          const messages = [...leader.take(), ...follower.take()];
          quiet = messages.length === 0;
          for (const message of messages) {
            if (message.to === 2) follower.step(message);
            else if (message.from === 2) leader.step(message);
          }
        }
        assert.deepEqual(follower.terms(), [...leaderLog, 8], `follower ${log}`);
      }
    },
  },
  {
    name: 'the leader backs up by whole terms: one refusal for each term that conflicts (paper 5.3)',
    check: (core) => {
      const terms = [1, ...new Array<number>(50).fill(5)];
      const leader = new BenchNode(core, { log: terms, term: 5, unlinked: [2] });
      const follower = new BenchNode(core, { id: 2, log: [1, ...new Array<number>(60).fill(3)], term: 5 });
      elect(core, leader, [3]);
      leader.take();
      leader.link(2);
      let refusals = 0;
      for (let quiet = false; !quiet; ) {
        const messages = [...leader.take(), ...follower.take()];
        quiet = messages.length === 0;
        for (const message of messages) {
          if (message.type === core.MessageType.appendResponse && !message.accepted) refusals += 1;
          if (message.to === 2) follower.step(message);
          else if (message.from === 2) leader.step(message);
        }
      }
      assert.deepEqual(follower.terms(), [...terms, 6]);
      assert.ok(refusals <= 2, `${refusals} refusals`);
    },
  },
  {
    name: 'an append that comes again, or late, cuts nothing off (paper 5.3: appends are idempotent)',
    check: (core) => {
      const node = new BenchNode(core, { term: 1 });
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [1, 1, 1], commit: 3 });
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [1], commit: 3 });
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [], commit: 5 });
      assert.deepEqual(node.terms(), [1, 1, 1]);
      assert.equal(node.raft.commit, 5);
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [1, 1], commit: 5 });
      assert.deepEqual(node.terms(), [1, 1, 1]);
    },
  },
  {
    name: 'an acknowledgement leaves only once the entries and the term are durable (paper 5.1, figure 2)',
    check: (core) => {
      const { appendResponse } = core.MessageType;
      const node = new BenchNode(core);
      node.autoPersist = false;
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [1, 1] });
      append(core, node, { term: 1, prevIndex: 5, prevTerm: 1, entries: [1] });
      assert.deepEqual(node.takeOf(appendResponse), []);
      node.persist();
      assert.deepEqual(
        node.takeOf(appendResponse).map((each) => each.index),
        [5],
      );
      node.persist();
      assert.deepEqual(
        node.takeOf(appendResponse).map((each) => each.index),
        [6],
      );
    },
  },
  {
    name: 'a mere commit index of acknowledged entries is not answered, unless it moves nothing: then an answer was lost',
    check: (core) => {
      const { appendResponse } = core.MessageType;
      const node = new BenchNode(core, { term: 1 });
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [1, 1], commit: 3 });
      assert.equal(node.takeOf(appendResponse).at(-1)?.index, 5);
      append(core, node, { term: 1, prevIndex: 5, prevTerm: 1, entries: [], commit: 9 });
      assert.equal(node.takeOf(appendResponse).length, 0);
      append(core, node, { term: 1, prevIndex: 5, prevTerm: 1, entries: [], commit: 9 });
      assert.equal(node.takeOf(appendResponse).at(-1)?.index, 5);
    },
  },
  {
    name: 'what was cut off while it was being written does not count as durable',
    check: (core) => {
      const { appendResponse } = core.MessageType;
      const node = new BenchNode(core, { term: 1 });
      node.autoPersist = false;
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [1, 1, 1] });
      append(core, node, { from: 3, term: 2, prevIndex: 4, prevTerm: 1, entries: [2] });
      assert.deepEqual(node.terms(), [1, 2]);
      node.persist();
      assert.deepEqual(
        node.takeOf(appendResponse).filter((each) => each.index > 4),
        [],
      );
      assert.deepEqual(
        node.writing?.entries.map((each) => [each.index, each.term]),
        [[5, 2]],
      );
      node.persist();
      assert.deepEqual(
        node.takeOf(appendResponse).map((each) => [each.to, each.index]),
        [[3, 5]],
      );
    },
  },
  {
    name: 'committed entries never conflict: a member that would cut one off stops',
    check: (core) => {
      const node = new BenchNode(core, { term: 1 });
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [1, 1], commit: 5 });
      assert.throws(
        () => append(core, node, { term: 2, prevIndex: 3, prevTerm: 0, entries: [2] }),
        (error: { code?: string }) => error.code === 'committed-entry-conflict',
      );
    },
  },
];
