import {
  type AclList,
  CreateMode,
  type CreateWrite,
  encodeUtf8,
  type Identities,
  type MultiItem,
  NO_SLOT,
  OPEN_ACL,
  OpCode,
  READ_ACL,
  Writer,
  writeCreateRequest,
  writeDeleteRequest,
  writeMultiRequest,
  writeSetAclRequest,
  writeSetDataRequest,
} from '@rookery/protocol';
import { type Entry, EntryKind, encodeConfiguration } from 'raft-ts-lite';
import { Prng } from '../../sim/prng.ts';
import { CommandFlag, emptyCommandHeader, encodeCommand } from '../../src/model/command.ts';
import { ZOOKEEPER_LEVEL } from '../../src/model/feature-level.ts';
import { writeIdentities } from '../../src/model/identity-record.ts';
import { asSessionId } from '../../src/model/ids.ts';
import { type Build, THIS_BUILD } from '../../src/replica/build.ts';
import { abandonBody, beginBody, chunkBody, endBody } from '../../src/replica/restore.ts';
import type { StateMachine } from '../../src/replica/state-machine.ts';
import { genesis } from '../storage/member.ts';
import { keeperCommands } from './keeper-commands.ts';
import { newMachine, replay } from './replay.ts';

/** Length, xid and operation, which stand before the record of a request. */
const beforeRecord = 12;
const nothing = new Uint8Array(0);
const ACLS: readonly AclList[] = [
  ...Array<AclList>(12).fill(OPEN_ACL),
  READ_ACL,
  [{ perms: 31, scheme: 'digest', id: 'u:x' }],
  [{ perms: 31, scheme: 'auth', id: '' }],
  [{ perms: 15, scheme: 'ip', id: '10.0.0.0/31' }],
  [],
];
const MODES = Object.values(CreateMode).filter((mode) => mode <= CreateMode.ephemeralSequential);

interface KnownSession {
  readonly id: number;
  attachIndex: number;
}

/** A log as a cluster's members might commit it: every kind of entry and of command, those that fail among them. */
export class LogEntries {
  readonly entries: Entry[] = [];
  readonly #prng: Prng;
  /** A state of these very entries, to ask for what is mostly there. */
  readonly #machine: StateMachine;
  #paths: string[] = ['/'];
  #sessions: KnownSession[] = [];
  #term = 1;
  #timeMs = Date.UTC(2026, 0, 1);

  constructor(seed: number, build: Build = THIS_BUILD) {
    this.#prng = new Prng(seed, 'log');
    this.#machine = newMachine(1, Number.POSITIVE_INFINITY, build);
    this.#push(EntryKind.empty, nothing);
    this.#createSession();
  }

  /** Index of the next entry: the log begins behind genesis. */
  get nextIndex(): number {
    return genesis.index + 1 + this.entries.length;
  }

  /** Adds `count` entries and returns them. */
  more(count: number): Entry[] {
    const from = this.entries.length;
    while (this.entries.length < from + count) this.#one();
    return this.entries.slice(from);
  }

  /** Adds an entry for each of `values`, which sets it as the data of `path`, and returns them. */
  values(path: string, values: readonly Uint8Array[]): Entry[] {
    const from = this.entries.length;
    for (const data of values) {
      const writer = new Writer();
      writeSetDataRequest(writer, 1, path, data, -1);
      const session = this.#createSession();
      this.#command(OpCode.setData, recordOf(writer), session);
    }
    return this.entries.slice(from);
  }

