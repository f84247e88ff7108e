import { Role } from 'raft-ts-lite';
import { expect, test } from 'vitest';
import { KeptLog } from '../../testkit/src/kept-log.ts';
import { LeaderChanges } from '../src/leader-changes.ts';

let nowMs = 0;
const clock = { monotonicMs: () => nowMs, wallMs: () => 1_000_000 + nowMs };

const led = (term: number, leader: number) => ({ role: Role.follower, term, leader });

test('what a member saw of its leaders is one gap for each time that it knew none, whatever terms passed', () => {
  nowMs = 0;
  const changes = new LeaderChanges({ clock, log: new KeptLog() });
  changes.observe(led(0, 0), undefined);
  nowMs = 300;
  changes.observe(led(1, 12), 2);
  nowMs = 1_000;
  changes.observe(led(1, 0), undefined);
  nowMs = 1_100;
  changes.observe(led(2, 0), undefined);
  nowMs = 1_250.4;
  changes.observe({ role: Role.leader, term: 2, leader: 11 }, 1);
  nowMs = 2_000;
  changes.observe(led(3, 12), 2);
  expect(changes.last).toEqual([
    { atMs: 1_000_000, term: 0, leader: null, leaderlessMs: 0 },
    { atMs: 1_000_300, term: 1, leader: 2, leaderlessMs: 300 },
    { atMs: 1_001_000, term: 1, leader: null, leaderlessMs: 0 },
    { atMs: 1_001_250.4, term: 2, leader: 1, leaderlessMs: 250 },
    { atMs: 1_002_000, term: 3, leader: 2, leaderlessMs: 0 },
  ]);
  expect([changes.count, changes.elections.count]).toEqual([3, 2]);
});

test('a leader whose server id is not known yet is counted and not remembered', () => {
  const changes = new LeaderChanges({ clock, log: new KeptLog() });
  changes.observe(led(1, 12), undefined);
  expect([changes.count, changes.last]).toEqual([1, []]);
});

test('the last 64 changes are remembered, however many there were', () => {
  const changes = new LeaderChanges({ clock, log: new KeptLog() });
  for (let term = 1; term <= 200; term++) changes.observe(led(term, 12), 2);
  expect(changes.last.map(({ term }) => term)).toEqual(Array.from({ length: 64 }, (_, at) => 137 + at));
});
