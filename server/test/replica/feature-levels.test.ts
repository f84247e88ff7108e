import { ErrorCode, OpCode, Reader, Writer, writeCreateRequest } from '@rookery/protocol';
import { type Entry, EntryKind } from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import { LATER_BUILD, NEXT_BUILD, NEXT_LEVEL } from '../../sim/next-build.ts';
import { MAX_FEATURE_LEVEL } from '../../src/bounds/limits.ts';
import { emptyCommandHeader, encodeCommand } from '../../src/model/command.ts';
import { FEATURE_LEVELS, FIRST_LEVEL, rangeOf, tellRange } from '../../src/model/feature-level.ts';
import { THIS_BUILD } from '../../src/replica/build.ts';
import type { StateMachine } from '../../src/replica/state-machine.ts';
import { UnrunnableLevel } from '../../src/replica/unusable-data.ts';
import { RECORD_PREFIX_BYTES, readHeader } from '../../src/tree/snapshot-format.ts';
import { load, snapshotBytes } from './golden-level.ts';
import { LogEntries } from './log-entries.ts';
import { newMachine } from './replay.ts';

const nothing = new Uint8Array(0);
const machineOf = (build = THIS_BUILD): StateMachine => newMachine(1, Number.POSITIVE_INFINITY, build);

function entryOf(machine: StateMachine, header: object, body: Uint8Array = nothing): Entry {
  const data = encodeCommand({ ...emptyCommandHeader(), ...header }, body);
  return { index: machine.appliedIndex + 1, term: 1, kind: EntryKind.command, data };
}

const OURS = rangeOf(FEATURE_LEVELS);

/** Up to `level`, one by one. */
function raiseTo(machine: StateMachine, level: number): StateMachine {
  while (machine.featureLevel < level) expect(raise(machine, machine.featureLevel + 1)).toBe(ErrorCode.ok);
  return machine;
}

function raise(machine: StateMachine, level: number): ErrorCode {
  return machine.apply(entryOf(machine, { op: OpCode.raiseFeatureLevel, level })).err;
}

/** A machine that goes on from another one's snapshot. */
function loaded(from: StateMachine, build = NEXT_BUILD): StateMachine {
  const { appliedIndex: index, appliedTerm: term, configuration } = from;
  const snapshot = {
    meta: { index, term, configuration },
    digest: from.digest(),
    bytes: snapshotBytes(from),
  };
  return load(snapshot, machineOf(build));
}

describe('the levels of this build', () => {
  test('begin with one that genesis and every neighbour run, follow one another, and say what they bring', () => {
    const levels = FEATURE_LEVELS.map(({ level }) => level);
    expect(levels[0]).toBe(FIRST_LEVEL);
    expect(levels).toEqual(levels.map((_, at) => FIRST_LEVEL + at));
    expect(Math.max(...levels)).toBeLessThanOrEqual(MAX_FEATURE_LEVEL);
    for (const { brings } of FEATURE_LEVELS) expect(brings).toMatch(/\w/);
  });
});

