import { ErrorCode, OpCode, Writer } from '@rookery/protocol';
import type { Bounds } from '../bounds/bounds.ts';
import type { FieldReader } from '../codec/field-reader.ts';
import { type CommandHeader, emptyCommandHeader, encodeCommand } from '../model/command.ts';
import { asSessionId, NO_SESSION, type SessionId } from '../model/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Applied } from '../replica/applied.ts';
import type { Links } from '../replica/peers/links.ts';
import { beginFrame, endFrame, PeerFrame } from '../replica/peers/peer-frames.ts';
import type { Replica } from '../replica/replica.ts';
import { type ExpiredSession, SessionExpiry } from '../session/expiry.ts';
import type { Session } from '../session/session.ts';
import type { SessionTable } from '../session/table.ts';

/** Who hears the member's clients. */
export interface SessionHolder {
  /** Sessions of this member whose clients were heard of since the last call. */
  touchedSessions(): number[];
}

/** The replica, once it runs. */
export interface SessionState {
  readonly isAttached: boolean;
  readonly replica: Replica;
  readonly machine: { readonly sessions: SessionTable };
}

/** Sessions in one frame, which stays far below what members take. */
const TOUCHES_PER_FRAME = 16_384;

/** How many of the sessions that expired together a line of the log names. */
const MAX_NAMED_SESSIONS = 10;

/** Reviews come several times a second: a longer gap is a stall of the event loop, during which nobody could be heard. */
const STALL_MS = 500;
const ID_BYTES = 8;

/**
 * Keeps sessions alive while their clients are heard of, anywhere in the ensemble: members forward whom they heard to the leader, and
 * the leader ends those who fell silent, and those from before a forced recovery. A new leader gives every other session its whole timeout again.
 */
export class SessionTracker {
  readonly #holder: SessionHolder;
  readonly #state: SessionState;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #most: number;
  readonly #expiry = new SessionExpiry();
  /** The term in which this member, as its leader, watches over the sessions; 0: it does not. */
  #watchesTerm = 0;
  /** As the sessions were when it began: a forced recovery that is applied since changes what they are due. */
  #watchesFormerBelow: SessionId = NO_SESSION;
  #lastReviewMs = 0;
  /** Ended since the last review. */
  readonly #ended: SessionId[] = [];
  /** Sessions that somebody wants to end: their clients did not fall silent. */
  readonly #unwanted = new Set<SessionId>();
  readonly #header: CommandHeader = emptyCommandHeader();
  readonly #body = new Writer(8);

