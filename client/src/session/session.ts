import { type AttachReply, NO_BYTES, type SessionKey, type WatchEvent } from '@rookery/protocol';
import type { Rotation } from '../addresses/rotation.ts';
import { type Call, Progress } from '../calls/call.ts';
import { Connection } from '../connection/connection.ts';
import { CoordinationError, type CoordinationErrorCode } from '../errors.ts';
import type { Address, Timer, World } from '../ports.ts';
import { Queue } from '../queue.ts';
import { ATTEMPT_SHARE, HELD_SHARE, PING_SHARE, type SessionState, SILENCE_SHARE } from './state.ts';

export interface SessionSettings {
  /** What is asked for; the server says what it is. */
  readonly timeoutMs: number;
  /** Whether a member without a quorum will do while there is no other. */
  readonly allowReadOnly: boolean;
  /** The longest wait between two rounds in which everybody was asked in vain. */
  readonly longestPauseMs: number;
  readonly maxFrameBytes: number;
  /** How long a call may take that says nothing else. */
  readonly callTimeoutMs: number;
  /** Calls that may wait for a connection or an answer. */
  readonly maxPendingCalls: number;
}

/** Who has to know what becomes of a session. */
export interface SessionOwner {
  /** `why` it is suspended, lost or closed. */
  stateChanged(state: SessionState, why: string): void;
  event(zxid: number, event: WatchEvent): void;
  /** A connection has the session: proofs and watches go over it, and once `ready` is called the calls that wait. */
  attached(connection: Connection, ready: () => void): void;
}

/** The wait after everybody was asked in vain: doubles from here to the longest. */
const FIRST_PAUSE_MS = 50;
/** How often deadlines and silence are looked at, at most. */
const MAX_REVIEW_MS = 500;
const REVIEWS_PER_TIMEOUT = 20;
/** What a close waits for the server's word. */
const MAX_CLOSE_MS = 2_000;

/**
 * One session of its ensemble, over as many connections as it takes. It is told lost by the client's own clock where nobody answers, and is never
 * connected again after that, whatever the servers still say.
 */
export class Session {
  readonly #world: World;
  readonly #settings: SessionSettings;
  readonly #rotation: Rotation;
  readonly #owner: SessionOwner;
  readonly #over = new AbortController();
  /** Calls that no connection has taken. */
  readonly #waiting = new Queue<Call<unknown>>();
  #state: SessionState = 'connecting';
  #key: SessionKey = { id: 0n, password: NO_BYTES };
  #timeoutMs: number;
  #isReadOnly = false;
  #connection: Connection | undefined;
  /** When the attempt at hand has taken too long. */
  #attemptDueAtMs = 0;
  /** The session was alive at the server then, or later. */
  #confirmedAtMs = 0;
  #lastZxid: number;
  #emptyRounds = 0;
  #resolving = false;
  #review: Timer | undefined;
  #pause: Timer | undefined;
  #closed: (() => void) | undefined;

  /** @param lastZxid the newest that the client has seen: no member that is behind it will do */
  constructor(
    world: World,
    settings: SessionSettings,
    rotation: Rotation,
    lastZxid: number,
    owner: SessionOwner,
  ) {
    this.#world = world;
    this.#settings = settings;
    this.#rotation = rotation;
    this.#lastZxid = lastZxid;
    this.#owner = owner;
    this.#timeoutMs = settings.timeoutMs;
  }

  /** 0n until there is one. */
  get id(): bigint {
    return this.#key.id;
  }

