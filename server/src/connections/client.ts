import type { Identities } from '@rookery/protocol';
import { NO_SESSION, type SessionId } from '../model/ids.ts';
import type { Applied } from '../replica/applied.ts';
import type { ConnectionEnd } from './connection-end.ts';
import type { Outflow } from './outflow.ts';
import { NO_WATCHER, type Watcher } from './watches.ts';

/** Who is at the other end of a connection: its session, what it has proved, when it was heard of, and where it hears of its watches. */
export class Client implements Watcher {
  session: SessionId = NO_SESSION;
  /** Log index of this connection's attachment to its session. */
  attachIndex = 0;
  timeoutMs = 0;
  /** What reads and events are checked with: what was proved, and was in the log before the request that is being answered. */
  identities: Identities;
  watcher = NO_WATCHER;
  /** Its session is there, and its requests are taken. */
  isAttached = false;
  /** Its session is this connection's alone, in no log: it reads, on a member that is cut off. */
  isReadOnly = false;
  /** One of this member's own doors is at the other end. */
  isOwn = false;
  /** Something came since the last review of sessions. */
  touched = false;
  /** When the leader was last told that this session's client is there, monotonic, as far as this member can know. */
  toldMs = 0;
  /** When something came last, monotonic; until the session is there, when the connection was opened: a trickle buys no time. */
  heardMs: number;
  readonly #outflow: Outflow;
  readonly #end: ConnectionEnd;

  constructor(identities: Identities, nowMs: number, outflow: Outflow, end: ConnectionEnd) {
    this.identities = identities;
    this.heardMs = nowMs;
    this.#outflow = outflow;
    this.#end = end;
  }

  get isOpen(): boolean {
    return this.#end.isOpen;
  }

  /** Its session's own entry was applied. */
  attach({ session, attachIndex, timeoutMs, identities }: Applied, nowMs: number): void {
    this.session = session;
    this.attachIndex = attachIndex;
    this.timeoutMs = timeoutMs;
    this.identities = identities;
    this.heardMs = nowMs;
    this.toldMs = nowMs;
    this.isAttached = true;
  }

  /** Begins to read, as `session`. */
  attachReader(session: SessionId, timeoutMs: number, nowMs: number): void {
    this.session = session;
    this.timeoutMs = timeoutMs;
    this.heardMs = nowMs;
    this.isReadOnly = true;
    this.isAttached = true;
  }

  event(frame: Uint8Array, length: number): void {
    const outflow = this.#outflow;
    if (outflow.isOver || outflow.endsFor('watches what goes on changing')) return;
    outflow.write().writeRaw(frame, 0, length);
  }

  closeFor(reason: string): void {
    this.#end.closeFor(reason);
  }
}
