import { ErrorCode, encodeUtf8, OPEN_ACL, OpCode, Writer, writeCreateRequest } from '@rookery/protocol';
import { type Entry, EntryKind } from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import { CommandFlag, emptyCommandHeader, encodeCommand } from '../../src/model/command.ts';
import { FIRST_LEVEL, ZOOKEEPER_LEVEL } from '../../src/model/feature-level.ts';
import { asSessionId } from '../../src/model/ids.ts';
import { THIS_BUILD } from '../../src/replica/build.ts';
import { StateMachine } from '../../src/replica/state-machine.ts';
import { dataOf } from '../tree/tree-driver.ts';
import { convert } from '../zookeeper-snapshot/conversion-run.ts';
import { subject as conversion } from '../zookeeper-snapshot/subject.ts';
import { load, snapshotBytes } from './golden-level.ts';
import { LogEntries } from './log-entries.ts';
import { newMachine, replay } from './replay.ts';
import { RestoreDriver } from './restore-run.ts';

const FOLDER = '/zookeeper/quota';
/** Length, xid and operation, which stand before the record of a request. */
const BEFORE_RECORD = 12;

/** A log of quotas, of before the level as well, and of much else. */
function logOf(seed: number): readonly Entry[] {
  const log = new LogEntries(seed, THIS_BUILD);
  log.more(30);
  log.quotas();
  log.raise(ZOOKEEPER_LEVEL);
  for (let i = 0; i < 3; i++) {
    log.quotas();
    log.more(30);
  }
  return log.entries;
}

/** A copy that goes on from a snapshot. */
function loadedFrom(machine: StateMachine, pieceNodes: number): StateMachine {
  const { appliedIndex: index, appliedTerm: term, configuration } = machine;
  const meta = { index, term, configuration };
  return load({ meta, digest: machine.digest(), bytes: snapshotBytes(machine) }, newMachine(9, pieceNodes));
}

describe('members', () => {
  test('end equal after each entry, in pieces of whatever size, and from a snapshot of any moment', () => {
    for (const seed of [1, 2, 3]) {
      const whole = newMachine(1);
      const inPieces = newMachine(0xdead_beef, 1);
      let loaded: StateMachine | undefined;
      for (const [at, entry] of logOf(seed).entries()) {
        if (at % 40 === 20) loaded = loadedFrom(whole, 3);
        const machines = [whole, inPieces, ...(loaded === undefined ? [] : [loaded])];
        const codes = machines.map((machine) => replay(machine, [entry])[0]);
        expect(new Set(codes).size).toBe(1);
        expect(new Set(machines.map((machine) => machine.digest())).size).toBe(1);
      }
    }
  });
});

/** A machine with one session, which makes nodes. */
class Subject {
  readonly machine: StateMachine;
  readonly #session: number;

  constructor(level: number, pieceNodes = Number.POSITIVE_INFINITY) {
    this.machine = newMachine(1, pieceNodes);
    this.machine.beginAt(level);
    const timeout = new Writer(4);
    timeout.writeInt(10_000);
    this.#session = this.machine.appliedIndex + 1;
    this.#apply({ op: OpCode.createSession }, timeout.copy());
  }

  create(path: string, data: string, flags = 0): ErrorCode {
    const { op, body } = createOf(path, data);
    return this.#apply({ op, flags }, body);
  }

  raise(): ErrorCode {
    return this.#apply({ op: OpCode.raiseFeatureLevel, level: ZOOKEEPER_LEVEL }, new Uint8Array(0));
  }

  setQuota(path: string, limits: string): void {
    this.create(`${FOLDER}${path}`, '');
    this.create(`${FOLDER}${path}/zookeeper_limits`, limits);
    this.create(`${FOLDER}${path}/zookeeper_stats`, 'count=0,bytes=0');
  }

  stats(path: string): string | undefined {
    const { tree } = this.machine;
    return dataOf(tree, tree.lookupText(`${FOLDER}${path}/zookeeper_stats`));
  }

