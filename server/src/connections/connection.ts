import { FrameStatus, type Identities } from '@rookery/protocol';
import type { Bounds } from '../bounds/bounds.ts';
import type { SessionId } from '../model/ids.ts';
import type { ClientSocket, ClientSocketEvents } from '../ports/client-socket.ts';
import type { Admission } from './admission.ts';
import { Authentication, type Authenticator } from './authentication.ts';
import { Client } from './client.ts';
import type { ClientCounters } from './client-counters.ts';
import type { ClientMemory, MemoryHolder } from './client-memory.ts';
import type { ClientComplaints } from './complaints.ts';
import type { ConnectionEnd } from './connection-end.ts';
import { type ConnectionFacts, ConnectionStats } from './connection-stats.ts';
import type { Executor } from './executor.ts';
import { Handshake, type HandshakeParts } from './handshake.ts';
import { Inflow } from './inflow.ts';
import { Outflow } from './outflow.ts';
import { type MeterParts, ReplyMeter } from './reply-meter.ts';
import { type PipelineParts, RequestPipeline } from './request-pipeline.ts';
import { identitiesAtConnect } from './schemes.ts';
import type { TurnClock } from './turn-clock.ts';
import type { ClientTurns, Waiter } from './turns.ts';

/** What a member knows of itself that a four-letter word may ask for. */
export type AnswerWord = (word: string, socket: ClientSocket) => void;

/** A pending request takes so much beside its bytes. */
const REQUEST_OVERHEAD_BYTES = 256;

/** What the connections of a member share. */
export interface ConnectionParts extends PipelineParts, HandshakeParts, Authenticator, MeterParts {
  readonly bounds: Bounds;
  readonly clock: TurnClock;
  readonly turns: ClientTurns;
  readonly memory: ClientMemory;
  readonly counters: ClientCounters;
  readonly complaints: ClientComplaints;
  readonly admission: Admission;
  readonly executor: Pick<Executor, keyof PipelineParts['executor'] | 'overloaded'>;
  /** Without a session after so long it is given up, as in ZooKeeper. */
  readonly sessionlessTimeoutMs: number;
  /** Answers on the client port. */
  answerWord: AnswerWord;
  /** Who keeps the connections. */
  readonly registry: {
    established(connection: Connection): void;
    closed(connection: Connection): void;
  };
}

/**
 * One client's connection: its socket, the frames that come over it, when it is read from, and its end.
 *
 *   opened ──connect request──► handshake ──session's entry applied──► connected ──closeSession, loss, misuse──► closed
 *
 * What is asked goes to the handshake, and once the session is there to the pipeline. Everything of one turn leaves as one write. A client that
 * is owed too much is not read from: the system's buffers fill up, and then its own.
 *
 *   reading ──full──► paused ──a turn looks again, room──► reading
 */
export class Connection implements ClientSocketEvents, ConnectionEnd, Waiter, MemoryHolder, ConnectionFacts {
  readonly socket: ClientSocket;
  readonly client: Client;
  readonly connectedMs: number;
  readonly stats = new ConnectionStats();
  isOpen = true;
  countedBytes = 0;
  readonly #parts: ConnectionParts;
  readonly #inflow: Inflow;
  readonly #outflow: Outflow;
  readonly #authentication: Authentication;
  readonly #pipeline: RequestPipeline;
  readonly #handshake: Handshake;

