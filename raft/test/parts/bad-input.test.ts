import { describe, expect, test } from 'vitest';
import { Random } from '../../../testkit/src/random.ts';
import * as core from '../../src/index.ts';
import { type Message, MessageType, Raft, type RaftOptions } from '../../src/index.ts';
import { BenchNode, configurationOf, type Incoming, leaderOf } from '../support/bench-node.ts';

const numbers = [
  -1,
  0,
  0.5,
  1,
  2,
  3,
  4,
  5,
  7,
  1_000,
  Number.MAX_SAFE_INTEGER,
  Number.NaN,
  Number.POSITIVE_INFINITY,
];

/** A message of random kind whose numbers make little sense. */
function garbage(random: Random): Message {
  const number = (): number => random.pick(numbers);
  const index = number();
  const entry = {
    index,
    term: number(),
    kind: random.below(3) as 0 | 1 | 2,
    data: new Uint8Array(random.below(9)),
  };
  const snapshot = { index: number(), term: number(), configuration: configurationOf(3, [1, 2, 3]) };
  return {
    type: random.between(0, 15),
    from: random.pick([1, 2, 3, 9, 0, -4]),
    to: random.chance(0.9) ? 1 : 2,
    term: random.chance(0.7) ? random.between(1, 3) : number(),
    lastIndex: number(),
    lastTerm: number(),
    transfer: random.chance(0.5),
    granted: random.chance(0.5),
    prevIndex: random.chance(0.5) ? index - 1 : number(),
    prevTerm: number(),
    entries: random.chance(0.5) ? [] : [entry],
    commit: number(),
    accepted: random.chance(0.5),
    index: number(),
    hintIndex: number(),
    hintTerm: number(),
    round: number(),
    snapshot,
    offset: number(),
    data: new Uint8Array(random.below(20)),
    done: random.chance(0.5),
    installed: random.chance(0.5),
    token: number(),
    voters: [1, 2, number()],
    reply: random.chance(0.5),
  } as unknown as Message;
}

describe('bad input', () => {
  test('garbage from peers never throws, and never moves what is committed', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = new Random(seed);
      const node = random.chance(0.5)
        ? leaderOf(core)
        : new BenchNode(core, { log: [1, 1], suspect: random.chance(0.3) });
      const before = node.raft.commit;
      for (let step = 0; step < 300; step += 1) {
        const message = garbage(random);
        try {
          node.step(message as Incoming);
          node.raft.step(message);
          node.snapshotWrites.splice(0).forEach((piece) => {
            node.raft.snapshotWritten(piece.snapshot, piece.offset);
          });
          node.work();
          if (random.chance(0.1)) node.tick();
        } catch (error) {
          // A leader that contradicts what is committed is no bad input but lost data.
          if ((error as { code?: string }).code === 'committed-entry-conflict') break;
          throw new Error(`seed ${seed}, step ${step}: ${JSON.stringify(message)}`, { cause: error });
        }
        expect(node.raft.commit, `seed ${seed}, step ${step}`).toBeGreaterThanOrEqual(before);
      }
    }
  });

  test('answers to nothing that was asked have no effect', () => {
    const leader = leaderOf(core);
    const follower = new BenchNode(core, { term: 1 });
    for (const node of [leader, follower]) {
      const { raft } = node;
      raft.entriesRead(2, 4, []);
      raft.entriesRead(9, 4, undefined);
      raft.snapshotRead(
        2,
        { index: 4, term: 1, configuration: configurationOf(3, [1]) },
        0,
        new Uint8Array(1),
        true,
      );
      raft.snapshotReadFailed(2);
      raft.snapshotWritten({ index: 4, term: 1, configuration: configurationOf(3, [1]) }, 0);
      raft.peerConnected(raft.id);
      raft.peerDisconnected(77);
      node.work();
      expect(node.take()).toEqual([]);
    }
  });

  test('a Write or Ready that is not under way stops the member: the program around it is wrong', () => {
    const node = new BenchNode(core);
    const write = { snapshot: undefined, hardState: undefined, entries: [], clearSuspect: false };
    expect(() => node.raft.persisted(write)).toThrow(expect.objectContaining({ code: 'unknown-write' }));
    const ready = {
      messages: [],
      write,
      committed: [],
      readStates: [],
      entriesReads: [],
      snapshotReads: [],
      snapshotWrites: [],
    };
    expect(() => node.raft.advance(ready)).toThrow(expect.objectContaining({ code: 'unknown-ready' }));
  });

  test('options outside what is allowed are refused by name', () => {
    const options: RaftOptions = {
      id: 1,
      seed: 1,
      electionTicks: 10,
      heartbeatTicks: 2,
      linkDownTicks: 3,
      maxMessageBytes: 1,
      maxInflightMessages: 1,
      maxInflightBytes: 1,
      maxUncommittedBytes: 1,
      maxLogBytes: 0,
      snapshotChunkBytes: 1,
      hardState: { term: 0, vote: 0 },
      snapshot: core.blankSnapshot,
      entries: [],
      suspect: false,
    };
    expect(() => new Raft(options)).not.toThrow();
    const wrong: Partial<RaftOptions>[] = [
      { id: 0 },
      { id: 1.5 },
      { electionTicks: 0 },
      { heartbeatTicks: 6 },
      { linkDownTicks: 11 },
      { maxLogBytes: -1 },
      { maxInflightMessages: 0 },
      { maxInflightBytes: 0 },
      { maxMessageBytes: Number.NaN },
    ];
    for (const change of wrong) {
      const [option] = Object.keys(change);
      expect(() => new Raft({ ...options, ...change })).toThrow(
        expect.objectContaining({ code: 'invalid-option', option }),
      );
    }
    expect(Object.keys(MessageType)).toHaveLength(14);
  });
});
