import { beforeEach, describe, expect, it } from 'vitest';
import { FieldReader } from '../../src/model/field-reader.ts';
import { FieldWriter } from '../../src/model/field-writer.ts';
import { peerFormat } from '../../src/replica/peer-format.ts';
import { PeerFrame } from '../../src/replica/peer-frames.ts';
import { type Request, Requests, writeForward } from '../../src/replica/requests.ts';
import type { Applied } from '../../src/replica/state-machine.ts';
import { namedCommand, readNamed } from './model-machine.ts';

interface Named extends Request {
  readonly name: number;
  cancelled: boolean;
}

let requests: Requests;
let abandoned: number[];

beforeEach(() => {
  requests = new Requests(1);
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
  return (requests.take(request.requestNumber) as Named | undefined)?.name;
}

describe('requests are handed over', () => {
  it('in order, each once in a term', () => {
    push(1, 2);
    expect(handOver(3)).toEqual([1, 2]);
    push(3);
    expect(handOver(3)).toEqual([3]);
    expect(handOver(3)).toEqual([]);
    expect([requests.pending, requests.unsent]).toEqual([3, 0]);
  });

  it('again in the same order when a newer term has begun, what was applied excepted', () => {
    const [first] = push(1, 2, 3) as [Named];
    handOver(3);
    push(4);
    expect(take(first)).toBe(1);
    requests.resolveOlderTerms(4);
    expect(handOver(4)).toEqual([2, 3, 4]);
  });

  it('not again where the newer term has them already', () => {
    push(1, 2);
    handOver(4);
    requests.resolveOlderTerms(4);
    expect(handOver(4)).toEqual([]);
  });

  it('from where the leader has them, after a link broke', () => {
    const [, second] = push(1, 2, 3, 4) as [Named, Named];
    handOver(3);
    requests.resumeAfter(second.requestNumber, 3);
    expect(handOver(3)).toEqual([3, 4]);
    requests.resumeAfter(0, 3);
    expect(handOver(3)).toEqual([1, 2, 3, 4]);
  });

  it('not from there by the word of a leader of another term', () => {
    push(1, 2);
    handOver(3);
    requests.resumeAfter(0, 4);
    expect(handOver(3)).toEqual([]);
  });

  it('as one frame: the term, a count, the commands', () => {
    push(1, 2);
    const commands: Uint8Array[] = [];
    requests.handOver(7, commands);
    const writer = new FieldWriter(peerFormat);
    writeForward(writer, 7, commands);
    const reader = new FieldReader(writer.take().subarray(4), peerFormat);
    expect([reader.u8(), reader.f64(), reader.u32()]).toEqual([PeerFrame.forward, 7, 2]);
    expect([readNamed(reader.block()).name, readNamed(reader.block()).name, reader.remaining]).toEqual([
      1, 2, 0,
    ]);
  });
});

describe('a request that nobody waits for', () => {
  it('is not handed over any more in a newer term', () => {
    const [first, second] = push(1, 2, 3) as [Named, Named];
    handOver(3);
    first.cancelled = true;
    second.cancelled = true;
    requests.resolveOlderTerms(4);
    expect(handOver(4)).toEqual([3]);
    expect(requests.pending).toBe(1);
  });

  it('stays in its place while its entry may still come', () => {
    const [first, second] = push(1, 2) as [Named, Named];
    handOver(3);
    first.cancelled = true;
    requests.dropCancelled();
    expect(take(first)).toBe(1);
    expect(take(second)).toBe(2);
  });
});

describe('the bytes that wait', () => {
  it('grow with what comes and fall with what is applied, dropped or abandoned', () => {
    const [first] = push(1, 2, 3, 4);
    const size = first!.command.length;
    expect(requests.pendingBytes).toBe(4 * size);
    handOver(3);
    take(first!);
    expect(requests.pendingBytes).toBe(3 * size);
    const [, cancelled] = push(5, 6) as [Named, Named];
    cancelled.cancelled = true;
    requests.dropCancelled();
    expect(requests.pendingBytes).toBe(4 * size);
    requests.abandonHandedOver();
    expect(requests.pendingBytes).toBe(size);
    expect(abandoned).toEqual([2, 3, 4]);
  });
});

it('numbers grow beyond those of every earlier life', () => {
  let last = 0;
  for (const boot of [1, 2, 3, 1000]) {
    const life = new Requests(boot);
    expect(life.nextNumber()).toBeGreaterThan(last);
    last = life.nextNumber() + 1_000_000;
  }
});

it('a long life keeps no memory of what it has answered, and its order holds', () => {
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
  expect((requests as unknown as { queue: unknown[] }).queue.length).toBeLessThan(10_000);
});