  #apply(header: object, body: Uint8Array): ErrorCode {
    const session = { session: asSessionId(this.#session), attachIndex: this.#session };
    const data = encodeCommand({ ...emptyCommandHeader(), ...session, ...header }, body);
    const entry = { index: this.machine.appliedIndex + 1, term: 1, kind: EntryKind.command, data };
    const { err } = this.machine.apply(entry);
    this.pieces = 0;
    for (; this.machine.isAmid; this.pieces++) this.machine.goOn();
    return err;
  }

  /** Of the newest entry, beyond its first one. */
  pieces = 0;
}

function createOf(path: string, data: string) {
  const writer = new Writer();
  writeCreateRequest(writer, 1, OpCode.create, { path, data: encodeUtf8(data), acl: OPEN_ACL, flags: 0 });
  return { op: OpCode.create, body: writer.copy().slice(BEFORE_RECORD) };
}

describe('a quota', () => {
  test('is enforced where the entry says so, and told of either way', () => {
    const subject = new Subject(ZOOKEEPER_LEVEL);
    subject.create('/a', '');
    subject.setQuota('/a', 'countHardLimit=2');
    expect(subject.create('/a/b', '', CommandFlag.enforcesQuotas)).toBe(ErrorCode.ok);
    expect(subject.create('/a/c', '', CommandFlag.enforcesQuotas)).toBe(ErrorCode.quotaExceeded);
    expect(subject.create('/a/c', '')).toBe(ErrorCode.ok);
    expect(subject.stats('/a')).toBe('count=3,bytes=0');
  });

  test('is nothing but nodes at the first level, whatever an entry says', () => {
    const subject = new Subject(FIRST_LEVEL);
    subject.create('/a', '');
    subject.setQuota('/a', 'countHardLimit=0');
    expect(subject.create('/a/b', 'b', CommandFlag.enforcesQuotas)).toBe(ErrorCode.ok);
    expect(subject.create(`${FOLDER}/zookeeper_limits`, 'as many as you like')).toBe(ErrorCode.ok);
    expect(subject.stats('/a')).toBe('count=0,bytes=0');
  });

  test('that was there before counts once the level is in force', () => {
    const subject = new Subject(FIRST_LEVEL);
    subject.create('/a', '1');
    subject.setQuota('/a', 'as many as you like');
    subject.setQuota('/none', '');
    subject.create('/a/b', '22');
    expect(subject.raise()).toBe(ErrorCode.ok);
    expect([subject.stats('/a'), subject.stats('/none')]).toEqual(['count=2,bytes=3', 'count=0,bytes=0']);
    // Nobody can read its limits: there are none.
    expect(subject.create('/a/c', '333', CommandFlag.enforcesQuotas)).toBe(ErrorCode.ok);
    expect(subject.stats('/a')).toBe('count=3,bytes=6');
  });

  test('upon many nodes is counted in pieces, each node once, however many quotas a write makes', () => {
    const nodes = 1_000;
    const pieceNodes = 50;
    const subject = new Subject(FIRST_LEVEL, pieceNodes);
    subject.create('/a', '');
    for (let i = 0; i < nodes; i++) subject.create(i % 10 === 0 ? `/a/${i}` : `/a/${i - (i % 10)}/${i}`, 'x');
    for (const path of ['/a', '/a/0', '/a/10']) subject.setQuota(path, '');
    expect(subject.raise()).toBe(ErrorCode.ok);
    expect(subject.stats('/a')).toBe(`count=${nodes + 1},bytes=${nodes}`);
    expect(subject.stats('/a/0')).toBe('count=10,bytes=10');
    expect(subject.pieces).toBeGreaterThanOrEqual(nodes / pieceNodes - 1);
    expect(subject.pieces).toBeLessThan((3 * nodes) / pieceNodes);
  });

  test('in a snapshot that is restored counts what is there, whatever its stats say', () => {
    const former = new Subject(FIRST_LEVEL);
    former.create('/a', '1');
    former.setQuota('/a', 'countHardLimit=3');
    former.create('/a/b', '22');
    expect(former.stats('/a')).toBe('count=0,bytes=0');
    const driver = new RestoreDriver({ StateMachine });
    const { machine } = former;
    expect(driver.restore(convert(conversion, [snapshotBytes(machine)], machine.lastZxid))).toBe(
      ErrorCode.ok,
    );
    const { tree } = driver.machine;
    const stats = (): string | undefined => dataOf(tree, tree.lookupText(`${FOLDER}/a/zookeeper_stats`));
    expect(stats()).toBe('count=2,bytes=3');
    driver.create(driver.session(), driver.machine.appliedIndex, '/a/c');
    expect(stats()).toBe('count=3,bytes=3');
  });
});
