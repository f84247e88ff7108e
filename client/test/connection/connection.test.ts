import { Writer, writeHeaderReply, Xid } from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import { ExistsCall } from '../../src/calls/exists.ts';
import { Connection } from '../../src/connection/connection.ts';
import type { LinkEvents, World } from '../../src/ports.ts';

const ADDRESS = { host: 'member', port: 1 };

/** A connection whose other end is the test. */
function connection() {
  const told: string[] = [];
  const sent: Uint8Array[] = [];
  let nowMs = 0;
  let turns: (() => void)[] = [];
  let link!: LinkEvents;
  const world = {
    nowMs: () => nowMs,
    wallMs: () => nowMs,
    atTurnEnd: (task: () => void) => void turns.push(task),
    dial: (_address: unknown, events: LinkEvents) => {
      link = events;
      return { write: (bytes: Uint8Array) => void sent.push(bytes), end: () => {}, destroy: () => {} };
    },
  } as unknown as World;
  const attach = { id: 0n, password: new Uint8Array(0), lastZxidSeen: 0, timeoutMs: 1_000, readOnly: false };
  const made = new Connection(world, ADDRESS, attach, 1_000, {
    attached: () => void told.push('attached'),
    confirmed: (sentAtMs) => void told.push(`confirmed ${sentAtMs}`),
    event: (_zxid, { path }) => void told.push(`event ${path}`),
    authenticated: () => {},
    watchesSet: () => {},
    closed: (reason, unanswered) => void told.push(`closed: ${reason}; ${unanswered.length} unanswered`),
  });
  const answer = (write: (writer: Writer) => void): void => {
    const writer = new Writer();
    write(writer);
    link.received(writer.copy());
  };
  link.opened();
  answer((writer) => {
    const frame = writer.beginFrame();
    writer.writeInt(0);
    writer.writeInt(1_000);
    writer.writeLong(5);
    writer.writeBuffer(new Uint8Array(16));
    writer.writeBool(false);
    writer.endFrame(frame);
  });
  told.length = 0;
  return {
    made,
    told,
    sent,
    answer,
    at: (ms: number) => {
      nowMs = ms;
    },
    turn: () => {
      const due = turns;
      turns = [];
      for (const task of due) task();
    },
  };
}

describe('a connection', () => {
  test('sends what a turn has asked for as one', () => {
    const { made, sent, turn } = connection();
    const before = sent.length;
    for (let i = 0; i < 10; i++) made.send(new ExistsCall('/a', '/a'));
    expect(sent.length).toBe(before);
    turn();
    expect(sent.length).toBe(before + 1);
  });

  test('takes the answer to a ping wherever it comes, and one that answers none for nothing', () => {
    const { made, told, answer, turn, at } = connection();
    at(10);
    made.ping();
    made.send(new ExistsCall('/a', '/a'));
    turn();
    at(20);
    answer((writer) => writeHeaderReply(writer, Xid.ping, 0, 0));
    expect(told).toEqual([]);
    answer((writer) => writeHeaderReply(writer, Xid.ping, 7, 0));
    answer((writer) => writeHeaderReply(writer, Xid.ping, 7, 0));
    expect(told).toEqual(['confirmed 10']);
    expect(made.pendingCount).toBe(1);
  });

  test('ends where an answer is to something else than was asked next, and no call is lost by it', async () => {
    const { made, told, answer, turn } = connection();
    const calls = [new ExistsCall('/a', '/a'), new ExistsCall('/b', '/b')];
    for (const call of calls) made.send(call);
    turn();
    answer((writer) => writeHeaderReply(writer, 2, 7, -101));
    expect(told).toEqual(['closed: it answered request 2, which it was not asked next; 2 unanswered']);
  });

  test('ends where nothing was asked, and where a frame is longer than it takes', () => {
    const first = connection();
    first.answer((writer) => writeHeaderReply(writer, 1, 7, 0));
    expect(first.told[0]).toMatch(/^closed: it answered request 1/);
    const second = connection();
    second.answer((writer) => writer.writeInt(1_001));
    expect(second.told).toEqual(['closed: it sent a frame of 1001 bytes; 0 unanswered']);
  });

  test('says which calls never left', () => {
    const { made, turn } = connection();
    const [left, never] = [new ExistsCall('/a', '/a'), new ExistsCall('/b', '/b')];
    made.send(left);
    turn();
    made.send(never);
    made.drop('enough');
    expect([left.progress, never.progress]).toEqual([1, 0]);
  });
});