  /** @param connectedMs since 1970 */
  constructor(parts: ConnectionParts, socket: ClientSocket, connectedMs: number) {
    this.#parts = parts;
    this.socket = socket;
    this.connectedMs = connectedMs;
    parts.clock.look();
    this.#inflow = new Inflow(parts.bounds.requestBytes);
    const meter = new ReplyMeter(this.stats, parts);
    const outflow = new Outflow(socket, this.stats, this, parts);
    const identities = identitiesAtConnect(socket, parts.verifier);
    const client = new Client(identities, parts.clock.nowMs, outflow, this);
    client.isOwn = socket.isOwn === true;
    const authentication = new Authentication(client, socket, parts, () => this.#pause());
    const ends = { client, authentication, outflow, meter, end: this };
    const pipeline = new RequestPipeline(parts, { ...ends, waiter: this });
    const established = (): void => parts.registry.established(this);
    this.#handshake = new Handshake(parts, { ...ends, pipeline, established });
    this.#outflow = outflow;
    this.client = client;
    this.#authentication = authentication;
    this.#pipeline = pipeline;
  }

  get session(): SessionId {
    return this.client.session;
  }

  get hasSession(): boolean {
    return this.client.isAttached;
  }

  get identities(): Identities {
    return this.client.identities;
  }

  get timeoutMs(): number {
    return this.client.timeoutMs;
  }

  get outstanding(): number {
    return this.#pipeline.length;
  }

  get isReading(): boolean {
    return !this.#inflow.paused && !this.#outflow.ending;
  }

  /** The client takes what it is sent. */
  get isBeingRead(): boolean {
    return this.#outflow.isBeingRead;
  }

  get remainingMs(): number {
    const parts = this.#parts;
    const { client } = this;
    const patienceMs = client.isAttached ? client.timeoutMs : parts.sessionlessTimeoutMs;
    return client.heardMs + patienceMs - parts.clock.nowMs;
  }

  /** Bytes of requests that came before the session was there. */
  get earlyBytes(): number {
    return this.#handshake.earlyBytes;
  }

  get memoryBytes(): number {
    if (!this.isOpen) return 0;
    const proofBytes = this.#authentication.heldBytes;
    return this.#inflow.heldBytes + this.#handshake.earlyBytes + proofBytes + this.#owedBytes;
  }

  received(chunk: Uint8Array): void {
    if (this.#outflow.isOver) return;
    const inflow = this.#inflow;
    const parts = this.#parts;
    const { client } = this;
    client.touched = true;
    parts.clock.look();
    if (client.isAttached) client.heardMs = parts.clock.nowMs;
    parts.counters.receivedBytes += chunk.length;
    inflow.push(chunk);
    if (!inflow.paused) this.#take();
    parts.memory.count(this);
  }

  drained(): void {
    this.reconsider();
  }

  /** The other side or the network closed it. */
  closed(): void {
    this.#release();
  }

  /** Looks again whether requests may be taken and answered; true where this connection waits for nothing any more. */
  reconsider(): boolean {
    const waitsForNothing = this.#pipeline.resume() && this.#resumeReading();
    this.#parts.memory.count(this);
    return waitsForNothing;
  }

  /** Closes once what was written has left: the session ended, or attached elsewhere. */
  endAfterReplies(): void {
    this.#outflow.end();
  }

  finished(): void {
    this.#release();
  }

  misuse(reason: string): void {
    this.#parts.complaints.misused(this.socket, reason);
    this.destroy();
  }

  closeFor(reason: string): void {
    if (!this.isOpen) return;
    this.#parts.complaints.closedFor(reason);
    this.destroy();
  }

  destroy(): void {
    if (!this.isOpen) return;
    this.socket.destroy();
    this.#release();
  }

  /** All clients together hold too much, and this one the most. */
  evict(): void {
    this.#parts.counters.evicted++;
    this.closeFor(
      `it held ${this.countedBytes} bytes, and all clients together hold more than this member may (clientMemoryBytes)`,
    );
  }

  /** Of requests that were read, and their answers. */
  get #owedBytes(): number {
    const pipeline = this.#pipeline;
    const outflow = this.#outflow;
    return pipeline.heldBytes + pipeline.length * REQUEST_OVERHEAD_BYTES + outflow.unsentBytes;
  }

  /** Whether this client must wait before more of its requests are taken. */
  get #isFull(): boolean {
    const pipeline = this.#pipeline;
    const authentication = this.#authentication;
    const handshake = this.#handshake;
    const { bounds, memory, executor } = this.#parts;
    if (authentication.isBlocked || handshake.isFull) return true;
    if (pipeline.length >= bounds.owedRequests || pipeline.heldBytes > bounds.heldBytes) return true;
    if (memory.isTight && (memory.isOver || this.#owedBytes > 0)) return true;
    return executor.overloaded || pipeline.mustWait;
  }

  /** Takes requests until there are no more, or as many are owed as may be. */
  #take(): void {
    const inflow = this.#inflow;
    const outflow = this.#outflow;
    const { frames } = inflow;
    while (!outflow.isOver) {
      if (this.#isFull) {
        this.#pause();
        return;
      }
      const status = inflow.next();
      if (status === FrameStatus.none) return;
      if (status === FrameStatus.frame) this.#frame(frames.bytes, frames.start, frames.end);
      else {
        this.#noFrame(status);
        return;
      }
    }
  }

  #frame(bytes: Uint8Array, start: number, end: number): void {
    this.stats.receivedPackets++;
    this.#parts.counters.receivedPackets++;
    this.#parts.turns.spend(end - start);
    this.#dispatch(bytes, start, end);
  }

  #dispatch(bytes: Uint8Array, start: number, end: number): void {
    if (this.client.isAttached) this.#pipeline.request(bytes, start, end);
    else this.#handshake.frame(bytes, start, end);
  }

  /** Takes up a proof that had to wait, and what came behind it. */
  #takePostponed(): void {
    this.#authentication.takeDue((message) => this.#dispatch(message, 0, message.length));
    if (this.client.isAttached) this.#handshake.takeEarly();
  }

  #noFrame(status: FrameStatus): void {
    if (status === FrameStatus.word) {
      this.#parts.answerWord(this.#inflow.frames.word, this.socket);
      this.#outflow.ending = true;
    } else this.misuse(this.#inflow.whyNoFrame(status));
  }

  #pause(): void {
    this.#inflow.paused = true;
    this.socket.pause();
    this.#parts.turns.wait(this);
  }

  /** True where reading waits for nothing any more. */
  #resumeReading(): boolean {
    const inflow = this.#inflow;
    if (!inflow.paused || this.#outflow.isOver) return true;
    if (this.#authentication.isBlocked) this.#takePostponed();
    if (this.#isFull) return false;
    inflow.paused = false;
    this.#take();
    if (!inflow.paused) this.socket.resume();
    return !inflow.paused;
  }

  #release(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#parts.registry.closed(this);
    this.#pipeline.cancel();
    this.#handshake.cancelled = true;
  }
}
