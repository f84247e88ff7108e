import { ErrorCode, OpCode } from '@rookery/protocol';
import { EntryKind, encodeConfiguration } from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import { FIRST_LEVEL } from '../../src/model/feature-level.ts';
import { asSessionId } from '../../src/model/ids.ts';
import { Restores } from '../../src/replica/leader/restores.ts';
import { StateMachine } from '../../src/replica/state-machine.ts';
import { genesis } from '../storage/member.ts';
import { convert } from '../zookeeper-snapshot/conversion-run.ts';
import { subject as conversion } from '../zookeeper-snapshot/subject.ts';
import { load, snapshotBytes } from './golden-level.ts';
import { newMachine } from './replay.ts';
import { GOLDEN, RestoreDriver, runRestores } from './restore-run.ts';
import { SnapshotSubject } from './snapshot-subject.ts';

const subject = { StateMachine };

test('a restore of what Apache ZooKeeper wrote has it take the place of tree and sessions, on every member alike, whatever comes between', () => {
  for (let seed = 1; seed <= 30; seed++) runRestores(subject, seed);
});

describe('a restore', () => {
  test('at a level below does nothing', () => {
    const driver = new RestoreDriver(subject, FIRST_LEVEL);
    expect(driver.begin(1)).toBe(ErrorCode.badArguments);
    expect(driver.machine.restore.isOpen).toBe(false);
  });

  test('that is cut off at any place, or has any bit flipped, changes nothing, and says why', () => {
    const driver = new RestoreDriver(subject);
    const { machine } = driver;
    const before = machine.digest();
    for (let length = 0; length < GOLDEN.length; length += 7) {
      expect(driver.restore(GOLDEN.subarray(0, length)), `${length} bytes`).toBe(ErrorCode.badArguments);
      expect(machine.restore.outcome).toMatchObject({ token: 7, failure: expect.any(String) });
      expect([machine.restore.isOpen, machine.digest()]).toEqual([false, before]);
    }
    const damaged = Buffer.from(GOLDEN);
    for (let bit = 0; bit < GOLDEN.length * 8; bit += 13) {
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(driver.restore(damaged, 7, 4_000), `bit ${bit}`).toBe(ErrorCode.badArguments);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
    }
    expect([machine.restore.isOpen, machine.digest()]).toEqual([false, before]);
    expect(driver.restore(GOLDEN)).toBe(ErrorCode.ok);
  });

  test('of which a chunk is missing, or which is not as long as was said, changes nothing', () => {
    const driver = new RestoreDriver(subject);
    const half = GOLDEN.length >> 1;
    driver.begin(1);
    driver.chunk(1, 0, GOLDEN.subarray(0, half));
    expect(driver.end(1, 2, GOLDEN.length)).toBe(ErrorCode.badArguments);
    expect(driver.machine.restore.outcome).toEqual({ token: 1, failure: 'missing-chunks' });
    driver.begin(2);
    driver.chunk(2, 0, GOLDEN);
    expect(driver.end(2, 1, GOLDEN.length - 1)).toBe(ErrorCode.badArguments);
    expect(driver.machine.tree.nodeCount).toBe(4);
  });

  test('gives way to one that begins later, and to whoever abandons it', () => {
    const driver = new RestoreDriver(subject);
    driver.begin(1);
    driver.begin(2);
    expect(driver.chunk(1, 0, GOLDEN)).toBe(ErrorCode.badArguments);
    expect(driver.abandon(1)).toBe(ErrorCode.badArguments);
    expect(driver.machine.restore.token).toBe(2);
    expect(driver.abandon(2)).toBe(ErrorCode.ok);
    expect(driver.chunk(2, 0, GOLDEN)).toBe(ErrorCode.badArguments);
    expect(driver.machine.restore.isOpen).toBe(false);
  });

  test('of a snapshot of ours has sessions go on that are in it, and raises no zxid where there is no need', () => {
    const driver = new RestoreDriver(subject);
    const { machine } = driver;
    const session = driver.session();
    const attachIndex = machine.appliedIndex;
    driver.create(session, attachIndex, '/live', 1);
    const bytes = convert(conversion, [snapshotBytes(machine)], machine.lastZxid);
    const other = driver.session();
    driver.create(session, attachIndex, '/later');
    expect(driver.restore(bytes, 7, 300, true)).toBe(ErrorCode.ok);
    expect([...machine.sessions.values()].map(({ id }) => id)).toEqual([session]);
    expect(machine.tree.ephemeralsOf(asSessionId(session))).toEqual(['/live']);
    expect(machine.lastZxid).toBe(machine.appliedIndex);
    // Its connection was closed: over that nothing comes any more.
    expect(driver.create(session, attachIndex, '/again')).toBe(ErrorCode.sessionMoved);
    expect([driver.attach(session), driver.attach(other)]).toEqual([ErrorCode.ok, ErrorCode.sessionExpired]);
    expect(driver.create(session, machine.appliedIndex - 1, '/again')).toBe(ErrorCode.ok);
  });

  test('of a snapshot of another cluster has none of its sessions be taken for one that a client has here', () => {
    const other = new RestoreDriver(subject);
    const theirs = other.session();
    other.create(theirs, other.machine.appliedIndex, '/live', 1);
    const bytes = convert(conversion, [snapshotBytes(other.machine)], other.machine.lastZxid);
    const driver = new RestoreDriver(subject);
    const session = driver.session();
    expect(session).toBe(theirs);
    expect(driver.restore(bytes)).toBe(ErrorCode.ok);
    expect(driver.attach(session)).toBe(ErrorCode.sessionExpired);
    const [restored] = [...driver.machine.sessions.values()];
    expect(restored!.id).toBeGreaterThan(session);
    expect(restored!.id).toBeLessThan(driver.machine.lastZxid);
    expect(driver.machine.tree.ephemeralsOf(restored!.id)).toEqual(['/live']);
  });

  test('is in the snapshots that follow, with its zxids', () => {
    const driver = new RestoreDriver(subject);
    driver.restore(GOLDEN);
    const { machine } = driver;
    const { appliedIndex: index, appliedTerm: term, configuration } = machine;
    const snapshot = {
      meta: { index, term, configuration },
      digest: machine.digest(),
      bytes: snapshotBytes(machine),
    };
    const loaded = load(snapshot, newMachine(9));
    expect([loaded.lastZxid, loaded.tree.nodeCount]).toEqual([machine.lastZxid, machine.tree.nodeCount]);
    driver.create(driver.session(), machine.appliedIndex, '/after');
    for (const entry of driver.entries.slice(-2)) loaded.apply(entry);
    expect(loaded.digest()).toBe(machine.digest());
  });

  test('before or after a forced recovery leaves the members equal, those that start from a snapshot among them', () => {
    const driver = new RestoreDriver(subject);
    const { machine } = driver;
    driver.restore(GOLDEN);
    const recover = (): void => {
      const index = machine.appliedIndex + 1;
      const recovery = { ...genesis, index, recovery: { index, term: 1, number: 1, digest: 'x' } };
      machine.skip({
        index,
        term: 1,
        kind: EntryKind.configuration,
        data: encodeConfiguration(recovery as unknown as Parameters<typeof encodeConfiguration>[0]),
      });
    };
    recover();
    const [restored] = [...machine.sessions.values()];
    expect(machine.sessions.isFormer(restored!.id)).toBe(true);
    driver.restore(GOLDEN, 8);
    const { appliedIndex: index, appliedTerm: term, configuration } = machine;
    const snapshot = {
      meta: { index, term, configuration },
      digest: machine.digest(),
      bytes: snapshotBytes(machine),
    };
    const loaded = load(snapshot, newMachine(9));
    expect(loaded.sessions.formerBelow).toBe(machine.sessions.formerBelow);
    const late = driver.session();
    expect(machine.sessions.isFormer(asSessionId(late))).toBe(false);
  });
});

