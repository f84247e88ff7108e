import type { Socket } from 'node:net';
import { dial } from '../../../testkit/src/dial.ts';
import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { readConnectReply } from '../../../testkit/src/wire/replies.ts';
import { ReplyScanner } from '../../../testkit/src/wire/reply-scanner.ts';
import { connectRequest, noSession } from '../../../testkit/src/wire/requests.ts';
import type { RequestSource } from './request-source.ts';

/** One for all connections: each read is worked off before the next one begins. */
const receiveBuffer = Buffer.allocUnsafeSlow(256 * 1024);

const SESSION_TIMEOUT_MS = 40_000;

/** Told of every reply; `micros` from the write of the request to the turn in which its reply was read. */
export interface LoadObserver {
  onLatency(micros: number, err: number): void;
  onFailure(error: Error): void;
}

/**
 * A closed loop: keeps `depth` requests in flight on one connection; each reply read makes room for one more, and all
 * that one read made room for leave in one write.
 *
 * The requests are laid one behind the other into a buffer that is used round and round. A request's bytes are free
 * again once its reply has come, since the server has then read them, so four times `depth` of the largest is enough:
 *
 *     | …free… | in flight, at most depth | being laid, at most depth | …free… |
 */
export class LoadConnection {
  readonly #socket: Socket;
  readonly #source: RequestSource;
  readonly #observer: LoadObserver;
  readonly #depth: number;
  readonly #out: Buffer;
  readonly #sentAtMs: Float64Array;
  readonly #scanner: ReplyScanner;
  readonly #ready: Promise<void>;
  #outEnd = 0;
  #sent = 0;
  #answered = 0;
  #limit = Number.POSITIVE_INFINITY;
  #nowMs = 0;
  #stopping = false;
  #idle: (() => void) | undefined;

  constructor(endpoint: Endpoint, depth: number, source: RequestSource, observer: LoadObserver) {
    this.#depth = depth;
    this.#source = source;
    this.#observer = observer;
    this.#out = Buffer.allocUnsafeSlow(4 * depth * source.maxRequestBytes);
    this.#sentAtMs = new Float64Array(depth);
    this.#scanner = new ReplyScanner(this);
    let connected = false;
    let handshake = Buffer.alloc(0);
    const opened = Promise.withResolvers<void>();
    this.#ready = opened.promise;
    this.#ready.catch(() => undefined);
    this.#socket = dial(endpoint, {
      buffer: receiveBuffer,
      callback: (length, buffer) => {
        if (connected) {
          this.#onData(buffer as Buffer, length);
          return true;
        }
        handshake = Buffer.concat([handshake, (buffer as Buffer).subarray(0, length)]);
        if (handshake.length >= 4 && handshake.length === 4 + handshake.readInt32BE(0)) {
          connected = readConnectReply(handshake.subarray(4)).timeoutMs > 0;
          if (connected) opened.resolve();
          else opened.reject(new Error('the session was refused'));
        }
        return true;
      },
    });
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => {
      opened.reject(new Error('the connection was closed before the session began'));
      if (!this.#stopping) this.#fail(new Error('the member closed the connection'));
    });
    this.#socket.write(connectRequest(noSession, SESSION_TIMEOUT_MS));
  }

  /** Resolves once the session exists. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  start(): void {
    this.#nowMs = performance.now();
    this.#fill();
  }

  /** Sends exactly `count` requests; resolves when all are answered or the connection has failed. */
  run(count: number): Promise<void> {
    this.#limit = count;
    this.start();
    return new Promise((resolve) => {
      this.#idle = resolve;
    });
  }

  /** Sends no more; resolves when every reply has come. */
  stop(): Promise<void> {
    this.#stopping = true;
    if (this.#answered === this.#sent) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle = resolve;
    });
  }

  destroy(): void {
    this.#stopping = true;
    this.#socket.destroy();
  }

  /** For the scanner. */
  onReply(xid: number, err: number, frameBytes: number): void {
    const expected = (this.#answered % 0x7fff_ffff) + 1;
    if (xid !== expected) {
      if (xid < 0) return;
      throw new Error(`reply ${xid} came where ${expected} was due`);
    }
    if (!this.#source.isReply(this.#answered % this.#depth, err, frameBytes)) {
      throw new Error(`a reply of ${frameBytes} bytes with error ${err} does not answer its request`);
    }
    const sentAtMs = this.#sentAtMs[this.#answered % this.#depth]!;
    this.#answered += 1;
    this.#observer.onLatency((this.#nowMs - sentAtMs) * 1000, err);
  }

  #onData(buffer: Buffer, length: number): void {
    this.#nowMs = performance.now();
    try {
      this.#scanner.push(buffer, length);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (!this.#stopping) this.#fill();
    if (this.#answered === this.#sent) this.#idle?.();
  }

  #fill(): void {
    const maxBytes = this.#source.maxRequestBytes;
    if (this.#outEnd + this.#depth * maxBytes > this.#out.length) this.#outEnd = 0;
    const start = this.#outEnd;
    while (this.#sent - this.#answered < this.#depth && this.#sent < this.#limit) {
      const slot = this.#sent % this.#depth;
      this.#outEnd = this.#source.write(this.#out, this.#outEnd, slot, (this.#sent % 0x7fff_ffff) + 1);
      this.#sentAtMs[slot] = this.#nowMs;
      this.#sent += 1;
    }
    if (this.#outEnd > start) this.#socket.write(this.#out.subarray(start, this.#outEnd));
  }

  #fail(error: Error): void {
    if (this.#stopping && this.#idle === undefined) return;
    this.#stopping = true;
    this.#socket.destroy();
    this.#observer.onFailure(error);
    this.#idle?.();
  }
}
