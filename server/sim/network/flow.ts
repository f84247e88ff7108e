import type { Prng } from '../prng.ts';
import type { VirtualTime } from '../scheduler.ts';
import type { Route } from './route.ts';

export interface FlowReceiver {
  arrived(chunk: Uint8Array): void;
  ended(): void;
}

interface InFlight {
  readonly bytes: Uint8Array;
  readonly dueMs: number;
}

/** On a narrow route bytes travel in pieces of at most this. */
const PIECE_BYTES = 16 * 1024;

/** Bytes due within this time of each other may arrive as one chunk. */
const MERGE_WINDOW_MS = 0.3;

/**
 * One direction of a stream. Bytes arrive in order, in chunks cut and merged at random; after the last of them, if the sender closed
 * or the connection broke, the end. The bytes are copied on arrival, not on sending: a sender that uses a buffer again spoils them, as it
 * would for a real socket.
 */
export class Flow {
  readonly #time: VirtualTime;
  readonly #route: Route;
  readonly #prng: Prng;
  readonly #receiver: FlowReceiver;
  #queue: InFlight[] = [];
  #lastDueMs = 0;
  #inFlightBytes = 0;
  #endDueMs: number | undefined;
  #armed = false;
  /** The first of the queue has its time on a narrow route. */
  #transmitted = false;
  #held = false;
  #over = false;

  constructor(time: VirtualTime, route: Route, prng: Prng, receiver: FlowReceiver) {
    this.#time = time;
    this.#route = route;
    this.#prng = prng;
    this.#receiver = receiver;
  }

  get inFlightBytes(): number {
    return this.#inFlightBytes;
  }

  send(bytes: Uint8Array): void {
    if (this.#over || this.#endDueMs !== undefined || bytes.length === 0) return;
    this.#queue.push({ bytes, dueMs: this.#due() });
    this.#inFlightBytes += bytes.length;
    this.#arm();
  }

  /** The end follows all that was sent. */
  end(): void {
    if (this.#over || this.#endDueMs !== undefined) return;
    this.#endDueMs = this.#due();
    this.#arm();
  }

  /** The connection broke: a random part of what is in flight still arrives, then the end. */
  cut(): void {
    if (this.#over || this.#endDueMs !== undefined) return;
    this.#transmitted = false;
    const keep = this.#prng.below(this.#queue.length + 1);
    const lost = this.#queue[keep];
    this.#queue.length = Math.min(keep, this.#queue.length);
    if (lost !== undefined && this.#prng.chance(0.5)) {
      const part = lost.bytes.subarray(0, this.#prng.below(lost.bytes.length));
      if (part.length > 0) this.#queue.push({ bytes: part, dueMs: lost.dueMs });
    }
    this.#inFlightBytes = 0;
    for (const item of this.#queue) this.#inFlightBytes += item.bytes.length;
    this.#endDueMs = Math.max(this.#time.nowMs, this.#queue.at(-1)?.dueMs ?? 0);
    this.#arm();
  }

  /** Nothing arrives any more: there is nobody left to whom it could. */
  abandon(): void {
    this.#over = true;
    this.#queue = [];
    this.#inFlightBytes = 0;
  }

  /** The receiver does not read for now. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#arm();
  }

  #due(): number {
    this.#lastDueMs = Math.max(this.#lastDueMs, this.#time.nowMs + this.#route.latencyMs());
    return this.#lastDueMs;
  }

  #arm(): void {
    if (this.#armed || this.#over || this.#held) return;
    const dueMs = this.#queue[0]?.dueMs ?? this.#endDueMs;
    if (dueMs === undefined) return;
    this.#armed = true;
    if (this.#route.blocked) {
      this.#route.whenOpen(() => {
        this.#armed = false;
        this.#delayAll(this.#route.latencyMs());
        this.#arm();
      });
      return;
    }
    this.#time.at(this.#narrow ? this.#transmit(dueMs) : dueMs, () => {
      this.#armed = false;
      if (this.#over || this.#held) return;
      if (!this.#route.blocked) this.#arrive();
      this.#arm();
    });
  }

  get #narrow(): boolean {
    return this.#route.bytesPerMs !== Number.POSITIVE_INFINITY;
  }

  /** Puts the first of the queue on the line, if that has not happened; returns when it arrives. */
  #transmit(dueMs: number): number {
    const first = this.#queue[0];
    if (first === undefined || this.#transmitted) return dueMs;
    this.#transmitted = true;
    const { bytes } = first;
    const piece = bytes.length > PIECE_BYTES ? bytes.subarray(0, PIECE_BYTES) : bytes;
    const arrivesMs = Math.max(dueMs, this.#route.transmit(piece.length));
    this.#queue[0] = { bytes: piece, dueMs: arrivesMs };
    if (piece !== bytes) this.#queue.splice(1, 0, { bytes: bytes.subarray(PIECE_BYTES), dueMs });
    return arrivesMs;
  }

  #delayAll(byMs: number): void {
    const earliestMs = this.#time.nowMs + byMs;
    this.#queue = this.#queue.map((item) => ({ bytes: item.bytes, dueMs: Math.max(item.dueMs, earliestMs) }));
    if (this.#endDueMs !== undefined) this.#endDueMs = Math.max(this.#endDueMs, earliestMs);
    this.#lastDueMs = Math.max(this.#lastDueMs, earliestMs);
  }

  #arrive(): void {
    const first = this.#queue.shift();
    if (first === undefined) {
      this.#over = true;
      this.#receiver.ended();
      return;
    }
    this.#transmitted = false;
    let bytes = first.bytes;
    let copied = false;
    const horizonMs = this.#time.nowMs + (this.#prng.chance(0.3) ? MERGE_WINDOW_MS : 0);
    for (;;) {
      const next = this.#queue[0];
      if (next === undefined || next.dueMs > horizonMs || this.#narrow) break;
      const merged = new Uint8Array(bytes.length + next.bytes.length);
      merged.set(bytes);
      merged.set(next.bytes, bytes.length);
      bytes = merged;
      copied = true;
      this.#queue.shift();
    }
    if (bytes.length > 1 && this.#prng.chance(0.2)) {
      const size = 1 + this.#prng.below(bytes.length - 1);
      const rest = bytes.subarray(size);
      this.#transmitted = true;
      this.#queue.unshift({ bytes: rest, dueMs: this.#time.nowMs + this.#prng.between(0, MERGE_WINDOW_MS) });
      bytes = bytes.slice(0, size);
    } else if (!copied) {
      bytes = bytes.slice();
    }
    this.#inFlightBytes -= bytes.length;
    this.#receiver.arrived(bytes);
  }
}
