import { beforeEach, describe, expect, test } from 'vitest';
import { FieldReader } from '../../src/codec/field-reader.ts';
import type { Applied } from '../../src/replica/applied.ts';
import { NumberRange } from '../../src/replica/number-range.ts';
import { FrameSplitter } from '../../src/replica/peers/frame-splitter.ts';
import { Outbox } from '../../src/replica/peers/outbox.ts';
import { peerFormat } from '../../src/replica/peers/peer-format.ts';
import { PeerFrame } from '../../src/replica/peers/peer-frames.ts';
import { type Request, Requests, writeForwards } from '../../src/replica/requests.ts';
import { namedCommand, readNamed } from './model-machine.ts';
import { NUMBER_BOUNDS } from './number-bounds.ts';

interface Named extends Request {
  readonly name: number;
  cancelled: boolean;
}

/** Requests that may be handed over and not applied. */
const WINDOW = 100;

let requests: Requests;
let abandoned: number[];

beforeEach(() => {
  requests = new Requests(new NumberRange(1, NUMBER_BOUNDS), WINDOW * namedCommand(1, 1, 1).length);
  abandoned = [];
});

/** Submits requests with these names. */
function push(...names: number[]): Named[] {
  return names.map((name) => {
    const request: Named = {
      name,
      requestNumber: 0,
      command: namedCommand(1, requests.nextNumber(), name),
      submittedTerm: 0,
      cancelled: false,
      applied: (_result: Applied) => {},
      abandoned: () => abandoned.push(name),
    };
    requests.push(request);
    return request;
  });
}

/** Names of what is handed over under a term now. */
function handOver(term: number): number[] {
  const sink: Uint8Array[] = [];
  requests.handOver(term, sink);
  return sink.map((command) => readNamed(command).name);
}

function take(request: Request): number | undefined {
  return (requests.settle(request.requestNumber) as Named | undefined)?.name;
}

describe('requests are handed over', () => {
  test('in order, each once in a term', () => {
    push(1, 2);
    expect(handOver(3)).toEqual([1, 2]);
    push(3);
    expect(handOver(3)).toEqual([3]);
    expect(handOver(3)).toEqual([]);
    expect([requests.pending, requests.unsent]).toEqual([3, 0]);
  });

  test('again in the same order when a newer term has begun, what was applied excepted', () => {
    const [first] = push(1, 2, 3) as [Named];
    handOver(3);
    push(4);
    expect(take(first)).toBe(1);
    requests.resolveOlderTerms(4);
    expect(handOver(4)).toEqual([2, 3, 4]);
  });

  test('not again where the newer term has them already', () => {
    push(1, 2);
    handOver(4);
    requests.resolveOlderTerms(4);
    expect(handOver(4)).toEqual([]);
  });

  test('from where the leader has them, after a link broke', () => {
    const [, second] = push(1, 2, 3, 4) as [Named, Named];
    handOver(3);
    requests.resumeAfter(second.requestNumber, 3);
    expect(handOver(3)).toEqual([3, 4]);
    requests.resumeAfter(0, 3);
    expect(handOver(3)).toEqual([1, 2, 3, 4]);
  });

  test('not from there by the word of a leader of another term', () => {
    push(1, 2);
    handOver(3);
    requests.resumeAfter(0, 4);
    expect(handOver(3)).toEqual([]);
  });

  test('as frames: the term, a count, the commands; none longer than it may be, but for one that is alone', () => {
    const sizes = [1, 30, 40, 50, 200, 10, 90, 1];
    const commands = sizes.map((size, name) => new Uint8Array(size).fill(name));
    const writer = new Outbox(1_000_000);
    writeForwards(writer, 7, commands, 100);
    const counts: number[] = [];
    const seen: Uint8Array[] = [];
    new FrameSplitter(1_000).push(writer.takeBytes(), (frame) => {
      const reader = new FieldReader(frame, peerFormat);
      expect([reader.u8(), reader.f64()]).toEqual([PeerFrame.forward, 7]);
      counts.push(reader.u32());
      while (reader.remaining > 0) seen.push(reader.block());
    });
    expect(counts).toEqual([3, 1, 1, 2, 1]);
    expect(seen).toEqual(commands);
  });

  test('no more than the window has room for; more of them when some were applied', () => {
    const all = push(...Array.from({ length: WINDOW + 3 }, (_, i) => i));
    expect(handOver(3)).toHaveLength(WINDOW);
    expect(handOver(3)).toEqual([]);
    expect(requests.unsent).toBe(3);
    take(all[0]!);
    take(all[1]!);
    expect(handOver(3)).toEqual([WINDOW, WINDOW + 1]);
    // A newer leader gets what the older one did not commit, as much of it at a time.
    requests.resolveOlderTerms(4);
    expect(handOver(4)).toEqual(Array.from({ length: WINDOW }, (_, i) => i + 2));
    // And from where it has them after a link broke.
    requests.resumeAfter(all[10]!.requestNumber, 4);
    expect(handOver(4)).toEqual(Array.from({ length: WINDOW - 9 }, (_, i) => i + 11));
    requests.abandonHandedOver();
    expect(handOver(4)).toEqual([WINDOW + 2]);
  });

  test('one at least, however large it is', () => {
    requests = new Requests(new NumberRange(1, NUMBER_BOUNDS), 1);
    const [first] = push(1, 2);
    expect(handOver(3)).toEqual([1]);
    expect(handOver(3)).toEqual([]);
    take(first!);
    expect(handOver(3)).toEqual([2]);
  });
});

