import {
  type Configuration,
  type Entry,
  EntryKind,
  type Message,
  MessageType,
  type SnapshotMeta,
} from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import { type Bounds, boundsOf } from '../../../src/bounds/bounds.ts';
import { MAX_FRAME_BYTES, MAX_MEMBERS, MAX_SERVER_ID } from '../../../src/bounds/limits.ts';
import { COMMAND_HEADER_BYTES } from '../../../src/model/command.ts';
import { encodeContext } from '../../../src/replica/membership/membership.ts';
import { FrameSplitter } from '../../../src/replica/peers/frame-splitter.ts';
import { Outbox } from '../../../src/replica/peers/outbox.ts';
import { beginFrame, endFrame, PeerFrame, writeHello } from '../../../src/replica/peers/peer-frames.ts';
import { writeRaftMessage } from '../../../src/replica/peers/raft-codec.ts';
import { writeForwards } from '../../../src/replica/requests.ts';
import { helloOf } from '../hellos.ts';

function writeFrame(outbox: Outbox, bytes: number): void {
  const start = beginFrame(outbox, PeerFrame.raft);
  outbox.raw(new Uint8Array(bytes - 1));
  endFrame(outbox, start);
}

function lengthsIn(bytes: Uint8Array): number[] {
  const lengths: number[] = [];
  new FrameSplitter(2 ** 30).push(bytes, (frame) => lengths.push(frame.length));
  return lengths;
}

describe('a frame for another member', () => {
  test('that is longer than members take is a bug that shows at once: it is not sent, what stood before it is', () => {
    const outbox = new Outbox(100);
    writeFrame(outbox, 100);
    expect(() => writeFrame(outbox, 101)).toThrow(
      'a frame of kind 4 came to 101 bytes, and members take 100',
    );
    writeFrame(outbox, 7);
    expect(lengthsIn(outbox.takeBytes())).toEqual([100, 7]);
  });

  test('waits for the end of the turn with the others, until a megabyte has gathered', () => {
    const left: number[][] = [];
    const outbox: Outbox = new Outbox(2_000_000, () => left.push(lengthsIn(outbox.takeBytes())));
    for (let i = 0; i < 5; i++) writeFrame(outbox, 300_000);
    expect(left).toEqual([[300_000, 300_000, 300_000, 300_000]]);
    expect(lengthsIn(outbox.takeBytes())).toEqual([300_000]);
  });
});

describe('with every jute.maxbuffer that is allowed, there fits into one frame', () => {
  const bounds: Bounds = boundsOf({ client: { maxFrameBytes: MAX_FRAME_BYTES } });
  const largestCommand = new Uint8Array(COMMAND_HEADER_BYTES + MAX_FRAME_BYTES);
  const ids = Array.from({ length: MAX_MEMBERS }, (_, i) => i + 1);
  const context = encodeContext({
    serverId: MAX_SERVER_ID,
    host: 'h'.repeat(255),
    peerPort: 65_535,
    clientHost: 'c'.repeat(255),
    clientPort: 65_535,
    instance: 2 ** 32,
  });
  const configuration: Configuration = {
    index: 2 ** 52,
    voters: ids,
    outgoing: ids,
    learners: ids,
    contexts: new Map(ids.map((id) => [id, context])),
  };
  const snapshot: SnapshotMeta = { index: 2 ** 52, term: 2 ** 40, configuration };
  const basis = { from: 1, to: 2, term: 2 ** 40 };

  /** The longest frame that this writes. */
  function longest(write: (outbox: Outbox) => void): number {
    const outbox = new Outbox(bounds.peerFrameBytes);
    write(outbox);
    return Math.max(...lengthsIn(outbox.takeBytes()));
  }

  function raft(message: Message): (outbox: Outbox) => void {
    return (outbox) => {
      const start = beginFrame(outbox, PeerFrame.raft);
      writeRaftMessage(outbox, message);
      endFrame(outbox, start);
    };
  }

  function append(entries: readonly Entry[]): Message {
    return { type: MessageType.append, ...basis, prevIndex: 1, prevTerm: 1, commit: 1, entries };
  }

  test('the largest command, handed over', () => {
    const commands = [new Uint8Array(48), largestCommand, new Uint8Array(48)];
    const write = (outbox: Outbox): void => writeForwards(outbox, 1, commands, bounds.forwardFrameBytes);
    expect(longest(write)).toBeGreaterThan(MAX_FRAME_BYTES);
  });

  test('many small commands, handed over', () => {
    const commands = Array.from({ length: 100_000 }, () => new Uint8Array(COMMAND_HEADER_BYTES));
    const write = (outbox: Outbox): void => writeForwards(outbox, 1, commands, bounds.forwardFrameBytes);
    expect(longest(write)).toBeLessThan(2 * bounds.forwardFrameBytes);
  });

  test('the largest entry, appended', () => {
    const entry: Entry = { index: 2, term: 1, kind: EntryKind.command, data: largestCommand };
    expect(longest(raft(append([entry])))).toBeGreaterThan(MAX_FRAME_BYTES);
  });

  test('a piece of a snapshot, with the largest membership that there may be', () => {
    const data = new Uint8Array(bounds.snapshotChunkBytes);
    const chunk: Message = {
      type: MessageType.snapshotChunk,
      ...basis,
      snapshot,
      offset: 0,
      done: false,
      data,
    };
    expect(longest(raft(chunk))).toBeLessThan(bounds.snapshotChunkBytes + 100_000);
  });

  test('a hello of one that sees everybody', () => {
    const seen = new Map(Array.from({ length: MAX_SERVER_ID }, (_, i) => [i + 1, 2 ** 32] as const));
    const hello = helloOf(1, { clusterId: 'c'.repeat(64), seen });
    expect(longest((outbox) => writeHello(outbox, hello))).toBeLessThan(10_000);
  });
});
