import {
  CreateMode,
  ErrorCode,
  type MultiItem,
  OPEN_ACL,
  OpCode,
  Writer,
  writeCreateRequest,
  writeMultiRequest,
} from '@rookery/protocol';
import { type Entry, EntryKind } from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import { emptyCommandHeader, encodeCommand } from '../../src/model/command.ts';
import { FIRST_LEVEL, KEEPER_LEVEL } from '../../src/model/feature-level.ts';
import { asSessionId } from '../../src/model/ids.ts';
import type { Applied } from '../../src/replica/applied.ts';
import { Applier } from '../../src/replica/applier.ts';
import type { Requests } from '../../src/replica/requests.ts';
import type { StateMachine } from '../../src/replica/state-machine.ts';
import { genesis } from '../storage/member.ts';
import { LogEntries } from './log-entries.ts';
import { newMachine, replay } from './replay.ts';

const SELF = 1;
/** Length, xid and operation, which stand before the record of a request. */
const BEFORE_RECORD = 12;
const BOUNDS = { turnSteps: 40, pieceNodes: 5 };

/** A log: sessions that own nodes, and end. */
class OwnedNodes {
  readonly entries: Entry[] = [];

  get next(): number {
    return genesis.index + 1 + this.entries.length;
  }

  session(): number {
    const timeout = new Writer(4);
    timeout.writeInt(10_000);
    const id = this.next;
    this.#command(OpCode.createSession, 0, timeout.copy());
    return id;
  }

  raised(level: number): this {
    for (let next = FIRST_LEVEL + 1; next <= level; next++)
      this.#command(OpCode.raiseFeatureLevel, 0, new Uint8Array(0), next);
    return this;
  }

  /** Removals of all from the root's `name` on, where no more than `limit` nodes may go. */
  removals(session: number, name: string, limit: number, count: number): this {
    const body = new Writer();
    body.writeString(`/${name}`);
    body.writeInt(limit);
    for (let i = 0; i < count; i++) this.#command(OpCode.removeRecursive, session, body.copy());
    return this;
  }

  multi(session: number, items: readonly MultiItem[]): this {
    const writer = new Writer();
    writeMultiRequest(writer, 1, items);
    this.#command(OpCode.multi, session, writer.copy().subarray(BEFORE_RECORD));
    return this;
  }

  owned(session: number, count: number): this {
    for (let i = 0; i < count; i++) {
      const writer = new Writer();
      const fields = {
        path: `/${session}-${i}`,
        data: undefined,
        acl: OPEN_ACL,
        flags: CreateMode.ephemeral,
      };
      writeCreateRequest(writer, 1, OpCode.create, fields);
      this.#command(OpCode.create, session, writer.copy().subarray(BEFORE_RECORD));
    }
    return this;
  }

  close(session: number): this {
    this.#command(OpCode.closeSession, session, new Uint8Array(0));
    return this;
  }

  #command(op: number, session: number, body: Uint8Array, level = 0): void {
    const header = {
      ...emptyCommandHeader(),
      op,
      level,
      session: asSessionId(session),
      attachIndex: session,
    };
    const data = encodeCommand({ ...header, origin: SELF, requestNumber: this.next, timeMs: 1 }, body);
    this.entries.push({ index: this.next, term: 1, kind: EntryKind.command, data });
  }
}

/** A loop that only applies, and those who hear of it. */
class Subject {
  readonly machine: StateMachine;
  readonly applier: Applier;
  /** All that anybody was told, in order. */
  readonly told: string[] = [];
  /** Changes of which watchers heard in this turn. */
  heardNow = 0;
  isHeld = false;

