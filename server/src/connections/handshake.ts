import {
  type ConnectRequest,
  copyRange,
  ErrorCode,
  NO_BYTES,
  OpCode,
  PASSWORD_BYTES,
  Reader,
  readConnectRequest,
  Writer,
  writeConnectResponse,
} from '@rookery/protocol';
import type { Bounds } from '../bounds/bounds.ts';
import { mayHaveFormerSessions } from '../model/former-session.ts';
import { writeIdentities } from '../model/identity-record.ts';
import { asSessionId, NO_SESSION, type SessionId } from '../model/ids.ts';
import type { Applied } from '../replica/applied.ts';
import type { Admission } from './admission.ts';
import type { Authentication } from './authentication.ts';
import type { Client } from './client.ts';
import { type ConnectionEnd, OVERTAKEN } from './connection-end.ts';
import type { Executor, Proposal } from './executor.ts';
import type { Outflow } from './outflow.ts';
import type { ReaderSessions } from './reader-sessions.ts';
import type { ReplyMeter } from './reply-meter.ts';
import type { RequestPipeline } from './request-pipeline.ts';
import type { SessionPasswords } from './session-passwords.ts';

const ZERO_PASSWORD = new Uint8Array(PASSWORD_BYTES);
const reader = new Reader();
const body = new Writer(64);

/** What the handshakes of a member share. */
export interface HandshakeParts {
  readonly bounds: Pick<Bounds, 'earlyBytes' | 'earlyRequests'>;
  readonly clock: { readonly nowMs: number };
  readonly executor: Pick<Executor, 'propose' | 'lastZxid'>;
  readonly admission: Pick<Admission, 'isReadOnly' | 'takesSession' | 'takesReader' | 'negotiate'>;
  readonly passwords: SessionPasswords;
  readonly readerSessions: ReaderSessions;
}

/** What a handshake works with of its own connection. */
export interface HandshakeEnds {
  readonly client: Client;
  readonly authentication: Authentication;
  readonly pipeline: RequestPipeline;
  readonly outflow: Outflow;
  readonly meter: ReplyMeter;
  readonly end: ConnectionEnd;
  /** Hears that the session is there, before its first request is taken. */
  readonly established: () => void;
}

/**
 * From the connect request to its answer: a session is created, or an existing one attaches to this connection. Both go through the
 * log, so that every member knows who is alive and where.
 */
export class Handshake implements Proposal {
  requestNumber = 0;
  submittedTerm = 0;
  cancelled = false;
  command: Uint8Array = NO_BYTES;
  /** Bytes of requests that came before the session was there. */
  earlyBytes = 0;
  readonly #parts: HandshakeParts;
  readonly #ends: HandshakeEnds;
  /** The creation or attachment that is on its way, and since when; 0: none is. */
  #op: OpCode | 0 = 0;
  #sinceMs = 0;
  readonly #early: Uint8Array[] = [];
  /**
   * What the answer says of it. A client that would also take a read-only member learns whether this one is; undefined where
   * its connect request has no such field.
   */
  #readOnly: boolean | undefined;

  constructor(parts: HandshakeParts, ends: HandshakeEnds) {
    this.#parts = parts;
    this.#ends = ends;
  }

  /** Whether no more of the client's requests are to be taken now, which come before its session is there. */
  get isFull(): boolean {
    return this.earlyBytes > this.#parts.bounds.earlyBytes;
  }

