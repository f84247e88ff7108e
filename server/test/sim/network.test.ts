import { expect, test } from 'vitest';
import { Network } from '../../sim/network/network.ts';
import type { PeerTransport } from '../../sim/network/peer-transport.ts';
import { Prng } from '../../sim/prng.ts';
import { MachineClock, VirtualProcess } from '../../sim/process.ts';
import { VirtualTime } from '../../sim/scheduler.ts';
import type { TransportEvents } from '../../src/ports/transport.ts';

/** Two processes that write down what they hear. */
class Pair {
  readonly time = new VirtualTime();
  readonly prng: Prng;
  readonly network: Network;
  readonly heard = new Map<number, string[]>();
  readonly bytes = new Map<number, number[]>();
  readonly chunks = new Map<number, number>();
  readonly transports = new Map<number, PeerTransport>();

  constructor(seed: number, bytesPerMs = Number.POSITIVE_INFINITY) {
    this.prng = new Prng(seed);
    const settings = { baseLatencyMs: 0.1, jitterMs: 0.5, maxRedialMs: 50, bytesPerMs };
    this.network = new Network(this.time, this.prng.fork('network'), settings);
    for (const serverId of [1, 2]) this.start(serverId);
  }

  start(serverId: number): void {
    const life = new VirtualProcess(this.time, new MachineClock(this.time, 1, 0), this.prng.fork('life'), {
      begins: () => {},
      ran: () => {},
      threw: (error) => {
        throw error;
      },
    });
    const heard: string[] = [];
    this.heard.set(serverId, heard);
    this.bytes.set(serverId, []);
    this.chunks.set(serverId, 0);
    const events: TransportEvents = {
      linkUp: (peer) => heard.push(`up ${peer}`),
      linkDown: (peer) => heard.push(`down ${peer}`),
      received: (_, chunk) => {
        this.bytes.get(serverId)?.push(...chunk);
        this.chunks.set(serverId, (this.chunks.get(serverId) ?? 0) + 1);
      },
    };
    const transport = this.network.start(serverId, life, events);
    transport.connectTo([{ serverId: 3 - serverId, host: '', port: 0 }]);
    this.transports.set(serverId, transport);
  }
}

test('bytes arrive in order, whole, in chunks that are not those that were sent', async () => {
  let differ = 0;
  for (let seed = 1; seed <= 30; seed++) {
    const pair = new Pair(seed);
    await pair.time.runUntil(1_000);
    const sent: number[] = [];
    for (let i = 0; i < 100; i++) {
      const frame = pair.prng.bytes(1 + pair.prng.below(20));
      sent.push(...frame);
      pair.transports.get(1)?.send(2, frame);
      await pair.time.runUntil(pair.time.nowMs + pair.prng.between(0, 0.3));
    }
    await pair.time.runUntil(5_000);
    expect(pair.bytes.get(2), `seed ${seed}`).toEqual(sent);
    if (pair.chunks.get(2) !== 100) differ++;
    expect(pair.heard.get(1)).toEqual(['up 2']);
  }
  expect(differ).toBeGreaterThan(20);
});

test('a broken link loses a tail of what was under way, tells both sides and comes back', async () => {
  let lost = 0;
  let partial = 0;
  for (let seed = 1; seed <= 50; seed++) {
    const pair = new Pair(seed);
    await pair.time.runUntil(1_000);
    const sent: number[] = [];
    for (let i = 0; i < 10; i++) {
      const frame = pair.prng.bytes(10);
      sent.push(...frame);
      pair.transports.get(2)?.send(1, frame);
    }
    pair.network.breakLink(1, 2);
    await pair.time.runUntil(5_000);
    const got = pair.bytes.get(1) ?? [];
    expect(got, `seed ${seed}`).toEqual(sent.slice(0, got.length));
    if (got.length < sent.length) lost++;
    if (got.length % 10 !== 0) partial++;
    for (const serverId of [1, 2])
      expect(pair.heard.get(serverId)).toEqual([
        `up ${3 - serverId}`,
        `down ${3 - serverId}`,
        `up ${3 - serverId}`,
      ]);
  }
  expect(lost).toBeGreaterThan(20);
  expect(partial).toBeGreaterThan(5);
});

test('a silent partition is not seen, and its bytes arrive after it', async () => {
  const pair = new Pair(7);
  await pair.time.runUntil(1_000);
  pair.network.route('1', '2').block();
  pair.transports.get(1)?.send(2, Uint8Array.of(1, 2, 3));
  pair.transports.get(2)?.send(1, Uint8Array.of(4));
  await pair.time.runUntil(3_000);
  expect(pair.bytes.get(2)).toEqual([]);
  expect(pair.bytes.get(1)).toEqual([4]);
  expect(pair.heard.get(2)).toEqual(['up 1']);
  pair.network.heal();
  await pair.time.runUntil(4_000);
  expect(pair.bytes.get(2)).toEqual([1, 2, 3]);
});

test('the end of a process breaks its links; a loss of power is noticed when the machine is back', async () => {
  for (const silent of [false, true]) {
    const pair = new Pair(9);
    await pair.time.runUntil(1_000);
    pair.network.end(2, silent);
    await pair.time.runUntil(3_000);
    expect(pair.heard.get(1)).toEqual(silent ? ['up 2'] : ['up 2', 'down 2']);
    pair.start(2);
    await pair.time.runUntil(6_000);
    expect(pair.heard.get(1)).toEqual(['up 2', 'down 2', 'up 2']);
    expect(pair.heard.get(2)).toEqual(['up 1']);
  }
});

test('one side may give a link up; both hear of it', async () => {
  const pair = new Pair(11);
  await pair.time.runUntil(1_000);
  pair.transports.get(1)?.disconnect(2);
  expect(pair.heard.get(1), 'not within the call').toEqual(['up 2']);
  await pair.time.runUntil(3_000);
  for (const serverId of [1, 2])
    expect(pair.heard.get(serverId)).toEqual([
      `up ${3 - serverId}`,
      `down ${3 - serverId}`,
      `up ${3 - serverId}`,
    ]);
});

test('a narrow route lets so many bytes pass in a millisecond and no more, in order, and small ones wait behind large ones', async () => {
  const pair = new Pair(5, 100);
  await pair.time.runUntil(200);
  const began = pair.time.nowMs;
  pair.transports.get(1)?.send(2, new Uint8Array(50_000).fill(1));
  pair.transports.get(1)?.send(2, Uint8Array.of(2));
  await pair.time.runUntil(began + 400);
  expect(pair.bytes.get(2)?.length).toBeGreaterThan(20_000);
  expect(pair.bytes.get(2)?.length).toBeLessThanOrEqual(40_000);
  await pair.time.runUntil(began + 510);
  expect(pair.bytes.get(2)?.length).toBe(50_001);
  expect(pair.bytes.get(2)?.at(-1)).toBe(2);
});
