import { Reader, readConnectResponse, readReplyHeader, Writer, writeConnectRequest } from '@rookery/protocol';
import type { ClientSocket, ClientSocketEvents } from '../../src/ports/client-socket.ts';
import type { Session } from './test-client.ts';

const NO_SESSION: Session = { id: 0, password: new Uint8Array(16) };

/** A client without a network: what it writes is there at once, and what it is told is kept. */
export class MemoryClient implements ClientSocket {
  readonly out = new Writer();
  /** Of each reply, in their order. */
  readonly replies: { readonly xid: number; readonly err: number }[] = [];
  session: Session | undefined;
  isClosed = false;
  /** The member does not read from it for now. */
  isPaused = false;
  readonly remoteAddress: string;
  readonly remotePort = 40_000;
  readonly #events: ClientSocketEvents;
  #received = Buffer.alloc(0);

  constructor(accept: (socket: ClientSocket) => ClientSocketEvents, remoteAddress: string) {
    this.remoteAddress = remoteAddress;
    this.#events = accept(this);
  }

  greet(session: Session = NO_SESSION): this {
    writeConnectRequest(this.out, {
      protocolVersion: 0,
      lastZxidSeen: 0,
      timeoutMs: 10_000,
      sessionId: session.id,
      password: session.password,
      readOnly: undefined,
    });
    return this;
  }

  /** What was written since the last call arrives. */
  send(): void {
    const bytes = this.out.copy();
    this.out.clear();
    if (!this.isClosed) this.#events.received(bytes);
  }

  write(bytes: Uint8Array): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    while (this.#received.length >= 4) {
      const end = 4 + this.#received.readInt32BE();
      if (this.#received.length < end) return;
      this.#frame(new Reader().reset(Buffer.from(this.#received.subarray(4, end)), 0, end - 4));
      this.#received = this.#received.subarray(end);
    }
  }

  bufferedBytes(): number {
    return 0;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  end(): void {
    this.destroy();
  }

  destroy(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#events.closed();
  }

  #frame(reader: Reader): void {
    if (this.session === undefined) {
      const { sessionId: id, password } = readConnectResponse(reader)!;
      this.session = { id, password };
      return;
    }
    const { xid, err } = readReplyHeader(reader);
    this.replies.push({ xid, err });
  }
}