  constructor(bounds = BOUNDS, machine = newMachine(1, bounds.pieceNodes)) {
    this.machine = machine;
    this.applier = new Applier({
      raftId: SELF,
      machine: this.machine,
      bounds,
      requests: {
        settle: (number: number) => ({ applied: ({ err }: Applied) => this.#say(`reply ${number} ${err}`) }),
      } as unknown as Requests,
      own: undefined,
      fail: (error) => {
        throw error;
      },
      beginEntry: () => {},
      events: {
        changed: ({ changes, zxid }, from, steps) => {
          const { changeCount } = changes!;
          let at = from;
          for (; at < changeCount && (at === from || !steps.areSpent); at++) {
            steps.spend(1);
            this.heardNow++;
            this.told.push(`${zxid}: ${changes!.changeKind(at)} ${changes!.changePath(at)}`);
          }
          return at;
        },
        held: (isHeld) => {
          this.isHeld = isHeld;
        },
        commandApplied: () => this.#say('applied'),
        applying: () => {},
        overtaken: () => {},
        flush: () => {},
        turned: () => {},
        configured: () => this.#say('configured'),
        leadershipChanged: () => {},
      },
    });
  }

  /** Turns of the loop until all is applied; `between` them somebody may look. */
  apply(entries: readonly Entry[], between: () => void = () => {}): number {
    this.applier.enqueue(entries);
    let turns = 0;
    for (; this.applier.isBusy; turns++) {
      this.turn();
      between();
    }
    return turns;
  }

  turn(behind = 0): void {
    this.heardNow = 0;
    this.applier.beginTurn(behind);
    this.applier.run();
  }

  #say(what: string): void {
    // Whoever is told looks at the state: it must be whole.
    if (this.isHeld || this.machine.isAmid) throw new Error(`${what} in the middle of an entry`);
    this.told.push(what);
  }
}

function created(path: string): MultiItem {
  return { op: OpCode.create, path, data: undefined, acl: OPEN_ACL, flags: CreateMode.persistent };
}

const inOneGo = { turnSteps: Number.POSITIVE_INFINITY, pieceNodes: Number.POSITIVE_INFINITY };

function endOfMany(nodes: number): { readonly before: Entry[]; readonly end: Entry[] } {
  const log = new OwnedNodes();
  const [first, second] = [log.session(), log.session()];
  log.owned(first, nodes).owned(second, 3);
  const before = log.entries.slice();
  log.close(first).owned(second, 2).close(second);
  return { before, end: log.entries.slice(before.length) };
}

describe('applying in slices', () => {
  test('tells the same as in one go, in the same order, and comes to the same state', () => {
    const { before, end } = endOfMany(200);
    const [cut, whole] = [new Subject(), new Subject(inOneGo)];
    for (const subject of [cut, whole]) subject.apply(before);
    const turns = cut.apply(end);
    expect(whole.apply(end)).toBe(1);
    expect(turns).toBeGreaterThan(15);
    expect(cut.told).toEqual(whole.told);
    expect(cut.machine.digest()).toBe(whole.machine.digest());
    expect(cut.machine.appliedBytes).toBe(whole.machine.appliedBytes);
  });

  test('comes to the same state for logs of every kind', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const log = new LogEntries(seed);
      log.more(300);
      const [cut, whole] = [new Subject({ turnSteps: 3, pieceNodes: 1 }), new Subject(inOneGo)];
      cut.apply(log.entries);
      whole.apply(log.entries);
      expect(cut.told, `seed ${seed}`).toEqual(whole.told);
      expect(cut.machine.digest(), `seed ${seed}`).toBe(whole.machine.digest());
    }
  });

  test('spends no more on a turn than its steps and one piece, however many nodes a session had', () => {
    const { before, end } = endOfMany(2_000);
    const subject = new Subject();
    subject.apply(before);
    let most = 0;
    let nodes = subject.machine.tree.nodeCount;
    let mostNodes = 0;
    subject.apply(end, () => {
      most = Math.max(most, subject.heardNow);
      mostNodes = Math.max(mostNodes, nodes - subject.machine.tree.nodeCount);
      nodes = subject.machine.tree.nodeCount;
    });
    expect(mostNodes).toBeGreaterThan(0);
    expect(mostNodes).toBeLessThanOrEqual(BOUNDS.turnSteps / 2 + BOUNDS.pieceNodes);
    expect(most).toBeLessThanOrEqual(BOUNDS.turnSteps);
  });

  test('applies many small entries in as many turns as their steps take, and more of them where it is far behind', () => {
    const log = new OwnedNodes();
    log.owned(log.session(), 400);
    const [near, far] = [new Subject(), new Subject()];
    const subjects: [Subject, number][] = [
      [near, 0],
      [far, 1_600],
    ];
    for (const [subject, behind] of subjects) {
      subject.applier.enqueue(log.entries);
      subject.turn(behind);
    }
    expect(near.machine.appliedIndex - genesis.index).toBeLessThan(BOUNDS.turnSteps / 2);
    expect(far.machine.appliedIndex - genesis.index).toBeGreaterThan(70);
    expect(far.applier.isBusy).toBe(true);
  });