  /** What another connection would have to show to take it over. */
  get key(): SessionKey {
    return this.#key;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** What the server granted; until then what is asked for. */
  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  /** Whether the member that it is connected to has no quorum and serves reads alone. */
  get isReadOnly(): boolean {
    return this.#isReadOnly;
  }

  /** Aborted, with the reason, once the session is lost or closed. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /**
   * Whether nobody else can have by now what this session holds, by the clock: true before `signal` is aborted, and false at once where the process
   * slept over it. Ask it right before what must not be done twice.
   */
  get isHeld(): boolean {
    return !this.isOver && this.#key.id !== 0n && this.#world.nowMs() < this.#lostAtMs;
  }

  get isOver(): boolean {
    return this.#state === 'lost' || this.#state === 'closed';
  }

  get lastZxid(): number {
    return this.#connection === undefined
      ? this.#lastZxid
      : Math.max(this.#lastZxid, this.#connection.lastZxid);
  }

  /** The member that it is connected to. */
  get address(): Address | undefined {
    return this.#state === 'connected' ? this.#connection?.address : undefined;
  }

  /** The connection that has it, for what is no call. */
  get attachedConnection(): Connection | undefined {
    return this.#state === 'connected' ? this.#connection : undefined;
  }

  /** Why it is over. */
  get #overCode(): CoordinationErrorCode {
    return (this.#over.signal.reason as CoordinationError).code;
  }

  get #lostAtMs(): number {
    return this.#confirmedAtMs + this.#timeoutMs * HELD_SHARE;
  }

  open(): void {
    this.#reviewLater();
    void this.#beginRound();
  }

  submit(call: Call<unknown>): void {
    const now = this.#world.nowMs();
    call.askedAtMs = now;
    call.dueAtMs = now + this.#settings.callTimeoutMs;
    if (this.isOver) {
      call.failBecause(this.#state === 'lost' ? 'SESSION_LOST' : 'CLOSED', `the session is ${this.#state}`);
    } else if (
      this.#waiting.length + (this.#connection?.pendingCount ?? 0) >=
      this.#settings.maxPendingCalls
    ) {
      call.failBecause('TOO_MANY_PENDING', `${this.#settings.maxPendingCalls} calls are waiting already`);
    } else if (this.#state === 'connected' && this.#waiting.length === 0) {
      this.#connection?.send(call);
    } else {
      this.#waiting.push(call);
    }
  }

  /** Ends it at the server, if one is connected, so that its ephemeral nodes go now. Settles when the connection is gone. */
  close(): Promise<void> {
    if (this.isOver) return Promise.resolve();
    const connection = this.#connection;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wasConnected = this.#state === 'connected';
    this.#end('closed', 'CLOSED', 'the client was closed');
    if (connection === undefined) return Promise.resolve();
    if (!wasConnected) {
      connection.drop('the client was closed');
      return Promise.resolve();
    }
    connection.closeSession();
    const timer = this.#world.after(Math.min(MAX_CLOSE_MS, this.#timeoutMs), () =>
      connection.drop('the server does not end the session'),
    );
    this.#closed = () => {
      timer.cancel();
      resolve();
    };
    return promise;
  }

  /** Ends it for a reason that no other connection would mend. */
  abandon(code: 'AUTH_FAILED', why: string): void {
    const connection = this.#connection;
    this.#end('closed', code, why);
    connection?.drop(why);
  }

  /** Ends it, since the next one has a member already. Nothing of it is lost that it held: where it could read alone, it held nothing. */
  supersede(why: string): void {
    const connection = this.#connection;
    this.#end('lost', 'SESSION_LOST', why);
    connection?.drop(why);
  }

  async #beginRound(): Promise<void> {
    if (this.#resolving) return;
    this.#resolving = true;
    let why = 'nobody listens there';
    try {
      this.#rotation.beginRound(await this.#world.resolve());
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
      this.#rotation.repeatRound();
    }
    this.#resolving = false;
    if (this.isOver || this.#connection !== undefined) return;
    this.#tryNext(why);
  }

  #tryNext(why: string): void {
    if (this.isOver) return;
    const address = this.#rotation.next();
    if (address === undefined) {
      this.#pauseBeforeRound(why);
      return;
    }
    const now = this.#world.nowMs();
    this.#attemptDueAtMs = now + (this.#timeoutMs * ATTEMPT_SHARE) / this.#rotation.size;
    const connection: Connection = new Connection(
      this.#world,
      address,
      {
        ...this.#key,
        lastZxidSeen: this.#lastZxid,
        timeoutMs: this.#settings.timeoutMs,
        readOnly: this.#settings.allowReadOnly,
      },
      this.#settings.maxFrameBytes,
      {
        attached: (reply) => this.#attached(connection, reply),
        confirmed: (sentAtMs) => this.#confirmed(connection, sentAtMs),
        event: (zxid, event) => this.#owner.event(zxid, event),
        closed: (reason, unanswered) => this.#disconnected(connection, reason, unanswered),
      },
    );
    this.#connection = connection;
  }

