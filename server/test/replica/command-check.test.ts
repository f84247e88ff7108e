import { OpCode, Writer, writeDeleteRequest, writeMultiHeader } from '@rookery/protocol';
import {
  type Configuration,
  EntryKind,
  encodeConfiguration,
  Fitness,
  type Message,
  MessageType,
} from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { NEXT_BUILD, NEXT_LEVEL } from '../../sim/next-build.ts';
import { Prng } from '../../sim/prng.ts';
import {
  type CommandHeader,
  emptyCommandHeader,
  encodeCommand,
  readCommandHeader,
} from '../../src/model/command.ts';
import { FIRST_LEVEL, KEEPER_LEVEL, ZOOKEEPER_LEVEL } from '../../src/model/feature-level.ts';
import { asSessionId } from '../../src/model/ids.ts';
import { unfitForward } from '../../src/replica/command-check.ts';
import { AppendCheck } from '../../src/replica/peers/append-check.ts';
import { LogEntries } from './log-entries.ts';
import { newMachine } from './replay.ts';

function deleteOf(path: string): Uint8Array {
  const writer = new Writer(64);
  writeDeleteRequest(writer, 1, path, -1);
  return writer.copy().subarray(12);
}

/** With one step, whose record is that of a delete. */
function multiOf(op: number): Uint8Array {
  const writer = new Writer(64);
  writeMultiHeader(writer, op, false, -1);
  writer.writeRaw(deleteOf('/a'), 0, deleteOf('/a').length);
  writeMultiHeader(writer, -1, true, -1);
  return writer.copy();
}

function commandOf(changes: Partial<CommandHeader>, body = deleteOf('/a')): Uint8Array {
  return encodeCommand(
    {
      ...emptyCommandHeader(),
      op: OpCode.delete,
      origin: 2,
      requestNumber: 7,
      session: asSessionId(5),
      ...changes,
    },
    body,
  );
}

function ofVersion(version: number): Uint8Array {
  const command = commandOf({});
  command[0] = version;
  return command;
}

describe('of what a member forwards, a leader proposes', () => {
  test('a request of that member', () => {
    expect(unfitForward(commandOf({}), 2, FIRST_LEVEL)).toBeUndefined();
    expect(
      unfitForward(commandOf({ op: OpCode.closeSession }, new Uint8Array(0)), 2, FIRST_LEVEL),
    ).toBeUndefined();
  });

  test.each([
    ['of another version', ofVersion(2), 'version 2'],
    ['shorter than a header', commandOf({}).subarray(0, 47), '47 bytes'],
    ["in another member's name", commandOf({ origin: 3 }), 'id 3'],
    ['of an operation that nobody knows', commandOf({ op: 999 }), 'operation 999'],
    ['that expires a session', commandOf({ op: OpCode.expireSession }, new Uint8Array(8)), 'only a leader'],
    ['that deletes a container', commandOf({ op: OpCode.deleteContainer }), 'only a leader'],
    ['that compares the members', commandOf({ op: OpCode.checkpoint }, new Uint8Array(0)), 'only a leader'],
    ['that raises the feature level', commandOf({ op: OpCode.raiseFeatureLevel, level: 2 }), 'only a leader'],
    ['that not every member could apply', commandOf({ level: 1 }), 'feature level 1, which only a leader'],
    ['that reads', commandOf({ op: OpCode.getData }), 'operation 4'],
    ['with a record that is cut short', commandOf({}, deleteOf('/a').subarray(0, 5)), 'cannot be read'],
    [
      'of a session without a timeout',
      commandOf({ op: OpCode.createSession }, new Uint8Array(4)),
      'cannot be read',
    ],
    ['without a number', commandOf({ requestNumber: 0 }), 'numbers'],
    ['of a session below 0', commandOf({ session: asSessionId(-5) }), 'numbers'],
    ['of a session beyond 2^53', commandOf({ session: asSessionId(2 ** 60) }), 'numbers'],
  ])('nothing %s', (_what, command, why) => {
    expect(unfitForward(command, 2, KEEPER_LEVEL)).toContain(why);
  });

  test("of ClickHouse Keeper's writes nothing before all members know them", () => {
    const alone = commandOf({ op: OpCode.tryRemove });
    const within = commandOf({ op: OpCode.multi }, multiOf(OpCode.tryRemove));
    for (const command of [alone, within]) {
      expect(unfitForward(command, 2, ZOOKEEPER_LEVEL)).toContain(
        'needs feature level 3 where 2 is in force',
      );
      expect(unfitForward(command, 2, KEEPER_LEVEL)).toBeUndefined();
    }
  });

  test('whatever it is, only what every member can apply', () => {
    let taken = 0;
    for (let seed = 1; seed <= 50; seed++) {
      const prng = new Prng(seed, 'mutants');
      const log = new LogEntries(seed);
      const commands = log.more(40).filter(({ kind }) => kind === EntryKind.command);
      const machine = newMachine();
      let index = machine.appliedIndex;
      for (const entry of commands) {
        const command = entry.data.slice();
        const header = emptyCommandHeader();
        readCommandHeader(command, 0, header);
        command[39] = 1;
        for (let i = prng.below(3); i > 0; i--) command[prng.below(command.length)] = prng.below(256);
        if (unfitForward(command, header.origin, machine.featureLevel) !== undefined) continue;
        taken++;
        const mutant = { index: ++index, term: 1, kind: EntryKind.command, data: command };
        expect(() => machine.apply(mutant), `seed ${seed}`).not.toThrow();
      }
    }
    expect(taken).toBeGreaterThan(50);
  });
});