  frame(bytes: Uint8Array, start: number, end: number): void {
    if (this.#op === 0) this.#begin(bytes, start, end);
    else if (this.#early.length < this.#parts.bounds.earlyRequests) {
      this.#early.push(copyRange(bytes, start, end));
      this.earlyBytes += end - start;
    } else this.#ends.end.misuse('too many requests came before the session was there');
  }

  /** The session's own entry was applied. */
  applied(result: Applied): void {
    const { client, outflow, meter } = this.#ends;
    if (outflow.isOver) return;
    if (result.err !== ErrorCode.ok) {
      this.#refuse();
      return;
    }
    client.attach(result, this.#parts.clock.nowMs);
    meter.replied(this.#op, 0, result.zxid, this.#sinceMs);
    this.#answer();
  }

  /** The session is there: requests that came before it are taken, up to one that has to wait. */
  takeEarly(): void {
    const { pipeline, outflow, authentication } = this.#ends;
    const early = this.#early;
    let taken = 0;
    while (taken < early.length && !outflow.isOver && !authentication.isBlocked) {
      const frame = early[taken++]!;
      this.earlyBytes -= frame.length;
      pipeline.request(frame, 0, frame.length);
    }
    early.splice(0, taken);
  }

  abandoned(): void {
    this.#ends.end.closeFor(OVERTAKEN);
  }

  #begin(bytes: Uint8Array, start: number, end: number): void {
    const parts = this.#parts;
    const { client, end: connection } = this.#ends;
    const request = readConnectRequest(reader.reset(bytes, start, end));
    if (request === undefined) {
      connection.misuse('the first message is no connect request');
      return;
    }
    const { sessionId, lastZxidSeen, timeoutMs } = request;
    this.#readOnly = request.readOnly === undefined ? undefined : false;
    const isNew = sessionId === 0;
    if (!isNew && this.#ends.authentication.postpones(bytes, start, end)) return;
    if (parts.admission.isReadOnly) {
      this.#beginReading(request);
      return;
    }
    if (!parts.admission.takesSession(isNew, lastZxidSeen, parts.clock.nowMs)) {
      connection.destroy();
      return;
    }
    client.timeoutMs = parts.admission.negotiate(timeoutMs);
    body.clear();
    if (isNew) {
      body.writeInt(client.timeoutMs);
      writeIdentities(body, client.identities);
      this.#open(OpCode.createSession);
      return;
    }
    const session = this.#provenSession(request);
    if (session === undefined) {
      this.#ends.authentication.wrongPassword(sessionId);
      this.#refuse();
      return;
    }
    client.session = session;
    writeIdentities(body, client.identities);
    body.writeInt(client.timeoutMs);
    this.#open(OpCode.attachSession);
  }

  /**
   * The session whose password the client knows; there may be none. One that began at an Apache ZooKeeper may be shown as that knew it: whoever goes on
   * with it is told its id and password here, and shows those from then on.
   */
  #provenSession({ sessionId, sessionHigh, sessionLow, password }: ConnectRequest): SessionId | undefined {
    const { passwords, executor } = this.#parts;
    if (passwords.isRight(sessionId, password)) return asSessionId(sessionId);
    if (!mayHaveFormerSessions(executor.lastZxid)) return undefined;
    const former = passwords.former(sessionHigh, sessionLow, password);
    return former === undefined ? undefined : asSessionId(former);
  }

  /**
   * Nothing can be written now. A client that takes a member which only serves reads begins to read, or goes on; a session of the log may live on
   * elsewhere, so that its client looks for another member, as whoever wants to write does.
   */
  #beginReading({ sessionId, password, lastZxidSeen, timeoutMs, readOnly }: ConnectRequest): void {
    const { admission, readerSessions, passwords, clock } = this.#parts;
    const { client, end, authentication } = this.#ends;
    const isNew = sessionId === 0;
    const isReader = isNew || readerSessions.isOne(sessionId);
    if (readOnly !== true || !isReader || !admission.takesReader(lastZxidSeen)) {
      end.destroy();
      return;
    }
    this.#readOnly = true;
    if (isNew || passwords.isRight(sessionId, password)) {
      const session = isNew ? readerSessions.next() : asSessionId(sessionId);
      client.attachReader(session, admission.negotiate(timeoutMs), clock.nowMs);
      this.#answer();
    } else {
      authentication.wrongPassword(sessionId);
      this.#refuse();
    }
  }

  #answer(): void {
    const { client, outflow } = this.#ends;
    writeConnectResponse(outflow.write(), {
      timeoutMs: client.timeoutMs,
      sessionId: client.session,
      password: this.#parts.passwords.of(client.session),
      readOnly: this.#readOnly,
    });
    this.#ends.established();
    this.takeEarly();
  }

  #open(op: OpCode): void {
    this.#op = op;
    this.#sinceMs = this.#parts.clock.nowMs;
    this.#parts.executor.propose(this.#ends.client, this, op, body.bytes, 0, body.length);
  }

  /** There is no such session, or not for this client. */
  #refuse(): void {
    const { client, outflow } = this.#ends;
    client.session = NO_SESSION;
    writeConnectResponse(outflow.write(), {
      timeoutMs: 0,
      sessionId: 0,
      password: ZERO_PASSWORD,
      readOnly: this.#readOnly,
    });
    outflow.end();
  }
}