  /**
   * Adds what `more` leaves out: a container and a TTL node in a place of their own, which leaders try to have removed before and after their time
   * is over.
   */
  transients(): Entry[] {
    const from = this.entries.length;
    const parent = `/transient-${this.nextIndex}`;
    const made = (op: CreateWrite['op'], path: string, flags: number, ttlMs = 0): void => {
      const session = this.#createSession();
      const writer = new Writer();
      const acl = OPEN_ACL;
      writeCreateRequest(writer, 1, op, { path, data: this.#data(), acl, flags, ttlMs });
      this.#command(op, recordOf(writer), session);
    };
    const removed = (path: string): void => {
      const body = new Writer();
      body.writeBuffer(encodeUtf8(path));
      this.#command(OpCode.deleteContainer, body.copy());
    };
    made(OpCode.createContainer, parent, CreateMode.container);
    made(OpCode.createTtl, `${parent}/short`, CreateMode.persistentWithTtl, 100);
    made(OpCode.createTtl, `${parent}/bad`, CreateMode.persistentWithTtl, -1);
    made(OpCode.createContainer, `${parent}/no/parent`, CreateMode.container);
    removed(parent);
    removed(`${parent}/short`);
    this.#timeMs += 1_000;
    removed(`${parent}/short`);
    removed(parent);
    removed(parent);
    return this.entries.slice(from);
  }

  /** Adds quotas, one within another, and what is below them, with hard limits that hold and that do not; the quotas stay. */
  quotas(): Entry[] {
    const from = this.entries.length;
    const top = `/quota-${this.nextIndex}`;
    const folder = '/zookeeper/quota';
    const data = encodeUtf8('data');
    const create = (path: string, text: Uint8Array | undefined, flags: number = CreateMode.persistent) =>
      ({ op: OpCode.create, path, data: text, acl: OPEN_ACL, flags }) as const;
    const limits = encodeUtf8('count=2,bytes=-1=;byteHardLimit=20;countHardLimit=4');
    const none = encodeUtf8('count=0,bytes=0');
    for (const path of [top, `${top}/in`, `${folder}${top}`, `${folder}${top}/in`])
      this.#multi([create(path, data)]);
    for (const path of [top, `${top}/in`])
      this.#multi([
        create(`${folder}${path}/zookeeper_limits`, limits),
        create(`${folder}${path}/zookeeper_stats`, none),
        create(`${path}/made`, data),
      ]);
    for (const flags of [0, CommandFlag.enforcesQuotas]) {
      this.#multi([create(`${top}/e-`, data, CreateMode.ephemeralSequential)], flags);
      this.#multi([create(`${top}/p-`, undefined, CreateMode.persistentSequential)], flags);
      this.#multi([{ op: OpCode.setData, path: `${top}/in`, data: new Uint8Array(21), version: -1 }], flags);
      this.#multi([{ op: OpCode.setData, path: `${top}/in`, data, version: -1 }], flags);
      this.#multi([{ op: OpCode.delete, path: `${top}/in/made`, version: -1 }], flags);
      this.#multi([create(`${top}/undone`, data), { op: OpCode.delete, path: top, version: -1 }], flags);
    }
    this.#multi([create(`${folder}/zookeeper_limits`, limits)]);
    this.#multi([
      { op: OpCode.setData, path: `${folder}${top}/zookeeper_stats`, data: encodeUtf8('count'), version: -1 },
    ]);
    return this.entries.slice(from);
  }

  /** Adds ClickHouse Keeper's writes, those that fail among them. */
  keeperWrites(): Entry[] {
    const from = this.entries.length;
    for (const { op, record } of keeperCommands(`/keepers-${this.nextIndex}`))
      this.#command(op, record, this.#createSession());
    return this.entries.slice(from);
  }

  #multi(items: readonly MultiItem[], flags = 0): void {
    const writer = new Writer();
    writeMultiRequest(writer, 1, items);
    this.#command(OpCode.multi, recordOf(writer), this.#createSession(), 0, flags);
  }

  /** Adds the entry that raises the feature level, and returns it; it is void where the level is in force already. */
  raise(level: number): Entry[] {
    this.#command(OpCode.raiseFeatureLevel, nothing, undefined, level);
    return this.entries.slice(-1);
  }

  /**
   * Adds two restores, of which the second one is of this snapshot in ZooKeeper's format: with steps out of turn, and of none. The log ends with it: what
   * `more` adds knows nothing of the sessions and zxids that there are then.
   */
  restores(snapshot: Uint8Array): Entry[] {
    const from = this.entries.length;
    const step = (body: Uint8Array): void => this.#command(OpCode.restore, body, undefined, ZOOKEEPER_LEVEL);
    const half = snapshot.length >> 1;
    step(abandonBody(1));
    step(beginBody(1, true));
    step(chunkBody(1, 0, snapshot.subarray(0, half)));
    step(endBody(1, 1, half));
    step(beginBody(2, false));
    step(chunkBody(1, 0, snapshot));
    step(chunkBody(2, 0, snapshot.subarray(0, half)));
    step(chunkBody(2, 0, snapshot.subarray(0, half)));
    this.more(5);
    step(chunkBody(2, 1, snapshot.subarray(half)));
    step(nothing);
    step(endBody(2, 2, snapshot.length));
    return this.entries.slice(from);
  }

  #one(): void {
    const prng = this.#prng;
    if (prng.chance(0.2)) this.#forgetWhatIsGone();
    const chance = prng.fraction();
    if (chance < 0.04) this.#createSession();
    else if (chance < 0.07) this.#aboutSession(OpCode.attachSession);
    else if (chance < 0.08) this.#aboutSession(OpCode.setIdentities);
    else if (chance < 0.09) this.#aboutSession(OpCode.closeSession);
    else if (chance < 0.11) this.#aboutSession(OpCode.expireSession);
    else if (chance < 0.13) this.#command(OpCode.checkpoint, nothing);
    else if (chance < 0.15) {
      this.#term += 1 + prng.below(3);
      this.#push(EntryKind.empty, nothing);
    } else if (chance < 0.16) {
      const index = this.nextIndex;
      this.#push(EntryKind.configuration, encodeConfiguration({ ...genesis, index }));
    } else this.#write();
  }

  #write(): void {
    const prng = this.#prng;
    const writer = new Writer();
    const chance = prng.fraction();
    if (chance < 0.45) {
      const op = prng.pick([OpCode.create, OpCode.create2]);
      writeCreateRequest(writer, 1, op, this.#createFields());
      this.#command(op, recordOf(writer));
    } else if (chance < 0.65) {
      writeSetDataRequest(writer, 1, this.#path(), this.#data(), this.#version());
      this.#command(OpCode.setData, recordOf(writer));
    } else if (chance < 0.78) {
      writeDeleteRequest(writer, 1, this.#path(), this.#version());
      this.#command(OpCode.delete, recordOf(writer));
    } else if (chance < 0.83) {
      writeSetAclRequest(writer, 1, this.#path(), prng.pick(ACLS), this.#version());
      this.#command(OpCode.setAcl, recordOf(writer));
    } else if (chance < 0.98) {
      writeMultiRequest(
        writer,
        1,
        Array.from({ length: prng.below(5) }, () => this.#item()),
      );
      this.#command(OpCode.multi, recordOf(writer));
    } else {
      // What no member would propose changes nothing, on every member alike.
      this.#command(prng.pick([OpCode.create, OpCode.multi, OpCode.getData]), prng.bytes(prng.below(20)));
    }
  }

  #item(): MultiItem {
    const prng = this.#prng;
    const chance = prng.fraction();
    if (chance < 0.5) return { op: prng.pick([OpCode.create, OpCode.create2]), ...this.#createFields() };
    if (chance < 0.7)
      return { op: OpCode.setData, path: this.#path(), data: this.#data(), version: this.#version() };
    const op = prng.pick([OpCode.delete, OpCode.check]);
    return { op, path: this.#path(), version: this.#version() };
  }

  #createFields() {
    const prng = this.#prng;
    const parent = this.#path();
    const path = `${parent === '/' ? '' : parent}/${prng.pick(['a', 'b', 'café', 'n-', 'x'.repeat(30)])}`;
    if (path.split('/').length < 5) this.#paths.push(path);
    return { path, data: this.#data(), acl: prng.pick(ACLS), flags: prng.pick(MODES) };
  }

  #createSession(): KnownSession {
    const writer = new Writer(4);
    writer.writeInt(4_000 + this.#prng.below(36_000));
    if (this.#prng.chance(0.7)) writeIdentities(writer, this.#identities());
    const index = this.nextIndex;
    this.#command(OpCode.createSession, writer.copy(), { id: 0, attachIndex: 0 });
    const session = { id: index, attachIndex: index };
    this.#sessions.push(session);
    return session;
  }

  #aboutSession(op: number): void {
    const prng = this.#prng;
    const session = prng.pick(this.#sessions);
    const writer = new Writer(8);
    if (op === OpCode.expireSession) writer.writeLong(prng.chance(0.7) ? session.attachIndex : 1);
    else if (op === OpCode.setIdentities || (op === OpCode.attachSession && prng.chance(0.7))) {
      // Now and then a list that ends too early.
      writeIdentities(writer, this.#identities());
      if (op === OpCode.attachSession && prng.chance(0.5)) writer.writeInt(4_000 + prng.below(36_000));
      if (prng.chance(0.1)) writer.length -= 3;
    }
    const index = this.nextIndex;
    this.#command(op, writer.copy(), session);
    if (op === OpCode.attachSession) session.attachIndex = index;
  }

  #identities(): Identities {
    const prng = this.#prng;
    const list = [{ scheme: 'ip', id: `10.0.0.${prng.below(3)}` }];
    if (prng.chance(0.5)) list.push({ scheme: 'digest', id: prng.pick(['u:x', 'ü:y']) });
    if (prng.chance(0.1)) list.push({ scheme: 'super', id: '' });
    return list;
  }

  #command(
    op: number,
    body: Uint8Array,
    session = this.#prng.pick(this.#sessions),
    level = 0,
    flags = 0,
  ): void {
    const prng = this.#prng;
    this.#timeMs += prng.below(500);
    const header = {
      ...emptyCommandHeader(),
      level,
      flags,
      op,
      session: asSessionId(session.id),
      // Now and then over an attachment that is no longer the newest.
      attachIndex: prng.chance(0.95) ? session.attachIndex : session.id,
      origin: 1 + prng.below(3),
      requestNumber: this.nextIndex,
      timeMs: this.#timeMs,
    };
    this.#push(EntryKind.command, encodeCommand(header, body));
  }

  #push(kind: EntryKind, data: Uint8Array): void {
    const entry = { index: this.nextIndex, term: this.#term, kind, data };
    this.entries.push(entry);
    replay(this.#machine, [entry]);
  }

  #forgetWhatIsGone(): void {
    const { tree, sessions } = this.#machine;
    this.#paths = this.#paths.filter((path) => {
      const bytes = new TextEncoder().encode(path);
      return tree.lookup(bytes, 0, bytes.length) !== NO_SLOT;
    });
    this.#sessions = this.#sessions.filter(({ id }) => sessions.get(asSessionId(id)) !== undefined);
    if (this.#sessions.length === 0) this.#createSession();
  }

  #path(): string {
    const prng = this.#prng;
    const paths = this.#paths;
    if (prng.chance(0.03)) return prng.pick(['/no', 'a', '/a/', '']);
    return prng.pick(paths);
  }

  #data(): Uint8Array | undefined {
    return this.#prng.chance(0.1)
      ? undefined
      : this.#prng.bytes(this.#prng.below(this.#prng.chance(0.1) ? 400 : 30));
  }

  #version(): number {
    return this.#prng.chance(0.7) ? -1 : this.#prng.below(3);
  }
}

function recordOf(writer: Writer): Uint8Array {
  return writer.copy().slice(beforeRecord);
}
