import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { plainAddress } from '../config/addresses.ts';
import type { ClientSocket } from '../ports/client-socket.ts';
import { provedSubject } from '../tls/proved-subject.ts';
import { TlsRecords } from './tls-records.ts';

/** A client that keeps its side of an ended connection open keeps its place here for so long. */
const LINGER_MS = 5_000;

/** A client's connection over TCP, or over TLS after its handshake. */
export class TcpClientSocket implements ClientSocket {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly isSecure: boolean;
  readonly certificateSubject: string | undefined;
  readonly #socket: Socket;
  /** What is written to, and ended. */
  readonly #output: Pick<Socket, 'write' | 'end'> | TlsRecords;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.isSecure = socket instanceof TLSSocket;
    this.#output = socket instanceof TLSSocket ? new TlsRecords(socket) : socket;
    this.remoteAddress = plainAddress(socket.remoteAddress ?? '');
    this.remotePort = socket.remotePort ?? 0;
    this.certificateSubject = provedSubject(socket);
  }

  write(bytes: Uint8Array): void {
    this.#output.write(bytes);
  }

  bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    const socket = this.#socket;
    this.#output.end();
    const linger = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(linger));
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
