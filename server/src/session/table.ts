import { ErrorCode, type Identities } from '@rookery/protocol';
import { ANYONE } from '../model/access.ts';
import { NO_SESSION, type SessionId } from '../model/ids.ts';
import { SessionDigest } from './digest.ts';
import { IdentityLists } from './identity-lists.ts';
import type { Session } from './session.ts';

/**
 * The replicated sessions. Every change comes from a log entry, so that all members agree on who is alive and which attachment
 * is the latest; when a session has fallen silent is the leader's business (expiry.ts).
 */
export class SessionTable {
  readonly #sessions = new Map<SessionId, Session>();
  readonly #identities = new IdentityLists();
  readonly #digest = new SessionDigest(this.#identities);
  /** Sessions with lower ids began before the newest forced recovery: ids are zxids, and rise with it beyond all that there were. */
  #formerBelow: SessionId = NO_SESSION;
  #changes = 0;

  get size(): number {
    return this.#sessions.size;
  }

  /** How often a session came or went in this process: where it stays, so does the set of ids. */
  get changes(): number {
    return this.#changes;
  }

  get(id: SessionId): Session | undefined {
    return this.#sessions.get(id);
  }

  values(): Iterable<Session> {
    return this.#sessions.values();
  }

  get formerBelow(): SessionId {
    return this.#formerBelow;
  }

  /**
   * A forced recovery: what made its client take a lock, or lead, may be lost, so that no session of before goes on. Each keeps its ephemeral nodes
   * until the leader ends it, as it ends those who fell silent: however many they are, no entry ends them all.
   */
  recovered(formerBelow: SessionId): void {
    this.#formerBelow = formerBelow;
  }

  /** Whether such a session, where it is still there, only waits for its end. */
  isFormer(id: SessionId): boolean {
    return id < this.#formerBelow;
  }

  /** A new session. Its id is its creating zxid, so it cannot exist. */
  create(id: SessionId, timeoutMs: number, attachIndex: number, identities: Identities = ANYONE): void {
    this.#put(id, timeoutMs, attachIndex, identities);
    this.#changes++;
  }

  /**
   * A connection anywhere took the session over, and what the one before it had proved counts no more; false where there is no
   * such session, or it waits for its end. `timeoutMs` is what that connection has negotiated; without it the timeout stays.
   */
  attach(
    id: SessionId,
    attachIndex: number,
    identities: Identities = ANYONE,
    timeoutMs: number | undefined = undefined,
  ): boolean {
    const session = this.#sessions.get(id);
    if (session === undefined || this.isFormer(id)) return false;
    this.#replace(session, timeoutMs ?? session.timeoutMs, attachIndex, identities);
    return true;
  }

  /** Its connection has proved more; false where there is no such session. */
  identify(id: SessionId, identities: Identities): boolean {
    const session = this.#sessions.get(id);
    if (session === undefined) return false;
    this.#replace(session, session.timeoutMs, session.attachIndex, identities);
    return true;
  }

  /** Its client ended it; false where there is no such session. */
  close(id: SessionId): boolean {
    const session = this.#sessions.get(id);
    if (session === undefined) return false;
    this.#digest.subtract(session);
    this.#identities.release(session.identities);
    this.#changes++;
    return this.#sessions.delete(id);
  }

  /** The leader saw it silent for too long under `attachIndexSeen`; void (false) if it has been attached anew since. */
  expire(id: SessionId, attachIndexSeen: number): boolean {
    return this.#sessions.get(id)?.attachIndex === attachIndexSeen && this.close(id);
  }

  /** Whether a request that came over the attachment `attachIndex` still counts. */
  check(id: SessionId, attachIndex: number): ErrorCode {
    const session = this.#sessions.get(id);
    if (session === undefined || this.isFormer(id)) return ErrorCode.sessionExpired;
    return session.attachIndex === attachIndex ? ErrorCode.ok : ErrorCode.sessionMoved;
  }

  get digestHigh(): number {
    return this.#digest.high;
  }

  get digestLow(): number {
    return this.#digest.low;
  }

  /** Different lists of identities that the sessions have. */
  get identityLists(): number {
    return this.#identities.size;
  }

  #replace(before: Session, timeoutMs: number, attachIndex: number, identities: Identities): void {
    this.#digest.subtract(before);
    // The new list first: where it is the same one it stays.
    this.#put(before.id, timeoutMs, attachIndex, identities);
    this.#identities.release(before.identities);
  }

  #put(id: SessionId, timeoutMs: number, attachIndex: number, list: Identities): void {
    const session = { id, timeoutMs, attachIndex, identities: this.#identities.acquire(list) };
    this.#sessions.set(id, session);
    this.#digest.add(session);
  }
}
