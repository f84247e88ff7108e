import { createHash, randomInt } from 'node:crypto';
import type { Address, Link, LinkEvents, Timer, World } from '@rookery/client/world';
import type { ClientSocket, ClientSocketEvents } from '../../ports/client-socket.ts';
import { OwnLink, type Shown } from './own-link.ts';

/** There is one member to connect to, and it needs no address. */
const THIS_MEMBER: Address = { host: 'this-member', port: 0 };

/** What a client runs in that is in the process of its member: `shown` is what the member sees of it. */
export class OwnWorld implements World {
  readonly #shown: Shown;
  readonly #accept: (socket: ClientSocket) => ClientSocketEvents;

  constructor(shown: Shown, accept: (socket: ClientSocket) => ClientSocketEvents) {
    this.#shown = shown;
    this.#accept = accept;
  }

  nowMs(): number {
    return performance.now();
  }

  wallMs(): number {
    return Date.now();
  }

  after(delayMs: number, task: () => void): Timer {
    const timer = setTimeout(task, delayMs);
    return { cancel: () => clearTimeout(timer) };
  }

  atTurnEnd(task: () => void): void {
    setImmediate(task);
  }

  random(bound: number): number {
    return bound < 1 ? 0 : randomInt(Math.floor(bound));
  }

  resolve(): Promise<readonly Address[]> {
    return Promise.resolve([THIS_MEMBER]);
  }

  md5(message: Uint8Array): Uint8Array {
    return createHash('md5').update(message).digest();
  }

  dial(_address: Address, events: LinkEvents): Link {
    return new OwnLink(this.#shown, this.#accept, events);
  }
}
