import { Writer } from '@rookery/protocol';
import type { Bounds } from '../bounds/bounds.ts';
import type { ClientSocket } from '../ports/client-socket.ts';
import type { ClientCounters } from './client-counters.ts';
import type { ClientMemory, MemoryHolder } from './client-memory.ts';
import type { ConnectionEnd } from './connection-end.ts';
import type { ConnectionStats } from './connection-stats.ts';
import type { ClientTurns, Sender } from './turns.ts';

/** Before each message. */
const LENGTH_BYTES = 4;
const MIN_OUT_BYTES = 512;
const MAX_OUT_BYTES = 256 * 1024;

export interface OutflowParts {
  readonly bounds: Pick<Bounds, 'unsentBytes' | 'owedBytes'>;
  readonly counters: ClientCounters;
  readonly turns: Pick<ClientTurns, 'send'>;
  readonly memory: ClientMemory;
}

/** What goes out over one connection: replies and events of a turn, which leave as one write. */
export class Outflow implements Sender {
  /** Nothing more will be said once what was written has left. */
  ending = false;
  readonly #socket: ClientSocket;
  readonly #stats: ConnectionStats;
  readonly #connection: ConnectionEnd & MemoryHolder;
  readonly #parts: OutflowParts;
  readonly #out = new Writer(0);
  #dirty = false;
  /** Where the message begins that was written last; -1 where none waits here. */
  #newest = -1;

  constructor(
    socket: ClientSocket,
    stats: ConnectionStats,
    connection: ConnectionEnd & MemoryHolder,
    parts: OutflowParts,
  ) {
    this.#socket = socket;
    this.#stats = stats;
    this.#connection = connection;
    this.#parts = parts;
  }

  /** Nothing more is to be written. */
  get isOver(): boolean {
    return this.ending || !this.#connection.isOpen;
  }

  /** Bytes that the other side has not taken yet. */
  get unsentBytes(): number {
    return this.#out.length + this.#socket.bufferedBytes();
  }

  /** The client takes what it is sent. */
  get isBeingRead(): boolean {
    return this.unsentBytes <= this.#parts.bounds.unsentBytes;
  }

  /** Where the next message goes; it leaves at the end of the turn. */
  write(): Writer {
    this.#stats.sentPackets++;
    this.#parts.counters.sentPackets++;
    this.#awaitFlush();
    this.#messageEnded();
    this.#newest = this.#out.length;
    return this.#out;
  }

  /** Closes once what was written has left: the session ended, or attached elsewhere. */
  end(): void {
    this.ending = true;
    this.#awaitFlush();
  }

  /** Sends a client away that has too much to read, and `goesOn` all the same; whether it did. */
  endsFor(goesOn: string): boolean {
    const connection = this.#connection;
    const { unsentBytes } = this;
    const { bounds, memory } = this.#parts;
    memory.count(connection);
    if (unsentBytes <= (memory.isOver ? bounds.unsentBytes : bounds.owedBytes)) return false;
    connection.closeFor(`a client has ${unsentBytes} bytes of replies to read, and ${goesOn}`);
    return true;
  }

  flush(): void {
    const connection = this.#connection;
    const out = this.#out;
    const { counters, memory } = this.#parts;
    this.#dirty = false;
    if (!connection.isOpen) return;
    this.#messageEnded();
    this.#newest = -1;
    const { length } = out;
    if (length > 0) {
      counters.sentBytes += length;
      this.#socket.write(out.detach(Math.min(Math.max(length, MIN_OUT_BYTES), MAX_OUT_BYTES)));
    }
    if (this.ending) {
      this.#socket.end();
      connection.finished();
    } else memory.count(connection);
  }

  /** A message ends where the next one begins, or what was gathered leaves. */
  #messageEnded(): void {
    if (this.#newest !== -1)
      this.#parts.counters.sentSizes.record(this.#out.length - this.#newest - LENGTH_BYTES);
  }

  #awaitFlush(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    this.#parts.turns.send(this);
  }
}
