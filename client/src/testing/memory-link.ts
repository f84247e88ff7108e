import type { ClientSocket, ClientSocketEvents } from '../../../server/src/ports/client-socket.ts';
import type { Link, LinkEvents } from '../ports.ts';
import type { TurnableClock } from './turnable-clock.ts';

/** Two ends of a connection without a network: bytes arrive once what is under way has been taken in, and in their order. */
export class MemoryLink implements Link {
  readonly #clock: TurnableClock;
  readonly #client: LinkEvents;
  #server: ClientSocketEvents | undefined;
  #open = false;
  #closed = false;
  /** Nothing arrives at either end, and neither is told. */
  isSilent = false;

  constructor(clock: TurnableClock, client: LinkEvents) {
    this.#clock = clock;
    this.#client = client;
  }

  /** @param accept takes the server's end */
  connect(accept: (socket: ClientSocket) => ClientSocketEvents, port: number): void {
    this.#clock.soon(() => {
      if (this.#closed || this.isSilent) return;
      this.#open = true;
      this.#server = accept(this.#serverSocket(port));
      this.#client.opened();
    });
  }

  write(bytes: Uint8Array): void {
    this.#clock.soon(() => {
      if (!this.isSilent) this.#server?.received(bytes);
    });
  }

  end(): void {
    this.#clock.soon(() => this.#close('this side closed it'));
  }

  destroy(): void {
    this.#close('this side closed it');
  }

  /** As if the network had broken it: both ends are told. */
  break(): void {
    this.#close('the connection was broken');
  }

  #close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    const server = this.#server;
    this.#server = undefined;
    this.#clock.soon(() => {
      server?.closed();
      this.#client.closed(reason);
    });
  }

  #serverSocket(remotePort: number): ClientSocket {
    return {
      remoteAddress: '127.0.0.1',
      remotePort,
      write: (bytes) => {
        this.#clock.soon(() => {
          if (this.#open && !this.#closed && !this.isSilent) this.#client.received(bytes);
        });
      },
      bufferedBytes: () => 0,
      pause: () => {},
      resume: () => {},
      end: () => this.#clock.soon(() => this.#close('the server closed it')),
      destroy: () => this.#close('the server closed it'),
    };
  }
}
