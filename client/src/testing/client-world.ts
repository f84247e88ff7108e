import type { ClientSocket, ClientSocketEvents } from '../../../server/src/ports/client-socket.ts';
import { md5, randomBelow } from '../node/machine.ts';
import type { Address, Link, LinkEvents, Timer, World } from '../ports.ts';
import { MemoryLink } from './memory-link.ts';
import type { TurnableClock } from './turnable-clock.ts';

/** The one member that there is. */
export const ADDRESS: Address = { host: 'test-server', port: 2181 };

/** What one client of a test server runs in: the server's clock, and a network of its own. */
export class ClientWorld implements World {
  readonly #clock: TurnableClock;
  readonly #accept: (socket: ClientSocket) => ClientSocketEvents;
  readonly #links = new Set<MemoryLink>();
  readonly #number: number;
  #isCutOff: boolean;

  constructor(
    clock: TurnableClock,
    number: number,
    isCutOff: boolean,
    accept: (socket: ClientSocket) => ClientSocketEvents,
  ) {
    this.#clock = clock;
    this.#isCutOff = isCutOff;
    this.#number = number;
    this.#accept = accept;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  wallMs(): number {
    return this.#clock.wallMs();
  }

  after(delayMs: number, task: () => void): Timer {
    return this.#clock.after(delayMs, task);
  }

  atTurnEnd(task: () => void): void {
    this.#clock.soon(task);
  }

  random(bound: number): number {
    return randomBelow(bound);
  }

  md5(message: Uint8Array): Uint8Array {
    return md5(message);
  }

  resolve(): Promise<readonly Address[]> {
    return Promise.resolve([ADDRESS]);
  }

  dial(_address: Address, events: LinkEvents): Link {
    const link: MemoryLink = new MemoryLink(this.#clock, {
      opened: () => events.opened(),
      received: (chunk) => events.received(chunk),
      closed: (reason) => {
        this.#links.delete(link);
        events.closed(reason);
      },
    });
    link.isSilent = this.#isCutOff;
    this.#links.add(link);
    link.connect(this.#accept, this.#number);
    return link;
  }

  get isCutOff(): boolean {
    return this.#isCutOff;
  }

  breakConnections(): void {
    for (const link of [...this.#links]) link.break();
  }

  cutOff(): void {
    this.#isCutOff = true;
    for (const link of this.#links) link.isSilent = true;
  }

  reconnect(): void {
    this.#isCutOff = false;
    this.breakConnections();
  }
}