describe('the feature level in force', () => {
  test('is the first one at genesis, and is raised by an entry, one by one', () => {
    const machine = machineOf(NEXT_BUILD);
    expect(machine.featureLevel).toBe(FIRST_LEVEL);
    for (const level of [...FEATURE_LEVELS.slice(1).map((known) => known.level), NEXT_LEVEL]) {
      if (level < NEXT_LEVEL) expect(raise(machine, NEXT_LEVEL)).toBe(ErrorCode.badArguments);
      expect(raise(machine, level)).toBe(ErrorCode.ok);
      expect(machine.featureLevel).toBe(level);
    }
  });

  test.each([[0], [FIRST_LEVEL], [NEXT_LEVEL]])('is not lowered, and not raised twice: %i', (level) => {
    const machine = raiseTo(machineOf(NEXT_BUILD), NEXT_LEVEL);
    const before = machine.digest();
    expect(raise(machine, level)).toBe(ErrorCode.badArguments);
    expect(machine.featureLevel).toBe(NEXT_LEVEL);
    expect(machine.digest()).toBe(before);
  });

  test('belongs to what members compare, but for the first one, at which digests are those of before', () => {
    const machine = machineOf(NEXT_BUILD);
    const before = machine.digest();
    expect(before).toMatch(/^[0-9a-f]{32}$/);
    raiseTo(machine, NEXT_LEVEL);
    expect(machine.digest()).toBe(`${before}@${NEXT_LEVEL}`);
  });

  test('says what the entries behind it mean', () => {
    const ctimes = [FIRST_LEVEL, NEXT_LEVEL].map((level) => {
      const machine = machineOf(NEXT_BUILD);
      raiseTo(machine, level);
      const timeout = new Writer(4);
      timeout.writeInt(10_000);
      const session = machine.apply(entryOf(machine, { op: OpCode.createSession }, timeout.copy())).session;
      const { attachIndex } = machine.sessions.get(session)!;
      const create = new Writer();
      writeCreateRequest(create, 1, OpCode.create, {
        path: '/a',
        data: undefined,
        acl: [{ perms: 31, scheme: 'world', id: 'anyone' }],
        flags: 0,
      });
      const header = { op: OpCode.create, session, attachIndex, timeMs: 1_700_000_000_789 };
      expect(machine.apply(entryOf(machine, header, create.copy().slice(12))).err).toBe(ErrorCode.ok);
      return machine.lastTimeMs;
    });
    expect(ctimes).toEqual([1_700_000_000_789, 1_700_000_000_000]);
  });
});

describe('a snapshot', () => {
  test('of the first level has the bytes that it had before there were levels', () => {
    const log = new LogEntries(3);
    const machine = machineOf();
    for (const entry of log.more(200))
      entry.kind === EntryKind.command ? machine.apply(entry) : machine.skip(entry);
    const bytes = snapshotBytes(machine);
    const header = readHeader(new Reader().reset(bytes, RECORD_PREFIX_BYTES + 1, bytes.length));
    expect(header?.extra).toHaveLength(16);
  });

  test('carries the level, and nothing else changes on the way', () => {
    const machine = raiseTo(machineOf(NEXT_BUILD), NEXT_LEVEL);
    const after = loaded(machine);
    expect(after.featureLevel).toBe(NEXT_LEVEL);
    expect(after.digest()).toBe(machine.digest());
    expect(loaded(machineOf(NEXT_BUILD)).featureLevel).toBe(FIRST_LEVEL);
  });

  test('of a level that this build does not run is not taken over', () => {
    const machine = raiseTo(machineOf(NEXT_BUILD), NEXT_LEVEL);
    expect(() => loaded(machine, THIS_BUILD)).toThrow(new UnrunnableLevel(NEXT_LEVEL, OURS));
  });
});

describe('a build that does not run the level', () => {
  test('stops before it applies the entry that raises it, and says what to do', () => {
    const machine = machineOf();
    const before = [machine.digest(), machine.appliedIndex];
    expect(() => raise(machine, NEXT_LEVEL)).toThrow(
      `the ensemble is at feature level ${NEXT_LEVEL}, and this version runs ${tellRange(OURS)}: start the newer version again that ran before, or a newer one`,
    );
    expect([machine.digest(), machine.appliedIndex]).toEqual(before);
    expect(machine.featureLevel).toBe(FIRST_LEVEL);
  });

  test('since it has forgotten it does not begin there, and goes on from a snapshot of one that it runs', () => {
    const machine = machineOf(LATER_BUILD);
    expect(() => machine.mustRun(machine.featureLevel)).toThrow(
      `the ensemble is at feature level 1, and this version runs level ${NEXT_LEVEL}: start the version that ran before, and raise the level there first (POST /admin/feature-level)`,
    );
    const raised = raiseTo(machineOf(NEXT_BUILD), NEXT_LEVEL);
    expect(loaded(raised, LATER_BUILD).digest()).toBe(raised.digest());
    expect(() => loaded(machineOf(NEXT_BUILD), LATER_BUILD)).toThrow(UnrunnableLevel);
  });
});
