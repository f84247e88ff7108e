import type { Bounds } from '../bounds/bounds.ts';
import type { Config } from '../config/config.ts';
import { READ_ACL } from '../model/acl.ts';
import {
  COMMAND_HEADER_BYTES,
  type CommandHeader,
  emptyCommandHeader,
  writeCommandHeader,
} from '../model/command.ts';
import { ErrorCode } from '../model/error-codes.ts';
import type { SessionId } from '../model/ids.ts';
import { OpCode } from '../model/op-codes.ts';
import type { ClientSocket, ClientSocketEvents } from '../ports/client-socket.ts';
import type { Clock } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Logger } from '../ports/logger.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { LeaderSpace } from '../replica/leader/leader-space.ts';
import type { Replica } from '../replica/replica.ts';
import type { Applied, StateMachine } from '../replica/state-machine.ts';
import type { Identity } from '../storage/recovered.ts';
import type { Tree } from '../tree/tree.ts';
import { Admission } from './admission.ts';
import { ClientCounters } from './client-counters.ts';
import { ClientMemory } from './client-memory.ts';
import { CommandSlab } from './command-slab.ts';
import { ClientComplaints } from './complaints.ts';
import { CONFIG_PATH, ConfigNode } from './config-node.ts';
import { Connection } from './connection.ts';
import { Latency } from './latency.ts';
import { Outstanding, Waiting } from './outstanding.ts';
import type { Verifier } from './proofs.ts';
import { SessionKeeper } from './session-keeper.ts';
import { SessionPasswords } from './session-passwords.ts';
import { ClientTurns } from './turns.ts';
import { Watches } from './watches.ts';

/** A leader not heard of for so long (several heartbeats) may not have heard this member either. */
const leaderMissedMs = 300;

/** What a member knows of itself that a four-letter word may ask for. */
export type AnswerWord = (word: string, socket: ClientSocket) => void;

interface Attached {
  readonly replica: Replica;
  readonly machine: StateMachine;
  readonly passwords: SessionPasswords;
  readonly admission: Admission;
}

/** The clients of this member: their connections, which session is where, and what they share. */
export class Clients {
  readonly counters = new ClientCounters();
  readonly bounds: Bounds;
  readonly latency = new Latency();
  /** The time of this turn, as far as anybody asked. */
  nowMs = 0;
  readonly sessions: SessionKeeper;
  readonly leaderSpace = new LeaderSpace();
  readonly watches: Watches;
  readonly configNode = new ConfigNode();
  readonly verifier: Verifier;
  /** Reused for each command. */
  private readonly header: CommandHeader = emptyCommandHeader();
  /** Set by the composition: answers on the client port. */
  answerWord: AnswerWord = (_word, socket) => socket.end();
  private readonly config: Config;
  private readonly clock: Clock;
  private readonly scheduler: Scheduler;
  private readonly entropy: Entropy;
  private readonly log: Logger;
  readonly complaints: ClientComplaints;
  private readonly slab = new CommandSlab();
  private readonly open = new Set<Connection>();
  /** Without a session so far; the oldest first. */
  private readonly sessionless = new Set<Connection>();
  private readonly bySession = new Map<SessionId, Connection>();
  readonly turns: ClientTurns;
  readonly memory: ClientMemory;
  private isAwake = false;
  private attached: Attached | undefined;
  private servingNow = false;

  constructor(parts: {
    config: Config;
    bounds: Bounds;
    clock: Clock;
    scheduler: Scheduler;
    entropy: Entropy;
    log: Logger;
  }) {
    this.config = parts.config;
    this.bounds = parts.bounds;
    this.turns = new ClientTurns(parts.bounds);
    this.memory = new ClientMemory(parts.bounds.clientMemoryBytes);
    this.clock = parts.clock;
    this.scheduler = parts.scheduler;
    this.entropy = parts.entropy;
    this.log = parts.log;
    this.complaints = new ClientComplaints(parts, this.counters);
    this.sessions = new SessionKeeper(this, parts);
    this.watches = new Watches(parts.config.limits.watches, parts.entropy.uint32(), (message) => {
      this.complaints.refused('watches', message);
    });
    this.verifier = {
      sha1Base64: (message) => parts.entropy.sha1Base64(message),
      superDigest: parts.config.superDigest,
    };
  }

