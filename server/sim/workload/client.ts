import { readConnectResponse, writeConnectRequest } from '../../src/wire/connect.ts';
import { FrameReader, FrameStatus } from '../../src/wire/frame-reader.ts';
import { writeCloseSessionRequest, writePingRequest } from '../../src/wire/header-requests.ts';
import { Reader } from '../../src/wire/reader.ts';
import { readReplyHeader } from '../../src/wire/reply-header.ts';
import { Xid } from '../../src/wire/request-header.ts';
import { Writer } from '../../src/wire/writer.ts';
import type { Action, Operation, Violation } from '../history/operation.ts';
import type { Recorder } from '../history/recorder.ts';
import type { End } from '../network/connection.ts';
import type { Prng } from '../prng.ts';
import type { SimEvent, VirtualTime } from '../scheduler.ts';
import { decodeReply, encodeAction } from './codec.ts';

const MAX_FRAME_BYTES = 16 * 1024 * 1024;
const SESSION_TIMEOUT_MS = 4_000;
const NO_PASSWORD = new Uint8Array(16);

/** What a client needs of the world around it. */
export interface ClientWorld {
  readonly time: VirtualTime;
  readonly recorder: Recorder;
  /** Members that listen to clients. */
  readonly labels: readonly number[];
  /** undefined: nobody listens there now. */
  dial(client: number, label: number): End | undefined;
  report(violation: Violation): void;
  /** A number for the next session (one connection) of any client. */
  nextSession(): number;
  trace(client: number, message: string): void;
}

export interface ClientHabits {
  /** Requests in flight. */
  readonly depth: number;
  /** Mean time between two bursts. */
  readonly thinkMs: number;
  /** Silence with requests in flight after which it gives the connection up. */
  readonly patienceMs: number;
  /** After a loss it asks for its old session again with this probability, else for a new one. */
  readonly returnChance: number;
  /** Before a burst: it ends its session instead, and begins another. */
  readonly closeChance: number;
}

/** Where a client's requests come from. */
export interface ActionSource {
  /** What to ask for next; nothing where there is nothing more. */
  next(): readonly Action[];
  learn(operation: Operation): void;
  /** No answer will come to this one. */
  lost?(action: Action): void;
}

interface Owed {
  readonly xid: number;
  /** Absent for pings and the close of the session. */
  readonly operation?: number;
  readonly action?: Action;
}

interface Credentials {
  readonly id: number;
  readonly password: Uint8Array;
}

/**
 * A client that speaks ZooKeeper's protocol: pipelined requests, pings, another member after a loss.
 *
 *   resting ──► connecting ──► connected ──► resting
 */
export class SimClient {
  readonly number: number;
  readonly #world: ClientWorld;
  readonly #prng: Prng;
  readonly #habits: ClientHabits;
  readonly #source: ActionSource;
  #end: End | undefined;
  #frames = new FrameReader(MAX_FRAME_BYTES);
  #connected = false;
  #label = 0;
  #session = 0;
  #credentials: Credentials | undefined;
  #owed: Owed[] = [];
  #xid = 0;
  #lastZxid = 0;
  #heardMs = 0;
  #stopped = false;
  #timer: SimEvent | undefined;
  answered = 0;
  sessionsBegun = 0;
  sessionsResumed = 0;
  losses = 0;

  constructor(number: number, world: ClientWorld, prng: Prng, habits: ClientHabits, source: ActionSource) {
    this.number = number;
    this.#world = world;
    this.#prng = prng;
    this.#habits = habits;
    this.#source = source;
  }

  start(): void {
    this.#rest(this.#prng.between(0, 50));
  }

