import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A plain TCP connection that remembers what came. */
export class RawSocket {
  readonly socket: Socket;
  receivedBytes = 0;
  isClosed = false;
  /** What came and was not taken: `front`, then `chunks`. */
  #front: Buffer = Buffer.alloc(0);
  #chunks: Buffer[] = [];
  #waitingBytes = 0;
  #watchers: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.receivedBytes += chunk.length;
      this.#waitingBytes += chunk.length;
      this.#changed();
    });
    // A reset is one way to be closed.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
      this.#changed();
    });
  }

  static async to(port: number, host = '127.0.0.1'): Promise<RawSocket> {
    const socket = connect({ host, port, noDelay: true });
    await once(socket, 'connect');
    return new RawSocket(socket);
  }

  /** All that came and was not taken. */
  get received(): Buffer {
    this.#front = Buffer.concat([this.#front, ...this.#chunks.splice(0)]);
    return this.#front;
  }

  /** Settles once so many bytes are there, and takes them. */
  async take(length: number): Promise<Buffer> {
    await this.#until(() => this.#waitingBytes >= length);
    if (this.#front.length < length) void this.received;
    const taken = this.#front.subarray(0, length);
    this.#front = this.#front.subarray(length);
    this.#waitingBytes -= length;
    return taken;
  }

  write(bytes: Uint8Array): this {
    this.socket.write(bytes);
    return this;
  }

  /** Settles once at least `length` bytes came in all. */
  bytes(length: number): Promise<Buffer> {
    return this.#until(() => this.receivedBytes >= length).then(() => this.received);
  }

  closed(): Promise<void> {
    return this.#until(() => this.isClosed);
  }

  close(): void {
    this.socket.destroy();
  }

  async #until(done: () => boolean): Promise<void> {
    while (!done()) {
      if (this.isClosed) throw new Error(`the connection was closed after ${this.receivedBytes} bytes`);
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  #changed(): void {
    for (const watcher of this.#watchers.splice(0)) watcher();
  }
}
