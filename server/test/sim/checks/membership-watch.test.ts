import { type Configuration, encodeConfiguration, type Raft, Role } from 'raft-ts-lite';
import { beforeEach, expect, test } from 'vitest';
import { MembershipWatch } from '../../../sim/checks/membership-watch.ts';
import { Totals } from '../../../sim/totals.ts';

const ELECTED = 'only a voter of the newest configuration is elected';
const STEPS_DOWN = 'a leader that was removed steps down';

let watch: MembershipWatch;
let totals: Totals;
let broken: string[];

beforeEach(() => {
  broken = [];
  totals = new Totals();
  watch = new MembershipWatch((rule) => broken.push(rule), totals);
});

function configuration(index: number, voters: number[], outgoing: number[] = []): Configuration {
  const ids = [...new Set([...voters, ...outgoing])];
  return { index, voters, outgoing, learners: [], contexts: new Map(ids.map((id) => [id, ''])) };
}

function applied(of: Configuration): void {
  watch.applied(of.index, encodeConfiguration(of));
}

test('who is removed is not elected any more', () => {
  const before = configuration(10, [1, 2, 3, 4]);
  applied(before);
  watch.leads(4, 2, before);
  applied(configuration(20, [1, 2, 3], [1, 2, 3, 4]));
  watch.leads(4, 3, before);
  expect(broken).toEqual([]);
  applied(configuration(21, [1, 2, 3]));
  watch.leads(4, 4, before);
  expect(broken).toEqual([ELECTED]);
  expect(totals.get('joint configurations committed')).toBe(1);
});

test('a voter of a configuration that is on its way may be elected, and so may one that it leaves out', () => {
  applied(configuration(10, [1, 2, 3]));
  const next = configuration(20, [1, 2, 4]);
  watch.leads(4, 2, next);
  watch.leads(3, 3, next);
  expect(broken).toEqual([]);
  watch.leads(5, 4, next);
  expect(broken).toEqual([ELECTED]);
});

test('a leader that knows of its removal steps down', () => {
  const seen = (commit: number) =>
    ({ id: 4, role: Role.leader, commit, configuration: configuration(20, [1, 2, 3]) }) as Raft;
  watch.look(seen(19));
  expect(broken).toEqual([]);
  watch.look(seen(20));
  expect(broken).toEqual([STEPS_DOWN]);
});
