import { type Entry, EntryKind } from 'raft-ts-lite';
import { type Build, THIS_BUILD } from '../../src/replica/build.ts';
import type { StateMachine } from '../../src/replica/state-machine.ts';
import { genesis } from '../storage/member.ts';

export function newMachine(
  hashSeed = 1,
  pieceNodes = Number.POSITIVE_INFINITY,
  build: Build = THIS_BUILD,
): StateMachine {
  return build.newMachine(genesis, { hashSeed, pieceNodes });
}

/** Applies entries as a replica does; returns each one's error code, '-' for those without a command. */
export function replay(machine: StateMachine, entries: readonly Entry[]): (number | '-')[] {
  return entries.map((entry) => {
    if (entry.kind === EntryKind.command) {
      const { err } = machine.apply(entry);
      while (machine.isAmid) machine.goOn();
      return err;
    }
    machine.skip(entry);
    return '-';
  });
}

/** What all members must agree on, as a line of text. */
export function describeState(machine: StateMachine): string {
  const { tree, sessions, appliedIndex, appliedTerm, lastTimeMs } = machine;
  return `${appliedIndex}@${appliedTerm} nodes ${tree.nodeCount} ephemerals ${tree.ephemeralCount} sessions ${sessions.size} time ${lastTimeMs}`;
}
