import type { Bounds } from '../bounds/bounds.ts';
import { copyRange } from '../codec/bytes.ts';
import { Reader } from '../codec/jute-reader.ts';
import { Writer } from '../codec/jute-writer.ts';
import type { Identities } from '../model/acl.ts';
import { ErrorCode } from '../model/error-codes.ts';
import { writeIdentities } from '../model/identity-record.ts';
import { asSessionId, NO_SESSION, type SessionId } from '../model/ids.ts';
import { OpCode } from '../model/op-codes.ts';
import type { Applied } from '../replica/state-machine.ts';
import { PASSWORD_BYTES, readConnectRequest, writeConnectResponse } from '../wire/connect.ts';
import type { Admission } from './admission.ts';
import type { Outstanding } from './outstanding.ts';
import type { SessionPasswords } from './session-passwords.ts';

const zeroPassword = new Uint8Array(PASSWORD_BYTES);
const reader = new Reader();
const body = new Writer(64);

/** What a handshake needs of the ensemble. */
export interface Sessions {
  readonly bounds: Pick<Bounds, 'earlyBytes' | 'earlyRequests'>;
  readonly serving: boolean;
  readonly lastZxid: number;
  readonly admission: Pick<Admission, 'hasRoomForSession'>;
  negotiate(timeoutMs: number): number;
  readonly passwords: SessionPasswords;
}

/** What a handshake needs of its connection. */
export interface HandshakeOwner {
  session: SessionId;
  attachIndex: number;
  timeoutMs: number;
  /** What the connection has proved already, by itself. */
  readonly identities: Identities;
  propose(xid: number, op: number, body: Uint8Array, start: number, end: number): Outstanding;
  write(): Writer;
  end(): void;
  destroy(): void;
  misuse(reason: string): void;
}

/**
 * From the connect request to its answer: a session is created, or an existing one attaches to this connection. Both go through the
 * log, so that every member knows who is alive and where.
 */
export class Handshake {
  private readonly owner: HandshakeOwner;
  private readonly sessions: Sessions;
  /** The creation or attachment while it is on its way. */
  private opening: Outstanding | undefined;
  private early: Uint8Array[] = [];
  earlyBytes = 0;
  /**
   * What the answer says of it. A client that would also take a read-only member learns that this one is not; undefined where
   * its connect request has no such field.
   */
  private readOnly: false | undefined;

  constructor(owner: HandshakeOwner, sessions: Sessions) {
    this.owner = owner;
    this.sessions = sessions;
  }

  /** Whether no more of the client's requests are to be taken before its session is there. */
  get isFull(): boolean {
    return this.earlyBytes > this.sessions.bounds.earlyBytes;
  }

  frame(bytes: Uint8Array, start: number, end: number): void {
    if (this.opening === undefined) this.begin(bytes, start, end);
    else if (this.early.length < this.sessions.bounds.earlyRequests) {
      this.early.push(copyRange(bytes, start, end));
      this.earlyBytes += end - start;
    } else this.owner.misuse('too many requests came before the session was there');
  }

  private begin(bytes: Uint8Array, start: number, end: number): void {
    const { owner, sessions } = this;
    const request = readConnectRequest(reader.reset(bytes, start, end));
    if (request === undefined) {
      owner.misuse('the first message is no connect request');
      return;
    }
    const { sessionId, lastZxidSeen, password, timeoutMs } = request;
    this.readOnly = request.readOnly === undefined ? undefined : false;
    const isNew = sessionId === 0;
    if (
      !sessions.serving ||
      lastZxidSeen > sessions.lastZxid ||
      (isNew && !sessions.admission.hasRoomForSession)
    ) {
      // No reply: the client tries another member, which may be further.
      owner.destroy();
      return;
    }
    owner.timeoutMs = sessions.negotiate(timeoutMs);
    body.clear();
    if (isNew) {
      body.writeInt(owner.timeoutMs);
      writeIdentities(body, owner.identities);
      this.open(OpCode.createSession);
    } else if (sessions.passwords.isRight(sessionId, password)) {
      owner.session = asSessionId(sessionId);
      writeIdentities(body, owner.identities);
      body.writeInt(owner.timeoutMs);
      this.open(OpCode.attachSession);
    } else this.refuse();
  }

  private open(op: OpCode): void {
    this.opening = this.owner.propose(0, op, body.bytes, 0, body.length);
  }

  /** The session's own entry was applied. Returns the frames that came meanwhile; undefined where there is no session. */
  applied(result: Applied): readonly Uint8Array[] | undefined {
    const { owner } = this;
    if (result.err !== ErrorCode.ok) {
      this.refuse();
      return undefined;
    }
    owner.session = result.session;
    owner.attachIndex = result.attachIndex;
    owner.timeoutMs = result.timeoutMs;
    writeConnectResponse(owner.write(), {
      timeoutMs: owner.timeoutMs,
      sessionId: owner.session,
      password: this.sessions.passwords.of(owner.session),
      readOnly: this.readOnly,
    });
    return this.early;
  }

  cancel(): void {
    if (this.opening !== undefined) this.opening.cancelled = true;
  }

  /** There is no such session, or not for this client. */
  private refuse(): void {
    const { owner, readOnly } = this;
    owner.session = NO_SESSION;
    writeConnectResponse(owner.write(), { timeoutMs: 0, sessionId: 0, password: zeroPassword, readOnly });
    owner.end();
  }
}
