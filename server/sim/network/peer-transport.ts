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
  readonly #label: number;
  readonly #network: Switchboard;
  readonly #process: VirtualProcess;
  readonly #events: TransportEvents;
  readonly #links = new Map<number, Link>();
  #wanted = new Set<number>();

  constructor(label: number, network: Switchboard, process: VirtualProcess, events: TransportEvents) {
    this.#label = label;
    this.#network = network;
    this.#process = process;
    this.#events = events;
  }

  send(label: number, frames: Uint8Array): void {
    const link = this.#links.get(label);
    if (link === undefined || !this.#process.alive) return;
    this.#network.tap(this.#label, label, frames);
    this.#process.spend(frames.length);
    link.end.send(frames);
  }

  bufferedBytes(label: number): number {
    return this.#links.get(label)?.end.inFlightBytes ?? 0;
  }

  disconnect(label: number): void {
    const link = this.#links.get(label);
    if (link === undefined) return;
    link.end.reset();
    this.#process.later(0, () => this.#lost(label, link));
  }

  connectTo(peers: readonly PeerAddress[]): void {
    this.#wanted = new Set(peers.map((peer) => peer.label));
    for (const [label, link] of this.#links) {
      if (this.#wanted.has(label)) continue;
      link.end.reset();
      this.#process.later(0, () => this.#lost(label, link));
    }
    for (const label of this.#wanted) if (this.lacks(label)) this.#network.wanted(this.#label, label);
  }

  lacks(label: number): boolean {
    return this.#wanted.has(label) && !this.#links.has(label);
  }

  accepts(label: number): boolean {
    return this.#wanted.has(label);
  }

  connectionTo(label: number): Connection | undefined {
    return this.#links.get(label)?.connection;
  }

  /** @internal A connection with the peer stands; one that it replaces is gone. */
  attach(label: number, connection: Connection, end: End): void {
    const old = this.#links.get(label);
    if (old !== undefined) {
      old.end.reset();
      this.#lost(label, old);
    }
    const link: Link = { connection, end };
    this.#links.set(label, link);
    end.events = {
      received: (chunk: Uint8Array): void =>
        this.#process.post(() => {
          if (this.#links.get(label) !== link) return;
          this.#process.spend(chunk.length);
          this.#events.received(label, chunk);
        }),
      closed: (): void => this.#process.post(() => this.#lost(label, link)),
    };
    this.#process.post(() => {
      if (this.#links.get(label) === link) this.#events.linkUp(label);
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

  #lost(label: number, link: Link): void {
    if (this.#links.get(label) !== link) return;
    this.#links.delete(label);
    this.#events.linkDown(label);
    if (this.#wanted.has(label)) this.#network.wanted(this.#label, label);
  }
}
