import type { Raft } from 'raft-ts-lite';
import { beforeEach, describe, expect, test } from 'vitest';
import { FieldReader } from '../../src/codec/field-reader.ts';
import { CommandFlag, emptyCommandHeader, readCommandHeader } from '../../src/model/command.ts';
import { FIRST_LEVEL, ZOOKEEPER_LEVEL } from '../../src/model/feature-level.ts';
import { Outbox } from '../../src/replica/peers/outbox.ts';
import { PeerProtocolError, peerFormat } from '../../src/replica/peers/peer-format.ts';
import { PeerFrame } from '../../src/replica/peers/peer-frames.ts';
import { ProposalQueue, writeForwardPosition } from '../../src/replica/proposal-queue.ts';
import { writeForwards } from '../../src/replica/requests.ts';
import { namedCommand, otherOrigin, readNamed } from './model-machine.ts';

let proposals: ProposalQueue;
let level: number;
let flags: number[];
let proposed: number[][];
let times: number[];
let refusal: string | undefined;

const raft = {
  propose: (batch: readonly Uint8Array[]) => {
    if (refusal !== undefined) return { refused: refusal };
    proposed.push(batch.map((command) => readNamed(command).name));
    for (const command of batch) {
      const header = emptyCommandHeader();
      readCommandHeader(command, 0, header);
      times.push(header.timeMs);
      flags.push(header.flags);
    }
    return { firstIndex: 1 };
  },
} as unknown as Raft;

function queue(forwardFrameBytes: number, enforcesQuotas = true): ProposalQueue {
  const machine = {
    get featureLevel() {
      return level;
    },
    whyUnfit: otherOrigin,
  };
  return new ProposalQueue({ machine, bounds: { forwardFrameBytes }, enforcesQuotas });
}

beforeEach(() => {
  level = FIRST_LEVEL;
  proposals = queue(1_000_000);
  proposed = [];
  times = [];
  flags = [];
  refusal = undefined;
});

/** A forward frame's payload: requests with these numbers, each named by its number. */
function forwardOf(from: number, term: number, ...numbers: number[]): FieldReader {
  const writer = new Outbox(1_000_000);
  writeForwards(
    writer,
    term,
    numbers.map((number) => namedCommand(from, number, number)),
    1_000_000,
  );
  const reader = new FieldReader(writer.takeBytes().subarray(4), peerFormat);
  expect(reader.u8()).toBe(PeerFrame.forward);
  return reader;
}

