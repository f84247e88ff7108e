import {
  ErrorCode,
  isKeeperWrite,
  OpCode,
  type Reader,
  readWrite,
  type SingleWrite,
  type TreeWrite,
} from '@rookery/protocol';
import type { Config } from '../config/config.ts';
import { KEEPER_LEVEL } from '../model/feature-level.ts';
import type { LeaderSpace } from '../replica/leader/leader-space.ts';
import { Room } from '../storage/free-space-monitor.ts';
import type { Tree } from '../tree/tree.ts';
import { strikeForeignSchemes } from './acl-schemes.ts';
import type { ClientCounters } from './client-counters.ts';
import type { ClientComplaints } from './complaints.ts';
import { ConnectionRate } from './connection-rate.ts';
import type { Executor } from './executor.ts';
import { touchesKeeperNodes } from './keeper-nodes.ts';

/** Of a member alone, its own. */
const tooFull = 'the disks of too many members are nearly full';

export interface AdmissionParts {
  readonly config: Pick<
    Config,
    'client' | 'limits' | 'minSessionTimeoutMs' | 'maxSessionTimeoutMs' | 'auth' | 'dialects'
  >;
  readonly counters: ClientCounters;
  readonly complaints: ClientComplaints;
  readonly leaderSpace: LeaderSpace;
  readonly executor: Pick<Executor, 'replica' | 'machine' | 'lastZxid'>;
}

/**
 * What is taken from clients now, whoever asks: decided before anything is proposed, by what a request would do, so that what makes room
 * is always taken.
 */
export class Admission {
  /** Clients are served here; not so they find another member. */
  isServing = false;
  /** Only reads are served, and only to clients that take a read-only member. */
  isReadOnly = false;
  readonly #parts: AdmissionParts;
  readonly #rate: ConnectionRate;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
    this.#rate = new ConnectionRate(parts.config.client.connectionRate);
  }

  /**
   * Whether a client may begin a session here, or go on with one: what it has seen must be here, so that it never goes back in time. It tries
   * another member, which may be further. @param nowMs monotonic
   */
  takesSession(isNew: boolean, lastZxidSeen: number, nowMs: number): boolean {
    if (!this.isServing || !this.#holds(lastZxidSeen)) return false;
    if (!this.#rate.takes(nowMs)) {
      this.#refused('rate', 'clients come faster than client.connectionRate lets them: closing those');
      return false;
    }
    return !isNew || this.hasRoomForSession;
  }

  /** Whether a client may read here that has seen so much, while nothing can be written. */
  takesReader(lastZxidSeen: number): boolean {
    return this.isReadOnly && this.#holds(lastZxidSeen);
  }

  #holds(zxid: number): boolean {
    return zxid <= this.#parts.executor.lastZxid;
  }

  /** The timeout that a client gets who asks for this one. */
  negotiate(timeoutMs: number): number {
    const { minSessionTimeoutMs, maxSessionTimeoutMs } = this.#parts.config;
    return Math.min(Math.max(timeoutMs, minSessionTimeoutMs), maxSessionTimeoutMs);
  }

  /**
   * ok where the write may be proposed at whose record `reader` stands, a request of `bytes`, as it then is; or else what it is
   * answered.
   */
  admits(op: number, reader: Reader, bytes: number): ErrorCode {
    const { config, counters, complaints } = this.#parts;
    // Decoded whole before it is proposed: what is in the log can be applied by every member.
    const write = readWrite(op, reader);
    if (write === undefined) {
      complaints.unreadable(op);
      return ErrorCode.marshallingError;
    }
    if (isKeeperWrite(write)) {
      // Of a multi: by itself it is an operation that nobody has.
      if (!config.dialects.clickHouseKeeper) {
        complaints.unreadable(op);
        return ErrorCode.marshallingError;
      }
      if (this.#parts.executor.machine.featureLevel < KEEPER_LEVEL)
        return this.#refused(
          'level',
          `ClickHouse Keeper's writes need feature level ${KEEPER_LEVEL}`,
          ErrorCode.unimplemented,
        );
    }
    if (config.dialects.clickHouseKeeper && touchesKeeperNodes(write)) {
      // Whoever had nodes of that name before the dialect was switched on is to learn it.
      const why = "nobody may write at /keeper while members speak ClickHouse Keeper's dialect";
      return this.#refused('/keeper', why, ErrorCode.badArguments);
    }
    strikeForeignSchemes(write, config.auth.schemes);
    const refused = this.refuses(write, bytes);
    if (refused === ErrorCode.ok) counters.writes++;
    return refused;
  }

  /** A code where a write, a request of `bytes`, cannot be taken now; it is not proposed. */
  refuses(write: TreeWrite, bytes: number): ErrorCode {
    const { tree } = this.#parts.executor.machine;
    const { limits } = this.#parts.config;
    const { room } = this;
    if (room >= Room.scarce && !removesOnly(write)) {
      if (room === Room.exhausted)
        return this.#refused('disk', `${tooFull}: only deletions are taken until there is room`);
      if (bytes > SMALL_WRITE_BYTES)
        return this.#refused(
          'disk',
          `${tooFull}: no writes above ${SMALL_WRITE_BYTES} bytes are taken until there is room`,
        );
    }
    // Almost always there is room, and nobody needs to know what the write would add.
    const { nodes, treeBytes } = limits;
    if (tree.nodeCount + itemsOf(write) > nodes && goesBeyond(nodes, write, tree))
      return this.#refused('nodes', `there are limits.nodes (${nodes}) znodes: no more are created`);
    if (tree.storedBytes > treeBytes && mayGrow(write, tree)) {
      return this.#refused(
        'memory',
        `the tree has reached limits.treeBytes (${treeBytes}): only what does not make it larger is taken`,
      );
    }
    return ErrorCode.ok;
  }

  /**
   * What a majority has, as the leader says: one that is short of room alone hands leadership over, and what its disk does not take in the end
   * it gets later.
   */
  get room(): Room {
    const { leaderSpace, executor } = this.#parts;
    const { replica } = executor;
    return replica.leading ? replica.room : leaderSpace.roomIn(replica.raft.term);
  }

  /** Whether one more session may begin. */
  get hasRoomForSession(): boolean {
    const { sessions } = this.#parts.config.limits;
    if (this.room === Room.exhausted) {
      this.#refused('disk', `${tooFull}: no sessions begin until there is room`);
      return false;
    }
    if (this.#parts.executor.machine.sessions.size < sessions) return true;
    this.#refused('sessions', `there are limits.sessions (${sessions}) sessions: no more begin`);
    return false;
  }

  #refused(subject: string, message: string, err: ErrorCode = ErrorCode.systemError): ErrorCode {
    this.#parts.complaints.refused(subject, message);
    return err;
  }
}

