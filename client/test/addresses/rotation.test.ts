import { describe, expect, test } from 'vitest';
import { Rotation } from '../../src/addresses/rotation.ts';

const members = ['a', 'b', 'c'].map((host) => ({ host, port: 1 }));

function round(rotation: Rotation, addresses = members): string[] {
  rotation.beginRound(addresses);
  const hosts: string[] = [];
  for (let next = rotation.next(); next !== undefined; next = rotation.next()) hosts.push(next.host);
  return hosts;
}

describe('the rotation of members', () => {
  test('asks each member once in a round, in an order of chance', () => {
    expect(round(new Rotation(() => 0)).sort()).toEqual(['a', 'b', 'c']);
    expect(round(new Rotation(() => 0))).not.toEqual(round(new Rotation((bound) => bound - 1)));
  });

  test('asks those that failed last, of these the one first whose failure is longest ago', () => {
    for (const random of [() => 0, (bound: number) => bound - 1]) {
      const rotation = new Rotation(random);
      round(rotation);
      rotation.failed({ host: 'b', port: 1 });
      rotation.failed({ host: 'a', port: 1 });
      expect(round(rotation)).toEqual(['c', 'b', 'a']);
      rotation.failed({ host: 'b', port: 1 });
      rotation.succeeded({ host: 'a', port: 1 });
      expect(round(rotation).at(-1)).toBe('b');
    }
  });

  test('takes up members that are new, keeps what it knows of the others, and asks nobody who is gone', () => {
    const rotation = new Rotation(() => 0);
    round(rotation);
    rotation.failed({ host: 'a', port: 1 });
    const later = [...members.slice(0, 2), { host: 'd', port: 1 }];
    const hosts = round(rotation, later);
    expect(hosts.at(-1)).toBe('a');
    expect(hosts.sort()).toEqual(['a', 'b', 'd']);
  });

  test('goes round once more where the names could not be asked for', () => {
    const rotation = new Rotation(() => 0);
    round(rotation);
    rotation.repeatRound();
    expect(rotation.next()).toBeDefined();
  });
});
