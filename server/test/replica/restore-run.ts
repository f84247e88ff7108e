import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ErrorCode, OpCode, Writer, writeCreateRequest } from '@rookery/protocol';
import { type Entry, EntryKind } from 'raft-ts-lite';
import { Random } from '../../../testkit/src/random.ts';
import { emptyCommandHeader, encodeCommand } from '../../src/model/command.ts';
import { FEATURE_LEVELS, rangeOf, ZOOKEEPER_LEVEL } from '../../src/model/feature-level.ts';
import { asSessionId } from '../../src/model/ids.ts';
import { abandonBody, beginBody, chunkBody, endBody } from '../../src/replica/restore.ts';
import type { StateMachine } from '../../src/replica/state-machine.ts';
import { genesis } from '../storage/member.ts';

/** What is under test; the planted bugs pass in mutated copies. */
export interface Subject {
  readonly StateMachine: typeof StateMachine;
}

/** Of Apache ZooKeeper 3.9.5. */
export const GOLDEN = readFileSync(
  join(import.meta.dirname, '..', 'zookeeper-snapshot', 'golden', 'zookeeper-3.9.5.snapshot'),
);
const GOLDEN_ZXID = 0x48;
const GOLDEN_NODES = 20;
const nothing = new Uint8Array(0);

/** A machine at the level of restores, and what is applied to it. */
export class RestoreDriver {
  readonly machine: StateMachine;
  readonly entries: Entry[] = [];
  timeMs = Date.UTC(2026, 0, 1);

  constructor({ StateMachine }: Subject, level: number = ZOOKEEPER_LEVEL, hashSeed = 1) {
    this.machine = new StateMachine(genesis, { hashSeed }, rangeOf(FEATURE_LEVELS));
    while (this.machine.featureLevel < level)
      this.apply(OpCode.raiseFeatureLevel, nothing, { level: this.machine.featureLevel + 1 });
  }

  apply(op: number, body: Uint8Array, header: object = {}) {
    const data = encodeCommand({ ...emptyCommandHeader(), op, timeMs: ++this.timeMs, ...header }, body);
    const entry = { index: this.machine.appliedIndex + 1, term: 1, kind: EntryKind.command, data };
    this.entries.push(entry);
    return this.machine.apply(entry);
  }

  /** One step of a restore; its error code. */
  step(body: Uint8Array): ErrorCode {
    return this.apply(OpCode.restore, body, { level: ZOOKEEPER_LEVEL }).err;
  }

  begin(token: number, keepsIds = false): ErrorCode {
    return this.step(beginBody(token, keepsIds));
  }

  chunk(token: number, number: number, bytes: Uint8Array): ErrorCode {
    return this.step(chunkBody(token, number, bytes));
  }

  end(token: number, chunks: number, bytes: number): ErrorCode {
    return this.step(endBody(token, chunks, bytes));
  }

  abandon(token: number): ErrorCode {
    return this.step(abandonBody(token));
  }

  /** A whole one; what its last step came to. */
  restore(snapshot: Uint8Array, token = 7, size = 300, keepsIds = false): ErrorCode {
    let chunks = 0;
    this.begin(token, keepsIds);
    for (let at = 0; at < snapshot.length; at += size)
      this.chunk(token, chunks++, snapshot.subarray(at, at + size));
    return this.end(token, chunks, snapshot.length);
  }

  session(): number {
    const body = new Writer();
    body.writeInt(4_000);
    return this.apply(OpCode.createSession, body.copy()).session;
  }

  create(session: number, attachIndex: number, path: string, flags = 0): ErrorCode {
    const frame = new Writer();
    const acl = [{ perms: 31, scheme: 'world', id: 'anyone' }];
    writeCreateRequest(frame, 1, OpCode.create, { path, data: undefined, acl, flags });
    const header = { session: asSessionId(session), attachIndex };
    return this.apply(OpCode.create, frame.copy().slice(12), header).err;
  }

  attach(session: number): ErrorCode {
    return this.apply(OpCode.attachSession, nothing, { session: asSessionId(session) }).err;
  }
}

/** Restores with all that may come between, in every order of some seeds. Throws where something is not as it should be. */
export function runRestores(subject: Subject, seed: number): void {
  const random = new Random(seed);
  const driver = new RestoreDriver(subject);
  const { machine } = driver;
  const same = (what: string, actual: unknown, expected: unknown): void => {
    if (actual !== expected)
      throw new Error(`seed ${seed}, ${what}: ${String(actual)}, not ${String(expected)}`);
  };
  const session = driver.session();
  const attachIndex = machine.appliedIndex;
  same('a node of before', driver.create(session, attachIndex, '/before'), ErrorCode.ok);
  const before = machine.tree;
  driver.begin(3);
  let chunks = 0;
  let bytes = 0;
  for (let at = 0; at < GOLDEN.length; ) {
    const piece = GOLDEN.subarray(at, at + 1 + random.below(400));
    same('a chunk', driver.chunk(3, chunks, piece), ErrorCode.ok);
    if (random.chance(0.3)) same('a chunk again', driver.chunk(3, chunks, piece), ErrorCode.badArguments);
    if (random.chance(0.3))
      same('one too far on', driver.chunk(3, chunks + 2, piece), ErrorCode.badArguments);
    if (random.chance(0.3)) same('another one', driver.chunk(4, chunks + 1, piece), ErrorCode.badArguments);
    if (random.chance(0.3)) same('a write', driver.create(session, attachIndex, `/${at}`), ErrorCode.ok);
    same('the tree in force', machine.tree, before);
    chunks++;
    bytes += piece.length;
    at += piece.length;
  }
  const zxid = machine.lastZxid;
  same('the end', driver.end(3, chunks, bytes), ErrorCode.ok);
  if (machine.lastZxid <= zxid || machine.lastZxid <= GOLDEN_ZXID)
    throw new Error(`seed ${seed}: zxids go back`);
  same('nodes', machine.tree.nodeCount, GOLDEN_NODES);
  same('sessions', machine.sessions.size, 2);
  same('ephemeral nodes', machine.tree.ephemeralCount, 1);
  same('the digest', machine.tree.digest(), machine.tree.recomputeDigest());
  same('a write of before', driver.create(session, attachIndex, '/after'), ErrorCode.sessionExpired);
  same('a session of before', driver.attach(session), ErrorCode.sessionExpired);
  const late = driver.session();
  for (const { id } of machine.sessions.values())
    if (id > late || (id !== late && id === session))
      throw new Error(`seed ${seed}: session ${id} is used again`);
  same('a write after it', driver.create(late, machine.appliedIndex, '/after'), ErrorCode.ok);
  const again = new RestoreDriver(subject, 1, seed).machine;
  for (const entry of driver.entries) again.apply(entry);
  same('another member', again.digest(), machine.digest());
}
