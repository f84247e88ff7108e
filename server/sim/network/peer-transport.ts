import type { PeerAddress, Transport, TransportEvents } from '../../src/ports/transport.ts';
import type { VirtualProcess } from '../process.ts';
import type { Connection, End } from './connection.ts';

interface Link {
  readonly connection: Connection;
  readonly end: End;
}

/** What a transport needs of the network. */
export interface Switchboard {
  /** Bytes leave for a peer. */
  tap(from: number, to: number, frames: Uint8Array): void;
  /** A link to a peer is wanted. */
  wanted(from: number, to: number): void;
}

/** One process's links to the other members. */
export class PeerTransport implements Transport {
  readonly #serverId: number;
  readonly #network: Switchboard;
  readonly #process: VirtualProcess;
  readonly #events: TransportEvents;
  readonly #links = new Map<number, Link>();
  #wanted = new Set<number>();

  constructor(serverId: number, network: Switchboard, process: VirtualProcess, events: TransportEvents) {
    this.#serverId = serverId;
    this.#network = network;
    this.#process = process;
    this.#events = events;
  }

  send(serverId: number, frames: Uint8Array): void {
    const link = this.#links.get(serverId);
    if (link === undefined || !this.#process.alive) return;
    this.#network.tap(this.#serverId, serverId, frames);
    this.#process.spend(frames.length);
    link.end.send(frames);
  }

  bufferedBytes(serverId: number): number {
    return this.#links.get(serverId)?.end.inFlightBytes ?? 0;
  }

  disconnect(serverId: number): void {
    const link = this.#links.get(serverId);
    if (link === undefined) return;
    link.end.reset();
    this.#process.later(0, () => this.#lost(serverId, link));
  }

  connectTo(peers: readonly PeerAddress[]): void {
    this.#wanted = new Set(peers.map((peer) => peer.serverId));
    for (const [serverId, link] of this.#links) {
      if (this.#wanted.has(serverId)) continue;
      link.end.reset();
      this.#process.later(0, () => this.#lost(serverId, link));
    }
    for (const serverId of this.#wanted)
      if (this.lacks(serverId)) this.#network.wanted(this.#serverId, serverId);
  }

  lacks(serverId: number): boolean {
    return this.#wanted.has(serverId) && !this.#links.has(serverId);
  }

  accepts(serverId: number): boolean {
    return this.#wanted.has(serverId);
  }

  connectionTo(serverId: number): Connection | undefined {
    return this.#links.get(serverId)?.connection;
  }

  /** @internal A connection with the peer stands; one that it replaces is gone. */
  attach(serverId: number, connection: Connection, end: End): void {
    const old = this.#links.get(serverId);
    if (old !== undefined) {
      old.end.reset();
      this.#lost(serverId, old);
    }
    const link: Link = { connection, end };
    this.#links.set(serverId, link);
    end.events = {
      received: (chunk: Uint8Array): void =>
        this.#process.post(() => {
          if (this.#links.get(serverId) !== link) return;
          this.#process.spend(chunk.length);
          this.#events.received(serverId, chunk);
        }),
      closed: (): void => this.#process.post(() => this.#lost(serverId, link)),
    };
    this.#process.post(() => {
      if (this.#links.get(serverId) === link) this.#events.linkUp(serverId);
    });
  }

  /** @internal The process ended: the ends that it leaves behind. */
  shut(silent: boolean): End[] {
    const ends = [...this.#links.values()].map((link) => link.end);
    for (const end of ends) {
      if (silent) end.vanish();
      else end.reset();
    }
    this.#links.clear();
    this.#wanted.clear();
    return ends;
  }

  #lost(serverId: number, link: Link): void {
    if (this.#links.get(serverId) !== link) return;
    this.#links.delete(serverId);
    this.#events.linkDown(serverId);
    if (this.#wanted.has(serverId)) this.#network.wanted(this.#serverId, serverId);
  }
}
