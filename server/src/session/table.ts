import { ErrorCode } from '../model/error-codes.ts';
import type { SessionId } from '../model/ids.ts';
import { SessionDigest } from './digest.ts';

export interface Session {
  readonly id: SessionId;
  /** As negotiated: how long the session outlives silence. */
  readonly timeoutMs: number;
  /** Log index of the entry that attached the session to a member last. */
  readonly attachIndex: number;
}

/**
 * The replicated sessions. Every change comes from a log entry, so that all members agree on who is alive and which attachment
 * is the latest; when a session has fallen silent is the leader's business (expiry.ts).
 */
export class SessionTable {
  readonly #sessions = new Map<SessionId, Session>();
  readonly #digest = new SessionDigest();

  get size(): number {
    return this.#sessions.size;
  }

  get(id: SessionId): Session | undefined {
    return this.#sessions.get(id);
  }

  values(): Iterable<Session> {
    return this.#sessions.values();
  }

  /** A new session. Its id is its creating zxid, so it cannot exist. */
  create(id: SessionId, timeoutMs: number, attachIndex: number): void {
    this.#put({ id, timeoutMs, attachIndex });
  }

  /** A connection anywhere took the session over; false where there is no such session. */
  attach(id: SessionId, attachIndex: number): boolean {
    const session = this.#sessions.get(id);
    if (session === undefined) return false;
    this.#digest.subtract(session);
    this.#put({ id, timeoutMs: session.timeoutMs, attachIndex });
    return true;
  }

  /** Its client ended it; false where there is no such session. */
  close(id: SessionId): boolean {
    const session = this.#sessions.get(id);
    if (session === undefined) return false;
    this.#digest.subtract(session);
    return this.#sessions.delete(id);
  }

  /** The leader saw it silent for too long under `attachIndexSeen`; void (false) if it has been attached anew since. */
  expire(id: SessionId, attachIndexSeen: number): boolean {
    return this.#sessions.get(id)?.attachIndex === attachIndexSeen && this.close(id);
  }

  /** Whether a request that came over the attachment `attachIndex` still counts. */
  check(id: SessionId, attachIndex: number): ErrorCode {
    const session = this.#sessions.get(id);
    if (session === undefined) return ErrorCode.sessionExpired;
    return session.attachIndex === attachIndex ? ErrorCode.ok : ErrorCode.sessionMoved;
  }

  get digestHigh(): number {
    return this.#digest.high;
  }

  get digestLow(): number {
    return this.#digest.low;
  }

  #put(session: Session): void {
    this.#sessions.set(session.id, session);
    this.#digest.add(session);
  }
}