  /** The replica runs: commands can be made. Serving begins with `serve`. */
  attach(replica: Replica, machine: StateMachine, identity: Identity): void {
    const passwords = new SessionPasswords(identity.secret, this.entropy);
    const { limits } = this.config;
    const { complaints, leaderSpace } = this;
    const admission = new Admission({ limits, complaints, leaderSpace, replica, machine });
    this.attached = { replica, machine, passwords, admission };
    this.header.origin = identity.raftId;
    this.configured(machine);
  }

  /** A configuration was committed, or a snapshot brought one. Clients are told through `/zookeeper/config`. */
  configured({ configuration, configurationZxid: zxid }: StateMachine): void {
    if (!this.configNode.update(configuration, zxid, this.clock.wallMs())) return;
    this.watches.dataChanged(CONFIG_PATH, zxid, READ_ACL);
  }

  /** The state jumped to a snapshot's. */
  overtaken(): void {
    this.closeAll('this member was overtaken by a snapshot and cannot say what its watchers missed');
  }

  /** The state is in the middle of an entry: requests wait until it is through. */
  hold(isHeld: boolean): void {
    this.turns.isHeld = isHeld;
  }

  /** The member lost its place in the cluster. */
  detach(): void {
    this.suspend();
    this.hold(false);
    this.attached = undefined;
  }

  get clusterState() {
    if (this.attached === undefined) return undefined;
    const { replica, machine } = this.attached;
    return { replica, sessions: machine.sessions };
  }

  /** Sessions of this member whose clients were heard of since the last call. They are told to the leader now. */
  touchedSessions(): number[] {
    const touched: number[] = [];
    const isHeard = this.replicated.replica.silentMs < leaderMissedMs;
    for (const [session, connection] of this.bySession) {
      // Nobody is silent whom this member does not listen to.
      if (!connection.touched && !this.isKeptWaiting(connection)) continue;
      connection.touched = false;
      if (isHeard) connection.toldMs = this.nowMs;
      touched.push(session);
    }
    return touched;
  }

  /** What it sent was not read yet, or not answered, for reasons of this member. */
  private isKeptWaiting(connection: Connection): boolean {
    return connection.holdings.isBeingRead && this.turns.isWaiting(connection);
  }

  get serving(): boolean {
    return this.servingNow;
  }

  serve(): void {
    if (this.servingNow) return;
    this.servingNow = true;
    this.log.info({}, 'serving clients');
  }

  /** Clients find another member; new ones are turned away until `serve`. */
  suspend(): void {
    this.servingNow = false;
    this.closeAll('this member serves nobody for now');
  }

  closeAll(reason: string): void {
    for (const connection of [...this.open]) connection.closeFor(reason);
  }

  accept(socket: ClientSocket): ClientSocketEvents {
    const connection = new Connection(this, socket, this.clock.wallMs());
    this.open.add(connection);
    this.sessionless.add(connection);
    this.counters.connections++;
    this.counters.connectionsTotal++;
    return connection;
  }

  /** A connection that has no session by then is closed, as ZooKeeper does it. */
  get sessionlessTimeoutMs(): number {
    return this.config.client.sessionlessTimeoutMs;
  }

  /** Gives up connections that asked for no session, or got none, for too long. Called several times a second. */
  review(): void {
    this.lookAtClock();
    for (const connection of this.sessionless) {
      if (connection.remainingMs > 0) break;
      connection.closeFor(`a connection had no session for ${this.sessionlessTimeoutMs} ms`);
    }
    this.closeForgotten();
  }

  /**
   * Cut off from the leader, a member cannot know whether sessions that it has told nobody about still exist: from their time-out on others
   * may hold their locks, so their clients are answered no more and look for another member.
   */
  private closeForgotten(): void {
    const silentMs = this.attached?.replica.silentMs ?? 0;
    if (silentMs < leaderMissedMs) return;
    for (const connection of this.bySession.values()) {
      if (this.nowMs - connection.toldMs < connection.timeoutMs) continue;
      connection.closeFor('the leader was not heard of for the time-out of a session, and may have ended it');
    }
  }

  connections(): Iterable<Connection> {
    return this.open;
  }

  resetConnectionStats(): void {
    for (const { stats } of this.open) stats.reset();
  }

  /** What `srst` forgets; what metrics count goes on. */
  resetServerStats(): void {
    this.counters.receivedPackets = 0;
    this.counters.sentPackets = 0;
    this.counters.sentSizes.reset();
    this.latency.reset();
  }

  get outstanding(): number {
    return this.attached?.replica.requests.pending ?? 0;
  }

