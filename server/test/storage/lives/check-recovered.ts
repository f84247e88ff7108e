import { isDeepStrictEqual } from 'node:util';
import { type Entry, EntryKind } from 'raft-ts-lite';
import type { Recovered } from '../../../src/storage/recovered.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { entriesFrom, genesis, lastIndexOf, type MemberState, termAt, termRunsFrom } from './member-state.ts';
import { digestOf, snapshotChunks } from './snapshot-content.ts';

/** Finds the state among those possible that was recovered; throws with the difference to each of them where there is none. */
export async function checkRecovered(
  storage: Storage,
  recovered: Recovered,
  possible: readonly MemberState[],
  mayBeTorn: boolean,
): Promise<MemberState> {
  const readBack = await readAll(storage, recovered.firstIndex);
  const differences: string[] = [];
  for (const candidate of possible) {
    const difference = differenceOf(candidate, recovered, readBack, mayBeTorn);
    differences.push(difference);
    if (difference !== '') continue;
    await checkSnapshot(recovered);
    return { ...candidate, suspect: recovered.suspect };
  }
  throw new Error(
    `recovered what was never written, or lost what was acknowledged: ${differences.join('; or ')}`,
  );
}

async function readAll(storage: Storage, from: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let next = from; ; next = from + entries.length) {
    const answer = await storage.readEntries(next, 500);
    if (answer.compacted) throw new Error(`entry ${next} is said to be compacted, the log begins at ${from}`);
    if (answer.entries.length === 0) return entries;
    entries.push(...answer.entries);
  }
}

function differenceOf(
  expected: MemberState,
  recovered: Recovered,
  readBack: readonly Entry[],
  mayBeTorn: boolean,
): string {
  const { firstIndex } = recovered;
  const begin = expected.snapshot?.index ?? genesis.index;
  if (!isDeepStrictEqual(recovered.hardState, expected.hardState)) {
    return `hard state ${JSON.stringify(recovered.hardState)}, expected ${JSON.stringify(expected.hardState)}`;
  }
  if (recovered.snapshot?.meta.index !== expected.snapshot?.index) {
    return `snapshot ${recovered.snapshot?.meta.index}, expected ${expected.snapshot?.index}`;
  }
  if (firstIndex > begin + 1) return `the log begins at ${firstIndex}, the state before ends at ${begin}`;
  const isConfiguration = ({ kind }: Entry): boolean => kind === EntryKind.configuration;
  const configurations = entriesFrom(expected, begin + 1).filter(isConfiguration);
  const configured = differenceOfEntries(configurations, recovered.configurations);
  if (configured !== '') return `recovered as a configuration ${configured}`;
  if (recovered.lastIndex !== lastIndexOf(expected)) return `the last entry is ${recovered.lastIndex}`;
  const read = differenceOfEntries(entriesFrom(expected, firstIndex), readBack);
  if (read !== '') return `read ${read}`;
  if (firstIndex + readBack.length !== lastIndexOf(expected) + 1)
    return `the log ends before ${lastIndexOf(expected)}`;
  const previousTerm = termAt(expected, firstIndex - 1);
  if (previousTerm !== undefined && previousTerm !== recovered.previousTerm) {
    return `term ${recovered.previousTerm} before ${firstIndex}, expected ${previousTerm}`;
  }
  if (!isDeepStrictEqual(termRunsFrom(expected, firstIndex), [...recovered.termRuns])) {
    return `terms ${JSON.stringify(recovered.termRuns)}, expected ${JSON.stringify(termRunsFrom(expected, firstIndex))}`;
  }
  if (recovered.suspect !== expected.suspect && !(recovered.suspect && mayBeTorn)) {
    return `suspect ${recovered.suspect}, expected ${expected.suspect}`;
  }
  return '';
}

export function differenceOfEntries(expected: readonly Entry[], found: readonly Entry[]): string {
  for (let i = 0; i < Math.max(expected.length, found.length); i++) {
    const a = expected[i];
    const b = found[i];
    const isSame =
      a !== undefined &&
      b !== undefined &&
      a.index === b.index &&
      a.term === b.term &&
      a.kind === b.kind &&
      Buffer.compare(a.data, b.data) === 0;
    if (!isSame) return `entry ${describe(b)}, expected ${describe(a)}`;
  }
  return '';
}

const describe = (entry: Entry | undefined): string =>
  entry === undefined ? 'none' : `${entry.index} of term ${entry.term} with ${entry.data.length} bytes`;

async function checkSnapshot(recovered: Recovered): Promise<void> {
  const { snapshot } = recovered;
  if (snapshot === undefined) return;
  const { index } = snapshot.meta;
  if (snapshot.digest !== digestOf(index)) throw new Error(`snapshot ${index} has digest ${snapshot.digest}`);
  const expected = snapshotChunks(index);
  let position = 0;
  for await (const chunk of snapshot.read()) {
    const wanted = expected[position++];
    if (wanted === undefined || Buffer.compare(wanted, chunk) !== 0)
      throw new Error(`snapshot ${index} holds something else`);
  }
  if (position !== expected.length)
    throw new Error(`snapshot ${index} has ${position} chunks of ${expected.length}`);
}
