import type { Link, LinkEvents } from '@rookery/client/world';
import type { ClientSocket, ClientSocketEvents } from '../../ports/client-socket.ts';

/** Who is at the other end, as its member sees it. */
export type Shown = Pick<
  ClientSocket,
  'remoteAddress' | 'remotePort' | 'isSecure' | 'certificateSubject' | 'provedIdentities'
>;

/** What is under way to the client's side beyond this is told once it has arrived, as a system tells it of a socket. */
const HIGH_WATER_BYTES = 64 * 1024;

/**
 * Both ends of a client's connection within the process of its member: what one side writes the other one receives in a later round of the event
 * loop, in its order. So the member takes it for what it takes every client for.
 */
export class OwnLink implements Link {
  readonly #client: LinkEvents;
  #server: ClientSocketEvents | undefined;
  #isClosed = false;
  /** The member takes nothing for now: what was written waits. */
  #isPaused = false;
  readonly #waiting: Uint8Array[] = [];
  /** Of the member's, not received yet. */
  #bufferedBytes = 0;
  #isFull = false;

  constructor(shown: Shown, accept: (socket: ClientSocket) => ClientSocketEvents, client: LinkEvents) {
    this.#client = client;
    setImmediate(() => {
      if (this.#isClosed) return;
      this.#server = accept(this.#socketOf(shown));
      client.opened();
    });
  }

  write(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    setImmediate(() => this.#deliver());
  }

  end(): void {
    setImmediate(() => this.#close('this side closed it'));
  }

  destroy(): void {
    this.#close('this side closed it');
  }

  #deliver(): void {
    while (!this.#isPaused && !this.#isClosed) {
      const bytes = this.#waiting.shift();
      if (bytes === undefined) return;
      this.#server?.received(bytes);
    }
  }

  #socketOf(shown: Shown): ClientSocket {
    return {
      ...shown,
      isOwn: true,
      write: (bytes) => this.#toClient(bytes),
      bufferedBytes: () => this.#bufferedBytes,
      pause: () => {
        this.#isPaused = true;
      },
      resume: () => {
        this.#isPaused = false;
        setImmediate(() => this.#deliver());
      },
      end: () => void setImmediate(() => this.#close('the member closed it')),
      destroy: () => this.#close('the member closed it'),
    };
  }

  #toClient(bytes: Uint8Array): void {
    this.#bufferedBytes += bytes.length;
    if (this.#bufferedBytes > HIGH_WATER_BYTES) this.#isFull = true;
    setImmediate(() => {
      this.#bufferedBytes -= bytes.length;
      if (this.#isClosed) return;
      this.#client.received(bytes);
      if (!this.#isFull || this.#bufferedBytes > 0) return;
      this.#isFull = false;
      this.#server?.drained();
    });
  }

  /** Both sides are told in a later round, whoever closed it. */
  #close(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting.length = 0;
    setImmediate(() => {
      this.#server?.closed();
      this.#client.closed(reason);
    });
  }
}