  test('takes nodes that are looked at in vain, and changes that are taken back, for the work that they are', () => {
    const log = new OwnedNodes().raised(KEEPER_LEVEL);
    const session = log.session();
    const names = Array.from({ length: 700 }, (_, at) => (at === 0 ? 'top' : `top/${at}`));
    const made: MultiItem[] = names.map((name) => created(`/${name}`));
    log.multi(session, made);
    const before = log.entries.slice();
    const times = 20;
    log.removals(session, 'top', names.length - 1, times);
    for (let i = 0; i < times; i++) {
      const undone = Array.from({ length: BOUNDS.turnSteps }, (_, at) => created(`/undone-${at}`));
      log.multi(session, [...undone, created('/top')]);
    }
    const subject = new Subject();
    subject.apply(before);
    const { nodeCount } = subject.machine.tree;
    expect(nodeCount).toBeGreaterThan(names.length);
    subject.told.length = 0;
    expect(subject.apply(log.entries.slice(before.length))).toBeGreaterThanOrEqual(2 * times);
    expect(subject.machine.tree.nodeCount).toBe(nodeCount);
    const refused = subject.told.filter((told) => told.endsWith(` ${ErrorCode.notEmpty}`));
    expect(refused).toHaveLength(times);
  });

  test('holds readers from the first slice of an entry to its last, and shows no index before it is whole', () => {
    const { before, end } = endOfMany(100);
    const subject = new Subject();
    subject.apply(before);
    const start = subject.machine.appliedIndex;
    const heldAt: boolean[] = [];
    subject.apply(end, () => {
      const isWhole = subject.machine.appliedIndex > start;
      if (subject.machine.isAmid) expect(subject.isHeld).toBe(true);
      if (!isWhole) heldAt.push(subject.isHeld);
    });
    expect(heldAt.length).toBeGreaterThan(3);
    expect(heldAt).not.toContain(false);
    expect(subject.isHeld).toBe(false);
  });

  test('ended in the middle by a stop begins the entry anew, on what was there before it', () => {
    const { before, end } = endOfMany(100);
    const [stopped, whole] = [new Subject(), new Subject(inOneGo)];
    for (const subject of [stopped, whole]) subject.apply(before);
    stopped.applier.enqueue(end);
    for (let turn = 0; turn < 3; turn++) stopped.turn();
    expect(stopped.machine.isAmid).toBe(true);
    expect(stopped.machine.appliedIndex).toBe(before.at(-1)!.index);
    const again = new Subject();
    again.apply([...before, ...end]);
    whole.apply(end);
    expect(again.machine.digest()).toBe(whole.machine.digest());
  });

  test('overtaken by a snapshot in the middle drops the rest, and lets readers go once the state is the snapshot’s', () => {
    const { before, end } = endOfMany(100);
    const subject = new Subject();
    subject.apply(before);
    subject.applier.enqueue(end);
    subject.turn();
    expect([subject.isHeld, subject.machine.isAmid]).toEqual([true, true]);
    subject.applier.drop();
    expect([subject.isHeld, subject.applier.isBusy]).toEqual([true, false]);

    const ahead = newMachine(2);
    replay(ahead, [...before, ...end]);
    const loader = subject.machine.newLoader();
    const walk = ahead.beginSnapshot();
    for (let piece = walk.next(1_000); piece !== undefined; piece = walk.next(1_000)) loader.feed(piece);
    const loaded = loader.finish(1_000);
    if (loaded.state !== 'loaded') throw new Error(loaded.state);
    const { appliedIndex: index, appliedTerm: term, configuration } = ahead;
    subject.machine.adopt(loaded, { index, term, configuration }, ahead.digest());
    subject.applier.overtaken();
    expect([subject.isHeld, subject.machine.isAmid]).toEqual([false, false]);
    const log = new OwnedNodes();
    log.entries.push(...before, ...end);
    log.session();
    subject.apply(log.entries);
    expect(subject.machine.appliedIndex).toBe(log.entries.at(-1)!.index);
  });
});
