import { CreateMode, ErrorCode, OPEN_ACL, OpCode, Writer, writeCreateRequest } from '@rookery/protocol';
import { type Entry, EntryKind, encodeConfiguration, type Recovery } from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import { emptyCommandHeader, encodeCommand } from '../../src/model/command.ts';
import { asSessionId } from '../../src/model/ids.ts';
import { THIS_BUILD } from '../../src/replica/build.ts';
import type { StateMachine } from '../../src/replica/state-machine.ts';
import { genesis } from '../storage/member.ts';
import { load, snapshotBytes } from './golden-level.ts';
import { newMachine } from './replay.ts';

const RAISED = 2 ** 40;

interface Asked {
  readonly session?: number;
  readonly attachIndex?: number;
  readonly body?: Writer;
}

/** Applies the next entry; returns what it came to. */
function apply(
  machine: StateMachine,
  op: number,
  { session = 0, attachIndex = session, body = new Writer() }: Asked = {},
) {
  const header = { ...emptyCommandHeader(), op, session: asSessionId(session), attachIndex };
  const data = encodeCommand(header, body.view());
  return machine.apply({ index: machine.appliedIndex + 1, term: 1, kind: EntryKind.command, data });
}

function begin(machine: StateMachine): number {
  const body = new Writer();
  body.writeInt(4_000);
  return apply(machine, OpCode.createSession, { body }).session;
}

function createEphemeral(machine: StateMachine, session: number, attachIndex: number, path: string) {
  const frame = new Writer();
  const fields = { path, data: undefined, acl: OPEN_ACL, flags: CreateMode.ephemeral };
  writeCreateRequest(frame, 1, OpCode.create, fields);
  const body = new Writer();
  body.writeRaw(frame.bytes, 12, frame.length);
  return apply(machine, OpCode.create, { session, attachIndex, body }).err;
}

function recoveryEntry(index: number, number = 1): Entry {
  const recovery: Recovery = { number, survivor: 1, index, term: 2 ** 20 };
  const data = encodeConfiguration({ ...genesis, index, voters: [1], recovery });
  return { index, term: recovery.term, kind: EntryKind.configuration, data };
}

function expire(machine: StateMachine, session: number, attachIndexSeen: number) {
  const body = new Writer();
  body.writeLong(attachIndexSeen);
  return apply(machine, OpCode.expireSession, { session, body }).err;
}

/** Two sessions with an ephemeral node each, and the entry of a forced recovery. */
function recovered(machine = newMachine()): { machine: StateMachine; former: [number, number] } {
  const former: [number, number] = [begin(machine), begin(machine)];
  for (const id of former) expect(createEphemeral(machine, id, id, `/of-${id}`)).toBe(ErrorCode.ok);
  machine.skip(recoveryEntry(machine.appliedIndex + 1));
  return { machine, former };
}

function afterSnapshot(machine: StateMachine): StateMachine {
  const { appliedIndex: index, appliedTerm: term, configuration } = machine;
  const bytes = snapshotBytes(machine);
  return load({ meta: { index, term, configuration }, digest: machine.digest(), bytes }, newMachine());
}

describe('after a forced recovery', () => {
  test('no connection and no request is taken for a session of before, not even the one that closes it', () => {
    const { machine, former } = recovered();
    const [session] = former;
    const digest = machine.digest();
    const ops = [OpCode.attachSession, OpCode.setIdentities, OpCode.closeSession];
    for (const op of ops) expect(apply(machine, op, { session }).err).toBe(ErrorCode.sessionExpired);
    expect(createEphemeral(machine, session, session, '/more')).toBe(ErrorCode.sessionExpired);
    expect(machine.digest()).toBe(digest);
  });

  test('such sessions and their nodes stay until the leader ends one after the other: the entry itself costs the same for however many', () => {
    const { machine, former } = recovered();
    expect([machine.sessions.size, machine.tree.ephemeralCount]).toEqual([2, 2]);
    for (const id of former) expect(expire(machine, id, id)).toBe(ErrorCode.ok);
    expect([machine.sessions.size, machine.tree.ephemeralCount]).toEqual([0, 0]);
  });

  test('sessions that begin are as ever, until the next one', () => {
    const { machine } = recovered();
    const session = begin(machine);
    const attachIndex = machine.appliedIndex;
    expect(session).toBe(attachIndex + RAISED);
    expect(createEphemeral(machine, session, attachIndex, '/new')).toBe(ErrorCode.ok);
    expect(apply(machine, OpCode.attachSession, { session }).err).toBe(ErrorCode.ok);
    machine.skip(recoveryEntry(machine.appliedIndex + 1, 2));
    expect(apply(machine, OpCode.attachSession, { session }).err).toBe(ErrorCode.sessionExpired);
  });

  test('whoever has the state from a snapshot takes the same for former sessions', () => {
    const { machine, former } = recovered();
    const session = begin(machine);
    const attachIndex = machine.appliedIndex;
    const other = afterSnapshot(machine);
    for (const each of [machine, other]) {
      expect(apply(each, OpCode.attachSession, { session: former[0] }).err).toBe(ErrorCode.sessionExpired);
      expect(createEphemeral(each, session, attachIndex, '/new')).toBe(ErrorCode.ok);
      expect(expire(each, former[1], former[1])).toBe(ErrorCode.ok);
    }
    expect(other.digest()).toBe(machine.digest());
  });

  test('who joined knowing of it, and comes to what was before it, takes these sessions as they were then', () => {
    const { machine } = recovered();
    const granted = { ...genesis, recovery: machine.configuration.recovery! };
    const joined = THIS_BUILD.newMachine(granted, { hashSeed: 1, pieceNodes: 100 });
    const others = [afterSnapshot(joined), joined];
    for (const other of others) expect(recovered(other).machine.digest()).toBe(machine.digest());
  });
});