  get tree(): Tree {
    return this.replicated.machine.tree;
  }

  /** zxid of the last write that this member's tree holds. */
  get lastZxid(): number {
    return this.attached?.machine.lastZxid ?? 0;
  }

  /** More is on its way through the log than this member may hold: sockets are not read until some of it has been applied. */
  get overloaded(): boolean {
    const requests = this.attached?.replica.requests;
    if (requests === undefined) return false;
    const isMuch =
      requests.pendingBytes > this.bounds.pendingBytes ||
      requests.pending >= this.config.limits.outstandingRequests;
    return isMuch || requests.isUsedUp;
  }

  /** Puts a command of the connection's session on its way into the log: its body is `body[start, end)`. */
  propose(
    connection: Connection,
    xid: number,
    op: number,
    body: Uint8Array,
    start: number,
    end: number,
  ): Outstanding {
    const { header } = this;
    const { replica } = this.replicated;
    const command = this.slab.take(COMMAND_HEADER_BYTES + end - start);
    header.op = op;
    header.session = connection.session;
    header.attachIndex = connection.attachIndex;
    header.requestNumber = replica.requests.nextNumber();
    writeCommandHeader(command, 0, header);
    if (end > start) command.set(body.subarray(start, end), COMMAND_HEADER_BYTES);
    const owed = new Outstanding(connection, Waiting.apply, xid, op, command, this.nowMs);
    replica.submit(owed);
    return owed;
  }

  barrier(owed: Outstanding): void {
    const { replica } = this.replicated;
    replica.reads.wait(owed);
    replica.wake();
  }

  /** What is taken now. */
  get admission(): Admission {
    return this.replicated.admission;
  }

  negotiate(timeoutMs: number): number {
    const { minSessionTimeoutMs, maxSessionTimeoutMs } = this.config;
    return Math.min(Math.max(timeoutMs, minSessionTimeoutMs), maxSessionTimeoutMs);
  }

  get passwords(): SessionPasswords {
    return this.replicated.passwords;
  }

  established(connection: Connection): void {
    this.sessionless.delete(connection);
    const before = this.bySession.get(connection.session);
    if (before !== undefined && before !== connection) before.end();
    this.bySession.set(connection.session, connection);
  }

  gone(connection: Connection): void {
    if (!this.open.delete(connection)) return;
    this.counters.connections--;
    this.turns.forget(connection);
    this.memory.forget(connection.holdings);
    this.sessionless.delete(connection);
    this.watches.forget(connection);
    if (this.bySession.get(connection.session) === connection) this.bySession.delete(connection.session);
  }

  /** Time passes between turns, not within them: one look at the clock serves a whole batch. */
  lookAtClock(): void {
    this.nowMs = this.clock.monotonicMs();
  }

  /** What an applied command means for connections that did not ask for it. */
  applied(result: Applied): void {
    this.sessions.applied(result);
    switch (result.op) {
      case OpCode.closeSession:
      case OpCode.expireSession:
        if (result.err === ErrorCode.ok) this.bySession.get(result.session)?.end();
        break;
      case OpCode.attachSession: {
        if (result.err !== ErrorCode.ok) break;
        const connection = this.bySession.get(result.session);
        if (connection !== undefined && connection.attachIndex < result.attachIndex) connection.end();
        break;
      }
      default:
    }
  }

  /** The connection has replies to send, or is to end: this turn's flush does it. */
  markDirty(connection: Connection): void {
    this.turns.send(connection);
    this.wake();
  }

  paused(connection: Connection): void {
    this.turns.wait(connection);
    this.wake();
  }

  /** Asks for a turn: the replica's, or one of its own while there is none. */
  private wake(): void {
    if (this.attached !== undefined) this.attached.replica.wake();
    else if (!this.isAwake) {
      this.isAwake = true;
      this.scheduler.defer(() => {
        this.isAwake = false;
        this.flush();
        this.turned();
      });
    }
  }

  /** Replies of this turn leave. */
  flush(): void {
    this.turns.flush();
  }

  /** The turn is over: those who wait for the next one go on. */
  turned(): void {
    this.memory.review(this.open);
    this.turns.next();
    if (this.turns.isBusy) this.wake();
  }

  word(word: string, socket: ClientSocket): void {
    this.answerWord(word, socket);
  }

  private get replicated(): Attached {
    if (this.attached === undefined) throw new Error('a client is served before the replica runs');
    return this.attached;
  }
}
