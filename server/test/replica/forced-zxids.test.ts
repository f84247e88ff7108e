import { type Configuration, type Entry, EntryKind, encodeConfiguration, type Recovery } from 'raft-ts-lite';
import { expect, test } from 'vitest';
import { genesis } from '../storage/member.ts';
import { load, snapshotBytes } from './golden-level.ts';
import { newMachine } from './replay.ts';

const RAISED = 2 ** 40;
const recovery: Recovery = { number: 1, survivor: 1, index: 5, term: 2 ** 20 };

function entryOf(index: number, more: Partial<Configuration>): Entry {
  const data = encodeConfiguration({ ...genesis, index, ...more });
  return { index, term: 1, kind: EntryKind.configuration, data };
}

test('zxids rise beyond all that clients may have seen with the entry of a forced recovery, once, and a snapshot keeps that', () => {
  const machine = newMachine();
  machine.skip(entryOf(4, {}));
  expect(machine.lastZxid).toBe(4);
  machine.skip(entryOf(5, { voters: [1], recovery }));
  expect(machine.lastZxid).toBe(5 + RAISED);
  // Later configurations say out of which recovery they come: nothing is lost with them.
  machine.skip(entryOf(6, { recovery }));
  expect(machine.lastZxid).toBe(6 + RAISED);
  const { appliedIndex: index, appliedTerm: term, configuration } = machine;
  const snapshot = {
    meta: { index, term, configuration },
    digest: machine.digest(),
    bytes: snapshotBytes(machine),
  };
  expect(load(snapshot, newMachine()).lastZxid).toBe(6 + RAISED);
  machine.skip(entryOf(7, { voters: [1], recovery: { ...recovery, number: 2, index: 7 } }));
  expect(machine.lastZxid).toBe(7 + 2 * RAISED);
});