  #pauseBeforeRound(why: string): void {
    const longest = Math.min(this.#settings.longestPauseMs, FIRST_PAUSE_MS * 2 ** this.#emptyRounds);
    this.#emptyRounds++;
    if (this.#state === 'connecting') this.#owner.stateChanged('connecting', why);
    this.#pause = this.#world.after(longest / 2 + this.#world.random(longest / 2), () => {
      void this.#beginRound();
    });
  }

  #attached(connection: Connection, reply: AttachReply): void {
    if (this.isOver) {
      connection.drop('the session is over');
      return;
    }
    if (reply.timeoutMs <= 0) {
      this.#end('lost', 'SESSION_LOST', 'the server says that the session has expired');
      connection.drop('the session has expired');
      return;
    }
    // The answer may have lain in a buffer for longer than the session lasts.
    if (this.#checkLost()) return;
    this.#key = { id: reply.id, password: reply.password };
    this.#timeoutMs = reply.timeoutMs;
    this.#isReadOnly = reply.readOnly;
    this.#rotation.succeeded(connection.address);
    this.#owner.attached(connection, () => this.#ready(connection));
  }

  #ready(connection: Connection): void {
    if (connection !== this.#connection || this.isOver) return;
    this.#state = 'connected';
    // The next review may never come: a server that closes what it has just given begins it anew each time.
    failOverdue(this.#waiting, this.#world.nowMs());
    for (const call of this.#waiting.drain()) if (!call.isSettled) connection.send(call);
    this.#reviewLater();
    this.#owner.stateChanged('connected', `by ${connection.address.host}:${connection.address.port}`);
  }

  #confirmed(connection: Connection, sentAtMs: number): void {
    if (connection === this.#connection && sentAtMs > this.#confirmedAtMs) this.#confirmedAtMs = sentAtMs;
  }

  #disconnected(connection: Connection, reason: string, unanswered: readonly Call<unknown>[]): void {
    this.#lastZxid = Math.max(this.#lastZxid, connection.lastZxid);
    this.#connection = undefined;
    this.#closed?.();
    this.#closed = undefined;
    const where = `${connection.address.host}:${connection.address.port}`;
    this.#rotation.failed(connection.address);
    if (this.isOver) {
      for (const call of unanswered) call.failBecause(this.#overCode, reason);
      return;
    }
    const repeated: Call<unknown>[] = [];
    for (const call of unanswered) {
      if (call.isRepeatable || call.progress === Progress.waiting) {
        call.progress = Progress.waiting;
        repeated.push(call);
      } else {
        call.failBecause('CONNECTION_LOST', `the connection to ${where} broke: ${reason}`);
      }
    }
    this.#waiting.unshift(repeated);
    const wasConnected = this.#state === 'connected';
    if (wasConnected) {
      this.#state = 'suspended';
      this.#owner.stateChanged('suspended', `the connection to ${where} broke: ${reason}`);
    }
    if (this.#checkLost()) return;
    if (wasConnected && !connection.isVain) {
      this.#emptyRounds = 0;
      void this.#beginRound();
    } else if (wasConnected) {
      // To ask again at once would go on like that for as long as anything waits.
      this.#pauseBeforeRound(`${where}: ${reason}`);
    } else {
      this.#tryNext(`${where}: ${reason}`);
    }
  }

  #reviewLater(): void {
    if (this.isOver) return;
    this.#review?.cancel();
    const now = this.#world.nowMs();
    const period = Math.min(MAX_REVIEW_MS, this.#timeoutMs / REVIEWS_PER_TIMEOUT);
    const delay = this.#key.id === 0n ? period : Math.max(0, Math.min(period, this.#lostAtMs - now));
    this.#review = this.#world.after(delay, () => {
      this.#lookAfter();
      this.#reviewLater();
    });
  }

  #lookAfter(): void {
    if (this.#checkLost()) return;
    const now = this.#world.nowMs();
    const connection = this.#connection;
    if (connection !== undefined) {
      if (!connection.isAttached) {
        if (now >= this.#attemptDueAtMs) connection.drop('it gave no session in time');
      } else if (now - connection.lastHeardAtMs >= this.#timeoutMs * SILENCE_SHARE) {
        connection.drop(`it said nothing for ${Math.round(now - connection.lastHeardAtMs)} ms`);
      } else if (now - connection.lastSentAtMs >= this.#timeoutMs * PING_SHARE) {
        connection.ping();
      }
    }
    // The oldest one is first: as long as it has time, all have.
    if (connection !== undefined) failOverdue(connection.pendingCalls(), now);
    failOverdue(this.#waiting, now);
    while (this.#waiting.peek()?.isSettled === true) this.#waiting.shift();
  }

  /** Whether the session is over by the clock; says so if it is. */
  #checkLost(): boolean {
    if (this.isOver) return true;
    if (this.#key.id === 0n || this.#world.nowMs() < this.#lostAtMs) return false;
    const connection = this.#connection;
    this.#end('lost', 'SESSION_LOST', `no member confirmed the session within its ${this.#timeoutMs} ms`);
    connection?.drop('the session is lost');
    return true;
  }

  /** From here on there is no session: whoever waits is told. What was sent is told by the end of its connection. */
  #end(state: 'lost' | 'closed', code: 'SESSION_LOST' | 'CLOSED' | 'AUTH_FAILED', why: string): void {
    this.#state = state;
    this.#review?.cancel();
    this.#pause?.cancel();
    const calls = this.#waiting.drain();
    this.#over.abort(new CoordinationError(code, why, { operation: 'session', retry: 'no' }));
    for (const call of calls) call.failBecause(code, why);
    this.#owner.stateChanged(state, why);
  }
}

function failOverdue(calls: Iterable<Call<unknown>>, now: number): void {
  for (const call of calls) {
    if (call.dueAtMs > now) return;
    call.failBecause('DEADLINE_EXCEEDED', `no answer within ${Math.round(now - call.askedAtMs)} ms`);
  }
}