  /** Takes up no more work; what is in flight may still be answered. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer !== undefined) this.#world.time.cancel(this.#timer);
  }

  get idle(): boolean {
    return this.#owed.length === 0 || !this.#connected;
  }

  describe(): string {
    const where = this.#end === undefined ? 'between connections' : `at member ${this.#label}`;
    const state =
      this.#end === undefined ? '' : this.#connected ? ', in a session' : ', without a session yet';
    return `client ${this.number}: ${where}${state}, ${this.answered} answers, owed ${this.#owed.length}`;
  }

  /** The network or the program loses the connection. */
  lose(why: string): void {
    if (this.#end === undefined) return;
    this.#world.trace(this.number, `loses its connection to member ${this.#label}: ${why}`);
    this.#end.reset();
    this.#gone();
  }

  #rest(forMs: number): void {
    if (this.#stopped) return;
    this.#timer = this.#world.time.after(forMs, () => this.#dial());
  }

  #dial(): void {
    this.#label = this.#prng.pick(this.#world.labels);
    const end = this.#world.dial(this.number, this.#label);
    if (end === undefined) {
      this.#rest(this.#prng.between(5, 60));
      return;
    }
    this.#end = end;
    this.#frames = new FrameReader(MAX_FRAME_BYTES);
    this.#heardMs = this.#world.time.nowMs;
    end.events = {
      received: (chunk) => this.#received(end, chunk),
      closed: () => {
        if (this.#end !== end) return;
        this.#world.trace(this.number, `is cut off from member ${this.#label}`);
        this.#gone();
      },
    };
    if (this.#credentials !== undefined && !this.#prng.chance(this.#habits.returnChance))
      this.#credentials = undefined;
    const writer = new Writer();
    writeConnectRequest(writer, {
      protocolVersion: 0,
      lastZxidSeen: this.#lastZxid,
      timeoutMs: SESSION_TIMEOUT_MS,
      sessionId: this.#credentials?.id ?? 0,
      password: this.#credentials?.password ?? NO_PASSWORD,
      readOnly: false,
    });
    end.send(writer.copy());
    this.#watchSilence(end);
  }

  #gone(): void {
    this.#end = undefined;
    this.#connected = false;
    this.losses++;
    for (const { action } of this.#owed.splice(0)) if (action !== undefined) this.#source.lost?.(action);
    if (this.#timer !== undefined) this.#world.time.cancel(this.#timer);
    this.#rest(this.#prng.between(1, 100));
  }

  /** Gives a silent connection up while something is owed; pings where it has nothing to say. */
  #watchSilence(end: End): void {
    this.#world.time.after(this.#habits.patienceMs / 4, () => {
      if (this.#end !== end || this.#stopped) return;
      const silentMs = this.#world.time.nowMs - this.#heardMs;
      if (silentMs > this.#habits.patienceMs) {
        this.lose('nothing heard');
        return;
      }
      if (this.#connected && this.#owed.length === 0)
        this.#send((writer) => writePingRequest(writer), { xid: Xid.ping });
      this.#watchSilence(end);
    });
  }

  #received(end: End, chunk: Uint8Array): void {
    if (this.#end !== end) return;
    this.#heardMs = this.#world.time.nowMs;
    this.#frames.push(chunk);
    for (;;) {
      const status = this.#frames.next();
      if (status === FrameStatus.none) return;
      if (status !== FrameStatus.frame) {
        this.#wrong('replies are frames', `length ${this.#frames.badLength}`);
        return;
      }
      const reader = new Reader().reset(this.#frames.bytes, this.#frames.start, this.#frames.end);
      if (this.#connected) this.#reply(reader);
      else this.#welcome(reader);
      if (this.#end !== end) return;
    }
  }

  #welcome(reader: Reader): void {
    const response = readConnectResponse(reader);
    if (response === undefined) {
      this.#wrong('replies can be read', 'the connect response');
      return;
    }
    if (response.sessionId === 0) {
      this.#world.trace(this.number, `hears that its session ${this.#credentials?.id ?? 0} is over`);
      this.#credentials = undefined;
      this.lose('refused');
      return;
    }
    if (this.#credentials === undefined) this.sessionsBegun++;
    else this.sessionsResumed++;
    if (this.#credentials !== undefined && this.#credentials.id !== response.sessionId) {
      this.#wrong('a session keeps its id', `${this.#credentials.id} became ${response.sessionId}`);
    }
    this.#credentials = { id: response.sessionId, password: response.password.slice() };
    this.#connected = true;
    this.#session = this.#world.nextSession();
    this.#world.trace(this.number, `has session ${response.sessionId} at member ${this.#label}`);
    this.#think();
  }

  #think(): void {
    if (this.#stopped) return;
    this.#timer = this.#world.time.after(this.#prng.between(0, 2 * this.#habits.thinkMs), () => {
      this.#burst();
      if (this.#connected) this.#think();
    });
  }

  #burst(): void {
    if (this.#prng.chance(this.#habits.closeChance)) {
      const xid = ++this.#xid;
      this.#send((writer) => writeCloseSessionRequest(writer, xid), { xid });
      this.#credentials = undefined;
      return;
    }
    const actions: Action[] = [];
    const room = this.#habits.depth - this.#owed.length;
    for (let more = room > 0; more; more = actions.length < room && this.#prng.chance(0.6)) {
      const next = this.#source.next();
      if (next.length === 0) break;
      actions.push(...next);
    }
    for (const action of actions) {
      const xid = ++this.#xid;
      const operation = this.#world.recorder.invoke(this.number, this.#session, action);
      this.#send((writer) => encodeAction(writer, xid, action), { xid, operation, action });
    }
  }

  #send(encode: (writer: Writer) => void, owed: Owed): void {
    const writer = new Writer();
    encode(writer);
    this.#owed.push(owed);
    this.#end?.send(writer.copy());
  }

  #reply(reader: Reader): void {
    const header = readReplyHeader(reader);
    const owed = this.#owed.shift();
    if (owed === undefined || owed.xid !== header.xid) {
      this.#wrong('replies come in the order of requests', `xid ${header.xid}, expected ${owed?.xid}`);
      return;
    }
    if (header.zxid > this.#lastZxid) this.#lastZxid = header.zxid;
    if (owed.action === undefined || owed.operation === undefined) return;
    const result = decodeReply(reader, header.xid, header, owed.action);
    if (reader.failed) {
      this.#wrong('replies can be read', JSON.stringify(owed.action));
      return;
    }
    this.answered++;
    this.#world.recorder.complete(owed.operation, result);
    this.#source.learn(this.#world.recorder.operations[owed.operation] as Operation);
  }

  #wrong(rule: string, message: string): void {
    this.#world.report({
      rule,
      message: `client ${this.number}, member ${this.#label}: ${message}`,
      operations: [],
    });
    this.lose('a wrong reply');
  }
}