describe('a request that nobody waits for', () => {
  test('is not handed over any more in a newer term', () => {
    const [first, second] = push(1, 2, 3) as [Named, Named];
    handOver(3);
    first.cancelled = true;
    second.cancelled = true;
    requests.resolveOlderTerms(4);
    expect(handOver(4)).toEqual([3]);
    expect(requests.pending).toBe(1);
  });

  test('stays in its place while its entry may still come', () => {
    const [first, second] = push(1, 2) as [Named, Named];
    handOver(3);
    first.cancelled = true;
    expect(handOver(3)).toEqual([]);
    expect(take(first)).toBe(1);
    expect(take(second)).toBe(2);
  });

  test('is never handed over where it was not yet, and leaves the others in their order', () => {
    const [, second, third, , fifth] = push(1, 2, 3, 4, 5) as Named[];
    for (const request of [second!, third!, fifth!]) request.cancelled = true;
    expect(handOver(3)).toEqual([1, 4]);
    expect(requests.pending).toBe(2);
    push(6);
    expect(handOver(3)).toEqual([6]);
  });
});

describe('the bytes that wait', () => {
  test('grow with what comes and fall with what is applied, dropped or abandoned', () => {
    const [first] = push(1, 2, 3, 4);
    const size = first!.command.length;
    expect(requests.pendingBytes).toBe(4 * size);
    handOver(3);
    take(first!);
    expect(requests.pendingBytes).toBe(3 * size);
    const [, cancelled] = push(5, 6) as [Named, Named];
    cancelled.cancelled = true;
    handOver(3);
    expect(requests.pendingBytes).toBe(4 * size);
    push(7);
    requests.abandonHandedOver();
    expect(requests.pendingBytes).toBe(size);
    expect(abandoned).toEqual([2, 3, 4, 5]);
  });
});

test('a long life keeps no memory of what it has answered, and its order holds', () => {
  const waiting: Named[] = [];
  let next = 0;
  for (let round = 0; round < 3_000; round++) {
    waiting.push(...push(++next, ++next, ++next));
    handOver(1);
    while (waiting.length > 50) {
      const request = waiting.shift()!;
      expect(take(request)).toBe(request.name);
    }
  }
  expect(requests.pending).toBe(50);
  expect(requests.places).toBeLessThan(10_000);
});
