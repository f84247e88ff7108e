import { type Address, type Link, type LinkEvents, Machine, type World } from '@rookery/client/world';
import type { ClientSocket, ClientSocketEvents } from '../../ports/client-socket.ts';
import { OwnLink, type Shown } from './own-link.ts';

/** There is one member to connect to, and it needs no address. */
const THIS_MEMBER: Address = { host: 'this-member', port: 0 };

/** What a client runs in that is in the process of its member: `shown` is what the member sees of it. */
export class OwnWorld extends Machine implements World {
  readonly hasOneMember = true;
  readonly #shown: Shown;
  readonly #accept: (socket: ClientSocket) => ClientSocketEvents;

  constructor(shown: Shown, accept: (socket: ClientSocket) => ClientSocketEvents) {
    super();
    this.#shown = shown;
    this.#accept = accept;
  }

  resolve(): Promise<readonly Address[]> {
    return Promise.resolve([THIS_MEMBER]);
  }

  dial(_address: Address, events: LinkEvents): Link {
    return new OwnLink(this.#shown, this.#accept, events);
  }
}
