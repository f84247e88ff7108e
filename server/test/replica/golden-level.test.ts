import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpCode } from '@rookery/protocol';
import { EntryKind } from 'raft-ts-lite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NEXT_BUILD, NEXT_LEVEL } from '../../sim/next-build.ts';
import { MAX_FEATURE_LEVEL } from '../../src/bounds/limits.ts';
import { emptyCommandHeader, encodeCommand, opOf } from '../../src/model/command.ts';
import { FIRST_LEVEL, KEEPER_LEVEL, rangeOf, ZOOKEEPER_LEVEL } from '../../src/model/feature-level.ts';
import { THIS_BUILD } from '../../src/replica/build.ts';
import { unreadableCommand } from '../../src/replica/command-check.ts';
import {
  digestsFile,
  goldenFolder,
  goldenLevels,
  load,
  logFile,
  MAX_GOLDEN_BYTES,
  makeGolden,
  readSnapshot,
  snapshotBytes,
  snapshotFile,
  writeGolden,
} from './golden-level.ts';
import { digestsOf, readEntries } from './golden-log.ts';
import { newMachine, replay } from './replay.ts';

/** Every kind of command that members take from their leader. */
const KINDS = Object.entries(OpCode).filter(
  ([, op]) =>
    unreadableCommand(encodeCommand({ ...emptyCommandHeader(), op }, new Uint8Array(0)), {
      highest: MAX_FEATURE_LEVEL,
    }) === undefined,
);
/** Those that came with a later level than the first one. */
const BROUGHT_BY: ReadonlyMap<number, number> = new Map<number, number>([
  [OpCode.restore, ZOOKEEPER_LEVEL],
  [OpCode.createIfNotExists, KEEPER_LEVEL],
  [OpCode.removeRecursive, KEEPER_LEVEL],
  [OpCode.tryRemove, KEEPER_LEVEL],
]);
const textOf = (name: string): string => readFileSync(join(goldenFolder, name), 'utf8');

test('each level that this build runs has a golden log', () => {
  expect(KINDS.map(([name]) => name)).toEqual(expect.arrayContaining(['create', 'raiseFeatureLevel']));
  const { lowest, highest } = rangeOf(THIS_BUILD.levels);
  expect(goldenLevels().filter((level) => level >= lowest)).toEqual(
    Array.from({ length: highest - lowest + 1 }, (_, at) => lowest + at),
  );
});

describe.each(THIS_BUILD.levels)('the golden log of level $level', ({ level }) => {
  const entries = readEntries(logFile(level));

  test('replays to the same digests and codes, on every member', () => {
    for (const hashSeed of [1, 0xdead_beef])
      expect(digestsOf(entries, newMachine(hashSeed))).toBe(textOf(digestsFile(level)));
  });

  test('rises to it', () => {
    const machine = newMachine();
    replay(machine, entries);
    expect(machine.featureLevel).toBe(level);
  });

  const kinds = KINDS.filter(([, op]) => level >= (BROUGHT_BY.get(op) ?? FIRST_LEVEL));

  test.each(kinds)('holds commands that %s', (name, op) => {
    const codes = replay(newMachine(), entries);
    const seen = new Set(
      codes.filter((_, at) => entries[at]!.kind === EntryKind.command && opOf(entries[at]!.data) === op),
    );
    // The first level is in force from the beginning: nothing raises it.
    const isNeverDone = op === OpCode.raiseFeatureLevel && level === FIRST_LEVEL;
    expect(seen.size, name).toBeGreaterThan(0);
    expect(seen.has(0)).toBe(!isNeverDone);
  });

  test('comes to a state whose snapshot loads to the same digest, and goes on', () => {
    const snapshot = readSnapshot(snapshotFile(level));
    const machine = load(snapshot, newMachine(7));
    const replayed = newMachine();
    replay(replayed, entries);
    expect(machine.digest()).toBe(snapshot.digest);
    expect(machine.digest()).toBe(replayed.digest());
    expect([machine.featureLevel, machine.appliedIndex]).toEqual([level, replayed.appliedIndex]);
  });

  test('is small', () => {
    for (const name of [logFile(level), digestsFile(level), snapshotFile(level)])
      expect(statSync(join(goldenFolder, name)).size).toBeLessThan(MAX_GOLDEN_BYTES);
  });
});

/** Of a snapshot, each as text. Nodes stand in any order; builds of today write parents first. */
function recordsOf(bytes: Uint8Array): string[] {
  const records: string[] = [];
  const all = Buffer.from(bytes);
  for (let at = 0; at < all.length; ) {
    const end = at + 4 + all.readInt32BE(at);
    records.push(all.toString('base64', at, end));
    at = end;
  }
  return records.sort();
}

test('a snapshot from before there were levels is one of the first level, and has the records that it has today', () => {
  const snapshot = readSnapshot('snapshot-0.2.json');
  expect(load(snapshot, newMachine()).featureLevel).toBe(FIRST_LEVEL);
  const replayed = newMachine();
  replay(replayed, readEntries('log-0.2.txt'));
  expect(replayed.digest()).toBe(snapshot.digest);
  expect(recordsOf(snapshotBytes(replayed))).toEqual(recordsOf(snapshot.bytes));
});

describe('golden files', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rookery-golden-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test('are written where there are none, and are a function of the level', () => {
    const files = makeGolden(NEXT_LEVEL, NEXT_BUILD);
    expect(writeGolden(files, { folder })).toEqual([...files.keys()]);
    expect(writeGolden(makeGolden(NEXT_LEVEL, NEXT_BUILD), { folder })).toEqual([]);
    expect(goldenLevels(folder)).toEqual([NEXT_LEVEL]);
    const snapshot = readSnapshot(snapshotFile(NEXT_LEVEL), folder);
    expect(load(snapshot, newMachine(1, 1, NEXT_BUILD)).featureLevel).toBe(NEXT_LEVEL);
  });

  test('are not written over by others, but where somebody says so', () => {
    const files = makeGolden(FIRST_LEVEL, THIS_BUILD);
    const name = digestsFile(FIRST_LEVEL);
    writeFileSync(join(folder, name), 'what another build wrote');
    expect(() => writeGolden(files, { folder })).toThrow(name);
    expect(goldenLevels(folder)).toEqual([]);
    expect(writeGolden(files, { folder, replace: true })).toHaveLength(files.size);
    expect(readFileSync(join(folder, name), 'utf8')).toBe(files.get(name));
  });

  test('of a level that this build does not run cannot be made', () => {
    expect(() => makeGolden(NEXT_LEVEL, THIS_BUILD)).toThrow(`does not run level ${NEXT_LEVEL}`);
  });
});