describe('a leader', () => {
  test('proposes all of a turn at once, in the order in which it came', () => {
    proposals.lead(3);
    proposals.receive(2, forwardOf(2, 3, 1, 2));
    proposals.own.push(namedCommand(1, 1, 77));
    proposals.receive(2, forwardOf(2, 3, 3));
    proposals.propose(raft, 5);
    proposals.propose(raft, 6);
    expect(proposed).toEqual([[1, 2, 77, 3]]);
  });

  test('takes each request once, whatever links it came over', () => {
    proposals.lead(3);
    proposals.receive(2, forwardOf(2, 3, 1, 2, 3));
    proposals.receive(2, forwardOf(2, 3, 2, 3, 4));
    proposals.receive(2, forwardOf(2, 3, 1));
    proposals.propose(raft, 5);
    expect(proposed).toEqual([[1, 2, 3, 4]]);
    expect(proposals.positionOf(2)).toBe(4);
    expect(proposals.positionOf(3)).toBe(0);
  });

  test('takes requests only from the member that they say they are of', () => {
    proposals.lead(3);
    expect(() => proposals.receive(3, forwardOf(2, 3, 1))).toThrow(PeerProtocolError);
    expect(proposals.length).toBe(0);
  });

  test('proposes nothing of a frame that it does not take as a whole', () => {
    proposals.lead(3);
    const mixed = new Outbox(1_000_000);
    writeForwards(mixed, 3, [namedCommand(2, 1, 1), namedCommand(9, 2, 2)], 1_000_000);
    const reader = new FieldReader(mixed.takeBytes().subarray(5), peerFormat);
    expect(() => proposals.receive(2, reader)).toThrow(PeerProtocolError);
    expect(proposals.length).toBe(0);
    proposals.receive(2, forwardOf(2, 3, 1));
    proposals.propose(raft, 5);
    expect(proposed).toEqual([[1]]);
  });

  test('refuses forwards of another term, older or newer', () => {
    proposals.lead(3);
    proposals.receive(2, forwardOf(2, 2, 1));
    proposals.receive(2, forwardOf(2, 4, 1));
    expect(proposals.length).toBe(0);
    expect(proposals.positionOf(2)).toBe(0);
  });

  test('begins a term with nothing of the one before', () => {
    proposals.lead(3);
    proposals.receive(2, forwardOf(2, 3, 1, 2));
    proposals.lead(4);
    expect(proposals.length).toBe(0);
    expect(proposals.positionOf(2)).toBe(0);
    proposals.receive(2, forwardOf(2, 4, 1));
    proposals.propose(raft, 5);
    expect(proposed).toEqual([[1]]);
  });

  test('proposes in pieces, so that the log can refuse the rest', () => {
    const size = namedCommand(2, 1, 1).length;
    proposals = queue(2 * size);
    proposals.lead(3);
    proposals.receive(2, forwardOf(2, 3, 1, 2, 3, 4, 5));
    const refusing = {
      propose: (batch: readonly Uint8Array[]) =>
        proposed.length === 1 ? { refused: 'overloaded' } : raft.propose(batch),
    } as unknown as Raft;
    proposals.propose(refusing, 5);
    expect(proposed).toEqual([[1, 2]]);
    expect(proposals.length).toBe(3);
    proposals.propose(raft, 6);
    expect(proposed).toEqual([[1, 2], [3, 4], [5]]);
    expect(times).toEqual([5, 5, 6, 6, 6]);
  });

  test.each([
    ['nothing below the level that knows quotas', FIRST_LEVEL, true, 0],
    ['that hard limits hold, where it enforces them', ZOOKEEPER_LEVEL, true, CommandFlag.enforcesQuotas],
    ['that they do not, where it does not', ZOOKEEPER_LEVEL, false, 0],
  ])('says with each command %s', (_, inForce, enforcesQuotas, expected) => {
    proposals = queue(1_000_000, enforcesQuotas);
    proposals.lead(3);
    level = inForce;
    proposals.receive(2, forwardOf(2, 3, 1));
    proposals.propose(raft, 5);
    expect(flags).toEqual([expected]);
  });

  test('says what it would have itself of a command that another leader proposed before', () => {
    const command = namedCommand(2, 1, 1);
    level = ZOOKEEPER_LEVEL;
    for (const enforcesQuotas of [true, false]) {
      proposals = queue(1_000_000, enforcesQuotas);
      proposals.lead(3);
      proposals.own.push(command);
      proposals.propose(raft, 5);
    }
    expect(flags).toEqual([CommandFlag.enforcesQuotas, 0]);
  });

  test('keeps what the log does not take now, and what comes meanwhile behind it', () => {
    proposals.lead(3);
    refusal = 'overloaded';
    proposals.receive(2, forwardOf(2, 3, 1));
    proposals.propose(raft, 5);
    proposals.receive(2, forwardOf(2, 3, 2));
    refusal = undefined;
    proposals.propose(raft, 6);
    expect(proposed).toEqual([[1, 2]]);
  });
});

describe('who does not lead', () => {
  test('takes nothing', () => {
    proposals.receive(2, forwardOf(2, 0, 1));
    proposals.lead(3);
    proposals.cease();
    proposals.receive(2, forwardOf(2, 3, 1));
    expect(proposals.length).toBe(0);
    expect(proposals.leadsTerm).toBe(0);
  });

  test('forgets what it gathered', () => {
    proposals.lead(3);
    proposals.receive(2, forwardOf(2, 3, 1));
    proposals.cease();
    proposals.propose(raft, 5);
    expect(proposed).toEqual([]);
  });
});

test('stamps each command of a batch with the one time that it is given', () => {
  proposals.lead(3);
  proposals.receive(2, forwardOf(2, 3, 1, 2));
  proposals.propose(raft, 10_500);
  proposals.receive(2, forwardOf(2, 3, 3));
  proposals.propose(raft, 10_600);
  expect(times).toEqual([10_500, 10_500, 10_600]);
});

test('a forward frame that lies about its count or its blocks is refused as a broken protocol', () => {
  proposals.lead(3);
  const writer = new Outbox(1_000_000);
  writer.f64(3);
  writer.u32(1_000_000);
  writer.block(namedCommand(2, 1, 1));
  expect(() => proposals.receive(2, new FieldReader(writer.takeBytes(), peerFormat))).toThrow(
    "a peer's frame ends",
  );
});

test('the word on how far requests came carries term and number', () => {
  const writer = new Outbox(1_000_000);
  writeForwardPosition(writer, 7, 2 ** 40 + 5);
  const reader = new FieldReader(writer.takeBytes().subarray(4), peerFormat);
  expect([reader.u8(), reader.f64(), reader.f64()]).toEqual([PeerFrame.forwardPosition, 7, 2 ** 40 + 5]);
});