describe('a follower', () => {
  const heartbeat: Message = {
    type: MessageType.heartbeatResponse,
    from: 1,
    to: 2,
    term: 3,
    round: 1,
    fitness: Fitness.able,
  };
  const appendOf = (data: Uint8Array): Message => ({
    type: MessageType.append,
    from: 1,
    to: 2,
    term: 3,
    prevIndex: 8,
    prevTerm: 3,
    commit: 8,
    entries: [
      { index: 9, term: 3, kind: EntryKind.command, data: commandOf({}) },
      { index: 10, term: 3, kind: EntryKind.command, data },
    ],
  });

  test('takes nothing that its version cannot apply, and says which version is needed, once', () => {
    const log = new KeptLog();
    const clock = { monotonicMs: () => 0, wallMs: () => 0 };
    const check = new AppendCheck(newMachine(), { log, clock });
    expect(check.passes(heartbeat, 1)).toBe(true);
    expect(check.passes(appendOf(commandOf({ op: OpCode.expireSession })), 1)).toBe(true);
    expect(check.refused).toBe(0);
    for (const bytes of [ofVersion(2), ofVersion(2), commandOf({ op: 999 })])
      expect(check.passes(appendOf(bytes), 1)).toBe(false);
    expect(check.refused).toBe(3);
    expect(log.lines).toHaveLength(1);
    expect(JSON.stringify(log.lines)).toContain('a command of version 2, and this member reads version 1');
  });

  test('takes nothing of a feature level that it does not run', () => {
    const log = new KeptLog();
    const clock = { monotonicMs: () => 0, wallMs: () => 0 };
    const raise = (level: number) => appendOf(commandOf({ op: OpCode.raiseFeatureLevel, level }));
    const check = new AppendCheck(newMachine(), { log, clock });
    expect(check.passes(raise(NEXT_LEVEL - 1), 1)).toBe(true);
    expect(check.passes(raise(NEXT_LEVEL), 1)).toBe(false);
    expect(JSON.stringify(log.lines)).toContain(
      `a command that needs feature level ${NEXT_LEVEL}, and this member runs no higher one than ${NEXT_LEVEL - 1}`,
    );
    const next = new AppendCheck(newMachine(1, 1, NEXT_BUILD), { log, clock });
    expect(next.passes(raise(NEXT_LEVEL), 1)).toBe(true);
    expect(next.passes(raise(NEXT_LEVEL + 1), 1)).toBe(false);
  });

  describe('takes no configuration with which it could not go on,', () => {
    const told = '{"serverId":1,"host":"a","peerPort":1,"clientHost":"a","clientPort":2,"instance":3}';
    const configurationOf = (contexts: readonly [number, string][]): Configuration => ({
      index: 9,
      voters: [1],
      outgoing: [],
      learners: [],
      contexts: new Map(contexts),
    });
    const cases: readonly [string, Configuration, boolean][] = [
      ['but every other one', configurationOf([[1, told]]), true],
      ['as where nothing is said of a member', configurationOf([]), false],
      ['as where what is said of one is no JSON', configurationOf([[1, '{']]), false],
      ['as where what is said of one lacks its address', configurationOf([[1, '{"serverId":1}']]), false],
    ];
    test.each(cases)('%s', (_what, configuration, isTaken) => {
      const check = new AppendCheck(newMachine(), {
        log: new KeptLog(),
        clock: { monotonicMs: () => 0, wallMs: () => 0 },
      });
      const entry = {
        index: 9,
        term: 3,
        kind: EntryKind.configuration,
        data: encodeConfiguration(configuration),
      };
      const common = { from: 1, to: 2, term: 3 };
      const append: Message = {
        ...common,
        type: MessageType.append,
        prevIndex: 8,
        prevTerm: 3,
        commit: 8,
        entries: [entry],
      };
      const piece: Message = {
        ...common,
        type: MessageType.snapshotChunk,
        snapshot: { index: 12, term: 3, configuration },
        offset: 0,
        data: new Uint8Array(4),
        done: false,
      };
      expect(check.passes(append, 1)).toBe(isTaken);
      expect(check.passes(piece, 1)).toBe(isTaken);
      expect(check.refused).toBe(isTaken ? 0 : 2);
    });
  });
});
