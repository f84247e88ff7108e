import { readFileSync } from 'node:fs';
import type { Entry, EntryKind } from 'raft-ts-lite';
import type { StateMachine } from '../../src/replica/state-machine.ts';
import { describeState, newMachine, replay } from './replay.ts';

/** How many entries stand between two digests. */
const DIGEST_EVERY = 100;

const fileOf = (name: string): URL => new URL(`golden/${name}`, import.meta.url);

/** A line for each entry: index, term, kind, data in base64. */
export function formatEntries(entries: readonly Entry[]): string {
  const lines = entries.map(({ index, term, kind, data }) =>
    `${index} ${term} ${kind} ${Buffer.from(data).toString('base64')}`.trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** The entries of a golden log. */
export function readEntries(name: string): Entry[] {
  const lines = readFileSync(fileOf(name), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [index, term, kind, data = ''] = line.split(' ');
    return {
      index: Number(index),
      term: Number(term),
      kind: Number(kind) as EntryKind,
      data: Uint8Array.from(Buffer.from(data, 'base64')),
    };
  });
}

/** What the state came to after each so many entries: counts, the digest, and the codes that the commands were answered with. */
export function digestsOf(entries: readonly Entry[], machine: StateMachine = newMachine()): string {
  const lines: string[] = [];
  for (let from = 0; from < entries.length; from += DIGEST_EVERY) {
    const codes = replay(machine, entries.slice(from, from + DIGEST_EVERY));
    lines.push(`${describeState(machine)} digest ${machine.digest()}\n  ${codes.join(' ')}`);
  }
  return `${lines.join('\n')}\n`;
}
