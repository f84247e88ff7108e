import type { Socket } from 'node:net';

export interface StrangerBounds {
  readonly total: number;
  readonly perAddress: number;
}

/**
 * Connections to the peer port of which nobody knows yet whether a member is at their other end. Whoever reaches the port can open them; so that
 * they neither take all file descriptors nor keep a member out, the oldest one is closed for each that comes beyond the bounds: a member shows
 * what it is as soon as it has connected.
 */
export class Strangers {
  readonly #bounds: StrangerBounds;
  /** Address by socket, oldest first. */
  readonly #sockets = new Map<Socket, string>();

  constructor(bounds: StrangerBounds) {
    this.#bounds = bounds;
  }

  /** @returns whether another one was closed for it */
  enter(socket: Socket, address: string): boolean {
    const ofAddress = [...this.#sockets].filter(([, other]) => other === address);
    const victim =
      ofAddress.length >= this.#bounds.perAddress
        ? ofAddress[0]?.[0]
        : this.#sockets.size >= this.#bounds.total
          ? this.#sockets.keys().next().value
          : undefined;
    if (victim !== undefined) {
      this.#sockets.delete(victim);
      victim.destroy();
    }
    this.#sockets.set(socket, address);
    return victim !== undefined;
  }

  /** It is closed, or it is a stranger no more. */
  leave(socket: Socket): void {
    this.#sockets.delete(socket);
  }
}