describe('while one is open', () => {
  test('no snapshot is taken, due or asked for, and then there is one', async () => {
    const driver = new RestoreDriver(subject);
    const snapshots = await new SnapshotSubject(1, driver.machine).open();
    await snapshots.live([]);
    driver.begin(1);
    driver.chunk(1, 0, GOLDEN);
    snapshots.snapshots.takeSnapshot(snapshots.host);
    snapshots.snapshots.consider(snapshots.host);
    expect(snapshots.snapshots.isTaking).toBe(false);
    driver.end(1, 1, GOLDEN.length);
    snapshots.snapshots.takeSnapshot(snapshots.host);
    expect(snapshots.snapshots.isTaking).toBe(true);
    snapshots.snapshots.stop();
    await snapshots.pass(5);
  });

  test('to which nobody brings anything any more, a leader abandons it, and nobody else', () => {
    const driver = new RestoreDriver(subject);
    driver.begin(5);
    const restores = new Restores();
    const decided: Uint8Array[] = [];
    const review = (leading: boolean): void =>
      restores.review({ leading, decide: (command) => void decided.push(command) }, driver.machine);
    review(false);
    restores.own = 5;
    review(true);
    expect(decided).toEqual([]);
    restores.own = 0;
    review(true);
    const data = decided[0]!;
    driver.machine.apply({ index: driver.machine.appliedIndex + 1, term: 1, kind: EntryKind.command, data });
    expect(driver.machine.restore.isOpen).toBe(false);
    review(true);
    expect(decided).toHaveLength(1);
  });

  test('a state that jumps to a snapshot has none', () => {
    const driver = new RestoreDriver(subject);
    const { machine } = driver;
    const { appliedIndex: index, appliedTerm: term, configuration } = machine;
    const snapshot = {
      meta: { index, term, configuration },
      digest: machine.digest(),
      bytes: snapshotBytes(machine),
    };
    driver.begin(5);
    load(snapshot, machine);
    expect(machine.restore.isOpen).toBe(false);
    expect(driver.apply(OpCode.restore, new Uint8Array(0)).err).toBe(ErrorCode.marshallingError);
  });
});
