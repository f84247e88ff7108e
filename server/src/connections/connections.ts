import { ErrorCode, OpCode } from '@rookery/protocol';
import type { SessionId } from '../model/ids.ts';
import type { Applied } from '../replica/applied.ts';
import type { ClientCounters } from './client-counters.ts';
import type { ClientMemory } from './client-memory.ts';
import type { Connection } from './connection.ts';
import type { Executor } from './executor.ts';
import type { TurnClock } from './turn-clock.ts';
import type { ClientTurns } from './turns.ts';
import type { Watches } from './watches.ts';

/** A leader not heard of for so long (several heartbeats) may not have heard this member either. */
const LEADER_MISSED_MS = 300;

export interface RegistryParts {
  readonly clock: TurnClock;
  readonly counters: ClientCounters;
  readonly turns: ClientTurns;
  readonly memory: ClientMemory;
  readonly watches: Watches;
  readonly executor: Pick<Executor, 'leaderSilentMs'>;
  readonly sessionlessTimeoutMs: number;
}

/** The connections of this member, and which session is where. */
export class Connections implements Iterable<Connection> {
  readonly #parts: RegistryParts;
  readonly #open = new Set<Connection>();
  /** Without a session so far; the oldest first. */
  readonly #sessionless = new Set<Connection>();
  readonly #bySession = new Map<SessionId, Connection>();

  constructor(parts: RegistryParts) {
    this.#parts = parts;
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#open.values();
  }

  /** Of this session; undefined where its client is not connected to this member. */
  ofSession(session: SessionId): Connection | undefined {
    return this.#bySession.get(session);
  }

  opened(connection: Connection): void {
    const { counters } = this.#parts;
    this.#open.add(connection);
    this.#sessionless.add(connection);
    counters.connections++;
    counters.connectionsTotal++;
  }

  /** Its session is there, and on no other connection of this member any more. */
  established(connection: Connection): void {
    this.#sessionless.delete(connection);
    const before = this.#bySession.get(connection.session);
    if (before !== undefined && before !== connection) before.endAfterReplies();
    this.#bySession.set(connection.session, connection);
  }

  closed(connection: Connection): void {
    if (!this.#open.delete(connection)) return;
    const { counters, turns, memory, watches } = this.#parts;
    counters.connections--;
    turns.forget(connection);
    memory.forget(connection);
    this.#sessionless.delete(connection);
    watches.forget(connection.client);
    if (this.#bySession.get(connection.session) === connection) this.#bySession.delete(connection.session);
  }

  closeAll(reason: string): void {
    for (const connection of [...this.#open]) connection.closeFor(reason);
  }

  /** What an applied command means for connections that did not ask for it. */
  releaseSession({ op, err, session, attachIndex }: Applied): void {
    if (err !== ErrorCode.ok) return;
    switch (op) {
      case OpCode.closeSession:
      case OpCode.expireSession:
        this.#bySession.get(session)?.endAfterReplies();
        break;
      case OpCode.attachSession: {
        const connection = this.#bySession.get(session);
        if (connection !== undefined && connection.client.attachIndex < attachIndex)
          connection.endAfterReplies();
        break;
      }
      default:
    }
  }

  /** Gives up connections that asked for no session, or got none, for too long. Called several times a second. */
  closeSessionless(): void {
    const { clock, sessionlessTimeoutMs } = this.#parts;
    clock.look();
    for (const connection of this.#sessionless) {
      if (connection.remainingMs > 0) break;
      connection.closeFor(`a connection had no session for ${sessionlessTimeoutMs} ms`);
    }
    this.#closeForgotten();
  }

  /** Sessions of this member whose clients were heard of since the last call. They are told to the leader now. */
  touchedSessions(): number[] {
    const { clock, executor } = this.#parts;
    const touched: number[] = [];
    const isHeard = executor.leaderSilentMs < LEADER_MISSED_MS;
    for (const [session, connection] of this.#bySession) {
      const { client } = connection;
      if (client.isReadOnly) continue;
      // Nobody is silent whom this member does not listen to.
      if (!client.touched && !this.#isKeptWaiting(connection)) continue;
      client.touched = false;
      if (isHeard) client.toldMs = clock.nowMs;
      touched.push(session);
    }
    return touched;
  }

  resetStats(): void {
    for (const { stats } of this.#open) stats.reset();
  }

  /** What it sent was not read yet, or not answered, for reasons of this member. */
  #isKeptWaiting(connection: Connection): boolean {
    return connection.isBeingRead && this.#parts.turns.isWaiting(connection);
  }

  /**
   * Cut off from the leader, a member cannot know whether sessions that it has told nobody about still exist: from their timeout on others
   * may hold their locks, so their clients are answered no more and look for another member.
   */
  #closeForgotten(): void {
    const { clock, executor } = this.#parts;
    if (executor.leaderSilentMs < LEADER_MISSED_MS) return;
    for (const connection of this.#bySession.values()) {
      const { client } = connection;
      if (client.isReadOnly) {
        // No leader watches over it.
        if (connection.remainingMs <= 0)
          connection.closeFor('a client of a read-only member was silent for the timeout of its session');
        continue;
      }
      if (clock.nowMs - client.toldMs < client.timeoutMs) continue;
      connection.closeFor('the leader was not heard of for the timeout of a session, and may have ended it');
    }
  }
}
