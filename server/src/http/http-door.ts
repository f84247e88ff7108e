import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { plainAddress } from '../config/addresses.ts';

export interface HttpBounds {
  /** Open connections. */
  readonly connections: number;
  /** Of one address. */
  readonly connectionsPerAddress: number;
}

/**
 * Keeps the number of connections to HTTP bounded, and lets whoever comes in: room is made by closing another connection. A probe of the
 * kubelet comes over a connection of its own, and a member that refuses it is restarted; so nobody may hold all places, not by browsers that
 * keep their connections, and not by connections that never ask anything.
 *
 * The one that has to go is the longest idle one, of the newcomer's own address where that has its share, else of all; where all of them have
 * requests under way, the one that has had its request the longest.
 */
export class HttpDoor {
  readonly #bounds: HttpBounds;
  /** No request under way, longest idle first. */
  readonly #idle = new Map<Socket, string>();
  /** A request is read or answered, oldest first. */
  readonly #busy = new Map<Socket, string>();
  readonly #perAddress = new Map<string, number>();
  readonly #onEvicted: (address: string) => void;

  /** `onEvicted` is told whose connection was closed to make room. */
  constructor(server: Server, bounds: HttpBounds, onEvicted: (address: string) => void) {
    this.#bounds = bounds;
    this.#onEvicted = onEvicted;
    // Before the server's own: the places are counted before anything is read.
    server.prependListener('connection', (socket: Socket) => this.#enter(socket));
    server.prependListener('request', (request: IncomingMessage, reply: ServerResponse) => {
      const { socket } = request;
      this.#move(socket, this.#idle, this.#busy);
      reply.once('close', () => this.#move(socket, this.#busy, this.#idle));
    });
  }

  get size(): number {
    return this.#idle.size + this.#busy.size;
  }

  closeAll(): void {
    for (const socket of [...this.#idle.keys(), ...this.#busy.keys()]) socket.destroy();
  }

  #enter(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    if ((this.#perAddress.get(address) ?? 0) >= this.#bounds.connectionsPerAddress) this.#evict(address);
    else if (this.size >= this.#bounds.connections) this.#evict(undefined);
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
    this.#idle.set(socket, address);
    socket.once('close', () => this.#leave(socket));
  }

  /** @param of an address that has to make the room itself; undefined: anybody */
  #evict(of: string | undefined): void {
    for (const some of [this.#idle, this.#busy]) {
      for (const [socket, address] of some) {
        if (of !== undefined && address !== of) continue;
        this.#leave(socket);
        socket.destroy();
        this.#onEvicted(address);
        return;
      }
    }
  }

  #leave(socket: Socket): void {
    const address = this.#idle.get(socket) ?? this.#busy.get(socket);
    if (address === undefined) return;
    this.#idle.delete(socket);
    this.#busy.delete(socket);
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }

  #move(socket: Socket, from: Map<Socket, string>, to: Map<Socket, string>): void {
    const address = from.get(socket);
    if (address === undefined) return;
    from.delete(socket);
    to.set(socket, address);
  }
}
