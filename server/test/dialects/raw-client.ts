import { connectRequest, frame, int, noSession, text } from '../../../testkit/src/wire/requests.ts';
import { RawSocket } from '../platform/raw-socket.ts';

export interface RawReply {
  readonly xid: number;
  readonly zxid: number;
  readonly err: number;
  readonly record: Record;
  /** The whole frame, without its length. */
  readonly frame: Buffer;
}

/** What stands behind a reply's header, read from the description of its record alone. */
export class Record {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  bool(): boolean {
    return this.#bytes.readUInt8(this.#move(1)) !== 0;
  }

  int(): number {
    return this.#bytes.readInt32BE(this.#move(4));
  }

  long(): number {
    return Number(this.#bytes.readBigInt64BE(this.#move(8)));
  }

  text(): string {
    const length = this.int();
    const at = this.#move(length);
    return this.#bytes.toString('utf8', at, at + length);
  }

  /** null where there are none. */
  data(): string | null {
    const length = this.int();
    if (length < 0) return null;
    const at = this.#move(length);
    return this.#bytes.toString('latin1', at, at + length);
  }

  list<T>(each: () => T): T[] {
    return Array.from({ length: this.int() }, each);
  }

  texts(): string[] {
    return this.list(() => this.text());
  }

  stat() {
    return {
      czxid: this.long(),
      mzxid: this.long(),
      ctime: this.long(),
      mtime: this.long(),
      version: this.int(),
      cversion: this.int(),
      aversion: this.int(),
      ephemeralOwner: this.long(),
      dataLength: this.int(),
      numChildren: this.int(),
      pzxid: this.long(),
    };
  }

  #move(by: number): number {
    const at = this.#at;
    this.#at += by;
    if (this.#at > this.#bytes.length) throw new RangeError('a record ends too soon');
    return at;
  }
}

export type RawStat = ReturnType<Record['stat']>;

const EVENT_XID = -1;

/** A client that writes its frames itself, and shares nothing of the protocol with the server. */
export class RawClient {
  readonly #socket: RawSocket;
  readonly events: { readonly type: number; readonly path: string }[] = [];
  session = 0;
  #xid = 0;

  /** Made by `begin` alone. */
  constructor(socket: RawSocket) {
    this.#socket = socket;
  }

  static async begin(port: number): Promise<RawClient> {
    const client = new RawClient(await RawSocket.to(port));
    client.#socket.write(connectRequest(noSession, 10_000));
    const reply = new Record(await client.#frame());
    reply.int();
    reply.int();
    client.session = reply.long();
    return client;
  }

  /** Asks, and waits for the reply; events that come before it are kept. */
  async ask(op: number, ...record: readonly Buffer[]): Promise<RawReply> {
    const xid = ++this.#xid;
    this.#socket.write(frame(int(xid), int(op), ...record));
    for (;;) {
      const bytes = await this.#frame();
      const reply = new Record(bytes);
      const header = { xid: reply.int(), zxid: reply.long(), err: reply.int() };
      if (header.xid !== EVENT_XID) return { ...header, record: reply, frame: bytes };
      const type = reply.int();
      reply.int();
      this.events.push({ type, path: reply.text() });
    }
  }

  /** All that was told once what is asked now is answered. */
  async told(): Promise<readonly { readonly type: number; readonly path: string }[]> {
    await this.ask(SYNC, text('/'));
    return this.events.splice(0);
  }

  /** Whether the server closed the connection. */
  closed(): Promise<void> {
    return this.#socket.closed();
  }

  close(): void {
    this.#socket.close();
  }

  async #frame(): Promise<Buffer> {
    const length = (await this.#socket.take(4)).readInt32BE();
    return this.#socket.take(length);
  }
}

const SYNC = 9;
