import type { SessionId } from '../model/ids.ts';
import type { ClientSocket } from '../ports/client-socket.ts';

/** What a connection has seen of its client, as `cons` tells it. Times are monotonic. */
export class ConnectionStats {
  receivedPackets = 0;
  /** Replies and events. */
  sentPackets = 0;
  /** Of the last reply: its operation (0 before the first), the xid of the last request that had one of its own, its zxid. */
  lastOp = 0;
  lastXid = 0;
  lastZxid = 0;
  lastReplyMs = 0;
  lastLatencyMs = 0;
  #count = 0;
  #totalMs = 0;
  #leastMs = Number.POSITIVE_INFINITY;
  #mostMs = 0;

  replied(op: number, xid: number, zxid: number, latencyMs: number, nowMs: number): void {
    this.lastOp = op;
    // Pings and the like have fixed ones: what the client asked last is of interest.
    if (xid >= 0) this.lastXid = xid;
    this.lastZxid = zxid;
    this.lastReplyMs = nowMs;
    this.lastLatencyMs = latencyMs;
    this.#count++;
    this.#totalMs += latencyMs;
    if (latencyMs < this.#leastMs) this.#leastMs = latencyMs;
    if (latencyMs > this.#mostMs) this.#mostMs = latencyMs;
  }

  get minLatencyMs(): number {
    return this.#count === 0 ? 0 : this.#leastMs;
  }

  get avgLatencyMs(): number {
    return this.#count === 0 ? 0 : this.#totalMs / this.#count;
  }

  get maxLatencyMs(): number {
    return this.#mostMs;
  }

  /** As ZooKeeper's `crst` leaves it. */
  reset(): void {
    this.receivedPackets = 0;
    this.sentPackets = 0;
    this.lastOp = 0;
    this.lastXid = -1;
    this.lastZxid = -1;
    this.lastReplyMs = 0;
    this.lastLatencyMs = 0;
    this.#count = 0;
    this.#totalMs = 0;
    this.#leastMs = Number.POSITIVE_INFINITY;
    this.#mostMs = 0;
  }
}

/** What people are told of one connection. */
export interface ConnectionFacts {
  readonly socket: Pick<ClientSocket, 'remoteAddress' | 'remotePort' | 'isSecure'>;
  /** 0 where it has none. */
  readonly session: SessionId;
  readonly timeoutMs: number;
  /** Whether its requests are taken: not while it must wait, nor once it asked for a word. */
  readonly isReading: boolean;
  /** Since 1970. */
  readonly connectedMs: number;
  /** Requests that are owed a reply. */
  readonly outstanding: number;
  readonly stats: ConnectionStats;
  /** Milliseconds until it is given up if nothing comes. */
  readonly remainingMs: number;
}