  constructor(
    holder: SessionHolder,
    state: SessionState,
    parts: { clock: Clock; log: Logger; bounds: Pick<Bounds, 'reviewExpiries'> },
  ) {
    this.#holder = holder;
    this.#state = state;
    this.#most = parts.bounds.reviewExpiries;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** Called several times a second, after what came meanwhile was taken in. */
  expireSessions(links: Links): void {
    const state = this.#state;
    if (!state.isAttached) return;
    const { replica } = state;
    const { sessions } = state.machine;
    const touched = this.#holder.touchedSessions();
    const now = this.#clock.monotonicMs();
    const gapMs = now - this.#lastReviewMs;
    // What came by then has been read by now, however long the loop stood still in between.
    const heardUntilMs = this.#lastReviewMs;
    this.#lastReviewMs = now;
    this.#tellEnded(sessions);
    if (!replica.leading) {
      if (this.#watchesTerm !== 0) this.#expiry.end();
      this.#watchesTerm = 0;
      this.#unwanted.clear();
      forwardTouches(links, replica.leaderServerId, touched);
      return;
    }
    if (this.#watchesTerm !== replica.raft.term || this.#watchesFormerBelow !== sessions.formerBelow) {
      this.#watchesTerm = replica.raft.term;
      this.#watchesFormerBelow = sessions.formerBelow;
      this.#expiry.watchOver(sessions.values());
    } else if (gapMs > STALL_MS) this.#expiry.extend(gapMs);
    this.#expiry.goOn(sessions, now, this.#most);
    for (const session of touched) this.#expiry.touch(asSessionId(session), now);
    const expired: ExpiredSession[] = [];
    this.#expiry.collect(sessions, heardUntilMs, expired, this.#most);
    for (const each of expired) replica.decide(this.#expireCommand(each));
  }

  /** Whom another member heard of: [u32 count] and the session ids. */
  receiveTouches(reader: FieldReader): void {
    if (this.#watchesTerm === 0) return;
    const now = this.#clock.monotonicMs();
    for (let left = reader.count(ID_BYTES); left > 0; left--)
      this.#expiry.touch(asSessionId(reader.whole()), now);
  }

  /** Milliseconds until each session expires if its client stays silent; undefined where another member decides that. */
  remaining(): [id: SessionId, remainingMs: number][] | undefined {
    if (this.#watchesTerm === 0) return undefined;
    const now = this.#clock.monotonicMs();
    return [...this.#expiry.deadlines()].map(([id, deadline]) => [id, deadline - now]);
  }

  /** The same of one session. */
  remainingOf(id: SessionId): number | undefined {
    if (this.#watchesTerm === 0) return undefined;
    const deadline = this.#expiry.deadlineOf(id);
    return deadline === undefined ? undefined : deadline - this.#clock.monotonicMs();
  }

  /** As the leader: ends a session whose client may well be there, because somebody wants that. Void where it is attached anew meanwhile. */
  end(session: Session): void {
    this.#unwanted.add(session.id);
    this.#state.replica.decide(this.#expireCommand(session));
  }

  /** Follows what the log did to the sessions. */
  trackSession(result: Applied): void {
    if (this.#watchesTerm === 0 || result.err !== ErrorCode.ok) return;
    switch (result.op) {
      case OpCode.createSession:
      case OpCode.attachSession:
        this.#expiry.add(result.session, result.timeoutMs, this.#clock.monotonicMs());
        break;
      case OpCode.expireSession:
        if (!this.#unwanted.delete(result.session)) this.#ended.push(result.session);
        this.#expiry.remove(result.session);
        break;
      case OpCode.closeSession:
        this.#unwanted.delete(result.session);
        this.#expiry.remove(result.session);
        break;
      case OpCode.restore:
        // With the end of one the sessions are others; each gets its whole timeout.
        if (result.isRestored) this.#watchesTerm = 0;
        break;
      default:
    }
  }

  #tellEnded(sessions: SessionTable): void {
    const ended = this.#ended.splice(0);
    const silent = ended.filter((id) => !sessions.isFormer(id));
    this.#tell(silent, 'its client fell silent', 'their clients fell silent');
    const former = ended.filter((id) => sessions.isFormer(id));
    this.#tell(former, 'it is from before the forced recovery', 'they are from before the forced recovery');
  }

  /** One line for all of them: the loss of a network ends thousands at once. */
  #tell(ended: readonly SessionId[], whyOne: string, whySeveral: string): void {
    if (ended.length === 0) return;
    if (ended.length === 1) this.#log.info({ session: ended[0] }, `session expired: ${whyOne}`);
    else {
      const first = ended.slice(0, MAX_NAMED_SESSIONS);
      this.#log.info({ count: ended.length, first }, `sessions expired: ${whySeveral}`);
    }
  }

  #expireCommand({ id, attachIndex }: ExpiredSession): Uint8Array {
    this.#header.op = OpCode.expireSession;
    this.#header.session = id;
    this.#body.clear();
    this.#body.writeLong(attachIndex);
    return encodeCommand(this.#header, this.#body.view());
  }
}

function forwardTouches(links: Links, leader: number | undefined, touched: readonly number[]): void {
  const outbox = leader === undefined ? undefined : links.outbox(leader);
  if (outbox === undefined) return;
  for (let from = 0; from < touched.length; from += TOUCHES_PER_FRAME) {
    const end = Math.min(from + TOUCHES_PER_FRAME, touched.length);
    const start = beginFrame(outbox, PeerFrame.touch);
    outbox.u32(end - from);
    for (let i = from; i < end; i++) outbox.f64(touched[i]!);
    endFrame(outbox, start);
  }
}