/** Requests up to here are taken while room is scarce: a lock, a flag. */
const SMALL_WRITE_BYTES = 4096;

/** Whether it deletes and does nothing else: what makes room is always taken. */
function removesOnly(write: TreeWrite): boolean {
  return write.op === OpCode.multi ? write.writes.every(makesRoom) : removes(write);
}

function removes({ op }: SingleWrite): boolean {
  return op === OpCode.delete || op === OpCode.tryRemove || op === OpCode.removeRecursive;
}

function makesRoom(write: SingleWrite): boolean {
  return removes(write) || checksOnly(write);
}

function checksOnly({ op }: SingleWrite): boolean {
  return op === OpCode.check || op === OpCode.checkNotExists || op === OpCode.checkStat;
}

/** An upper bound of the nodes that a write adds. */
function itemsOf(write: TreeWrite): number {
  return write.op === OpCode.multi ? write.writes.length : 1;
}

/** Whether it leaves more nodes than there are, and more than `nodes`. */
function goesBeyond(nodes: number, write: TreeWrite, tree: Tree): boolean {
  const added = addedNodes(write);
  return added > 0 && tree.nodeCount + added > nodes;
}

/** Created less deleted, if all of it succeeds. */
function addedNodes(write: TreeWrite): number {
  if (write.op !== OpCode.multi) return addedBy(write);
  let added = 0;
  for (const each of write.writes) added += addedBy(each);
  return added;
}

function addedBy({ op }: SingleWrite): number {
  switch (op) {
    case OpCode.delete:
      return -1;
    case OpCode.setData:
    case OpCode.setAcl:
    case OpCode.check:
    case OpCode.checkNotExists:
    case OpCode.checkStat:
    // Whether it removes anything shows when it is applied.
    case OpCode.tryRemove:
    case OpCode.removeRecursive:
      return 0;
    default:
      return 1;
  }
}

/** Whether the tree may need more memory afterwards: by what it creates, by an access list, by data that are longer than those before. */
function mayGrow(write: TreeWrite, tree: Tree): boolean {
  return write.op === OpCode.multi ? write.writes.some((each) => grows(each, tree)) : grows(write, tree);
}

function grows(write: SingleWrite, tree: Tree): boolean {
  switch (write.op) {
    case OpCode.delete:
    case OpCode.check:
    case OpCode.checkNotExists:
    case OpCode.checkStat:
    case OpCode.tryRemove:
    case OpCode.removeRecursive:
      return false;
    case OpCode.setData: {
      const slot = tree.lookup(write.bytes, write.pathStart, write.pathEnd);
      return slot >= 0 && write.dataEnd - write.dataStart > tree.dataLength(slot);
    }
    default:
      return true;
  }
}
