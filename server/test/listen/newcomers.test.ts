import { Socket } from 'node:net';
import { beforeEach, describe, expect, test } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { Newcomers } from '../../src/listen/newcomers.ts';

const bounds = { total: 6, perAddress: 3, patienceMs: 1_000 };

let nowMs: number;
let newcomers: Newcomers<Socket>;

beforeEach(() => {
  nowMs = 0;
  newcomers = open();
});

function open(patienceMs = bounds.patienceMs): Newcomers<Socket> {
  return new Newcomers({ ...bounds, patienceMs }, { monotonicMs: () => nowMs });
}

/** So many of one address, each of which finds room. */
function fill(count: number, address: string): Socket[] {
  const sockets = Array.from({ length: count }, () => new Socket());
  for (const socket of sockets) expect(newcomers.enter(socket, address)).toBeUndefined();
  return sockets;
}

describe('an address that has its share', () => {
  test('has none let in for a while, and then its oldest gives way', () => {
    const [first] = fill(3, 'a');
    const late = new Socket();
    nowMs += bounds.patienceMs - 1;
    expect(newcomers.enter(late, 'a')).toBe(late);
    nowMs += 1;
    expect(newcomers.enter(late, 'a')).toBe(first);
    expect(newcomers.size).toBe(3);
  });

  test('without patience has its oldest give way at once', () => {
    newcomers = open(0);
    const [first, second] = fill(3, 'a');
    expect(newcomers.enter(new Socket(), 'a')).toBe(first);
    expect(newcomers.enter(new Socket(), 'a')).toBe(second);
  });

  test('costs no other address its place', () => {
    fill(3, 'a');
    fill(3, 'b');
    expect(newcomers.size).toBe(6);
  });

  test('never pushes out who is made to wait; where all are, the newcomer is turned away', () => {
    newcomers = open(0);
    const [first, second, third] = fill(3, 'a') as [Socket, Socket, Socket];
    newcomers.keep(first);
    const next = new Socket();
    expect(newcomers.enter(next, 'a')).toBe(second);
    for (const socket of [third, next]) newcomers.keep(socket);
    const last = new Socket();
    expect(newcomers.enter(last, 'a')).toBe(last);
    newcomers.leave(first);
    expect(newcomers.enter(last, 'a')).toBeUndefined();
  });
});

describe('where there is no room for more', () => {
  test('whoever comes from an address with few is let in, at the cost of the oldest', () => {
    const [first, second] = fill(3, 'a') as [Socket, Socket];
    fill(3, 'b');
    newcomers.keep(first);
    expect(newcomers.enter(new Socket(), 'c')).toBe(second);
  });

  test('the address that has the most gives way, and not who came alone before it', () => {
    fill(1, 'alone');
    fill(2, 'b');
    const [first] = fill(3, 'a');
    expect(newcomers.enter(new Socket(), 'c')).toBe(first);
  });

  test('and all are made to wait, the oldest of them gives way', () => {
    const all = [...fill(3, 'a'), ...fill(3, 'b')];
    for (const socket of all) newcomers.keep(socket);
    expect(newcomers.enter(new Socket(), 'c')).toBe(all[0]);
  });
});

test.each([1, 2, 3])('whatever comes and goes, the bounds hold and nothing is left (seed %i)', (seed) => {
  const prng = new Prng(seed, 'newcomers');
  const inside = new Map<Socket, string>();
  for (let step = 0; step < 5_000; step++) {
    nowMs += prng.below(200);
    const address = `address ${prng.below(4)}`;
    const [some] = inside.keys();
    if (some !== undefined && prng.chance(0.3)) {
      newcomers.leave(some);
      inside.delete(some);
    } else if (some !== undefined && prng.chance(0.2)) newcomers.keep(some);
    else {
      const socket = new Socket();
      const leaving = newcomers.enter(socket, address);
      inside.set(socket, address);
      if (leaving !== undefined) expect(inside.delete(leaving)).toBe(true);
    }
    expect(newcomers.size).toBe(inside.size);
    expect(inside.size).toBeLessThanOrEqual(bounds.total);
    const own = [...inside.values()].filter((other) => other === address);
    expect(own.length).toBeLessThanOrEqual(bounds.perAddress);
  }
  for (const socket of inside.keys()) newcomers.leave(socket);
  expect(newcomers.size).toBe(0);
});
