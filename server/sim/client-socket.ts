import type { ClientSocket, ClientSocketEvents } from '../src/ports/client-socket.ts';
import type { ContactTimes } from './checks/contact-times.ts';
import { type Connection, type End, KERNEL_BUFFER_BYTES } from './network/connection.ts';
import type { VirtualProcess } from './process.ts';

/** The server's end of a client's connection. */
export class ServerSideSocket implements ClientSocket {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly #end: End;
  readonly #process: VirtualProcess;

  constructor(end: End, process: VirtualProcess, remoteAddress: string, remotePort: number) {
    this.#end = end;
    this.#process = process;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
  }

  write(bytes: Uint8Array): void {
    this.#process.spend(bytes.length);
    this.#end.send(bytes);
  }

  bufferedBytes(): number {
    return this.#end.open ? Math.max(0, this.#end.inFlightBytes - KERNEL_BUFFER_BYTES) : 0;
  }

  pause(): void {
    this.#end.pause();
  }

  resume(): void {
    this.#end.resume();
  }

  end(): void {
    this.#end.finish();
  }

  destroy(): void {
    this.#end.reset();
  }
}

/** Hands a new connection to the member, as a listener would. `contacts` learns when the member takes bytes in. */
export function acceptClient(
  connection: Connection,
  process: VirtualProcess,
  accept: (socket: ClientSocket) => ClientSocketEvents,
  remoteAddress: string,
  remotePort: number,
  contacts: ContactTimes,
): ServerSideSocket {
  const socket = new ServerSideSocket(connection.far, process, remoteAddress, remotePort);
  let events: ClientSocketEvents | undefined;
  let gone = false;
  const close = (): void => {
    if (gone) return;
    gone = true;
    contacts.ended();
    events?.closed();
  };
  process.post(() => {
    events = accept(socket);
  });
  connection.far.events = {
    received: (chunk) =>
      process.post(() => {
        if (gone || !connection.far.open) return;
        contacts.heard();
        process.spend(chunk.length);
        events?.received(chunk);
      }),
    closed: () => process.post(close),
    shut: () => process.later(0, close),
    drained: () => process.post(() => events?.drained()),
  };
  return socket;
}
