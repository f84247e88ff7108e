import assert from 'node:assert/strict';
import type { TermRun } from '../../src/index.ts';
import {
  accept,
  append,
  BenchNode,
  type Core,
  configurationOf,
  elect,
  entriesOf,
} from '../support/bench-node.ts';
import type { Rule } from '../support/rule.ts';

/** A member of three (genesis at 3) that has started with entries 4 to `last` in storage alone. */
function startedWith(core: Core, last: number, terms: readonly TermRun[], term: number): BenchNode {
  return new BenchNode(core, {
    id: 2,
    term,
    options: { maxMessageBytes: 200, stored: { last, terms, configurations: [] } },
  });
}

const appliedBy = (node: BenchNode): number[] => node.applied.splice(0).map(({ index }) => index);

/** What storage holds after a start is not in memory: how it is applied, sent and replaced from there. */
export const replayRules: Rule[] = [
  {
    name: 'committed entries that are in storage only are read from there, a batch ahead of the one that is applied',
    check: (core) => {
      const node = startedWith(core, 9, [{ firstIndex: 4, term: 1 }], 1);
      append(core, node, { from: 1, term: 1, prevIndex: 9, prevTerm: 1, entries: [], commit: 8 });
      assert.deepEqual(node.entriesReads.splice(0), [{ to: 2, from: 4, maxBytes: 200 }]);
      node.raft.entriesRead(2, 4, entriesOf(3, [1, 1]));
      node.work();
      assert.deepEqual(appliedBy(node), [4, 5]);
      assert.deepEqual(node.entriesReads.splice(0), [{ to: 2, from: 6, maxBytes: 200 }]);
      // Entry 9 is not committed: it comes along and is not given out.
      node.raft.entriesRead(2, 6, entriesOf(5, [1, 1, 1, 1]));
      node.work();
      assert.deepEqual(appliedBy(node), [6, 7, 8]);
      assert.deepEqual(node.entriesReads.splice(0), []);
      append(core, node, { from: 1, term: 1, prevIndex: 9, prevTerm: 1, entries: [1], commit: 10 });
      assert.deepEqual(node.entriesReads.splice(0), [{ to: 2, from: 9, maxBytes: 200 }]);
      node.raft.entriesRead(2, 9, entriesOf(8, [1, 1]));
      node.work();
      // From memory again, where entry 10 is.
      assert.deepEqual(appliedBy(node), [9, 10]);
    },
  },
  {
    name: 'a program that still applies is handed no more, from storage or memory, until it says that it is done; it acknowledges and commits meanwhile',
    check: (core) => {
      const node = startedWith(core, 7, [{ firstIndex: 4, term: 1 }], 1);
      append(core, node, { from: 1, term: 1, prevIndex: 7, prevTerm: 1, entries: [], commit: 7 });
      node.raft.entriesRead(2, 4, entriesOf(3, [1, 1]));
      node.work();
      assert.deepEqual(appliedBy(node), [4, 5]);
      node.raft.holdCommitted(true);
      node.raft.entriesRead(2, 6, entriesOf(5, [1, 1]));
      node.work();
      node.take();
      append(core, node, { from: 1, term: 1, prevIndex: 7, prevTerm: 1, entries: [1, 1], commit: 9 });
      assert.deepEqual(appliedBy(node), []);
      assert.equal(node.raft.commit, 9);
      assert.deepEqual(
        node.takeOf(core.MessageType.appendResponse).map(({ accepted, index }) => [accepted, index]),
        [[true, 9]],
      );
      node.raft.holdCommitted(false);
      node.work();
      assert.deepEqual(appliedBy(node), [6, 7, 8, 9]);
    },
  },
  {
    name: 'what was read of a tail that a leader has replaced meanwhile is not applied',
    check: (core) => {
      const node = startedWith(core, 7, [{ firstIndex: 4, term: 1 }], 2);
      append(core, node, { from: 1, term: 2, prevIndex: 5, prevTerm: 1, entries: [], commit: 5 });
      assert.deepEqual(node.entriesReads.splice(0), [{ to: 2, from: 4, maxBytes: 200 }]);
      append(core, node, { from: 1, term: 2, prevIndex: 5, prevTerm: 1, entries: [2, 2], commit: 7 });
      node.raft.entriesRead(2, 4, entriesOf(3, [1, 1, 1, 1]));
      node.work();
      assert.deepEqual(
        node.applied.map(({ index, term }) => [index, term]),
        [
          [4, 1],
          [5, 1],
          [6, 2],
          [7, 2],
        ],
      );
    },
  },
  {
    name: 'a leader sends its followers from storage what it has not in memory after a start',
    check: (core) => {
      const node = startedWith(core, 6, [{ firstIndex: 4, term: 1 }], 1);
      elect(core, node, [3]);
      node.take();
      const { appendResponse } = core.MessageType;
      node.step({
        type: appendResponse,
        from: 3,
        term: 2,
        accepted: false,
        index: 6,
        hintIndex: 4,
        hintTerm: 1,
      });
      node.work();
      assert.deepEqual(node.entriesReads.splice(0), [{ to: 3, from: 5, maxBytes: 200 }]);
      node.raft.entriesRead(3, 5, entriesOf(4, [1, 1]));
      node.work();
      const appends = node.takeOf(core.MessageType.append).filter((each) => each.to === 3);
      assert.deepEqual(
        appends.map((each) => [each.prevIndex, each.entries.length]),
        [[4, 2]],
      );
      accept(core, node, 3, 7);
      assert.equal(node.raft.commit, 7);
    },
  },
  {
    name: 'a configuration among the stored entries is in force from the start',
    check: (core) => {
      const configuration = configurationOf(5, [1, 2, 3, 4]);
      const data = core.encodeConfiguration(configuration);
      const node = new BenchNode(core, {
        id: 2,
        term: 1,
        options: {
          stored: {
            last: 6,
            terms: [{ firstIndex: 4, term: 1 }],
            configurations: [{ index: 5, term: 1, kind: core.EntryKind.configuration, data }],
          },
        },
      });
      assert.deepEqual(node.raft.configuration, configuration);
      append(core, node, { from: 1, term: 2, prevIndex: 4, prevTerm: 1, entries: [2] });
      assert.equal(node.raft.configuration.index, 3);
    },
  },
  {
    name: 'storage that does not hold what is committed and not applied is an invariant broken',
    check: (core) => {
      const node = startedWith(core, 6, [{ firstIndex: 4, term: 1 }], 1);
      append(core, node, { from: 1, term: 1, prevIndex: 6, prevTerm: 1, entries: [], commit: 6 });
      assert.throws(() => node.raft.entriesRead(2, 4, undefined), { code: 'committed-entry-missing' });
    },
  },
];
