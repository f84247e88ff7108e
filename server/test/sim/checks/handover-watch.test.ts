import { type Raft, Role } from 'raft-ts-lite';
import { beforeEach, expect, test } from 'vitest';
import { HandoverWatch } from '../../../sim/checks/handover-watch.ts';
import { Totals } from '../../../sim/totals.ts';

let totals: Totals;
let watch: HandoverWatch;
let raft: { id: number; term: number; role: Role; commit: number; transferee: number } & Pick<
  Raft,
  'transferLeadership' | 'peers'
>;

beforeEach(() => {
  totals = new Totals();
  watch = new HandoverWatch(totals);
  raft = {
    id: 1,
    term: 4,
    role: Role.leader,
    commit: 20,
    transferee: 0,
    peers: () => [],
    transferLeadership: (to) => {
      raft.transferee = to;
      return undefined;
    },
  };
  watch.runs(raft as Raft);
});

test('a transfer that was asked for finishes when its target leads', () => {
  raft.transferLeadership(2);
  watch.look(raft as Raft);
  watch.leads(2, 5);
  expect(totals.get('transfers begun')).toBe(1);
  expect(totals.get('transfers finished')).toBe(1);
  expect(totals.get('hand-overs of leaders by themselves')).toBe(0);
});

test('a transfer is given up by the leader itself, or where somebody else is elected', () => {
  raft.transferLeadership(2);
  raft.transferee = 0;
  watch.look(raft as Raft);
  expect(totals.get('transfers given up')).toBe(1);
  raft.transferLeadership(3);
  watch.leads(2, 5);
  expect(totals.get('transfers given up')).toBe(2);
  expect(totals.get('transfers finished')).toBe(0);
});

test('what a leader does because of its disk is counted apart', () => {
  raft.transferee = 3;
  watch.look(raft as Raft);
  watch.look(raft as Raft);
  watch.leads(3, 5);
  expect(totals.entries()).toEqual([['hand-overs of leaders by themselves', 1]]);
});
