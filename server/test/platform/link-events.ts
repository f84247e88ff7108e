import type { Transport, TransportEvents } from '../../src/ports/transport.ts';
import type { Links } from '../../src/replica/peers/links.ts';
import { hello } from './preamble.ts';

/** What a transport tells a member, in order, to be waited for. As a member does, it says hello over each link. */
export class LinkEvents implements TransportEvents {
  /** `up 2`, `down 2`. */
  readonly seen: string[] = [];
  /** What came over the links with each server id, hellos aside. */
  readonly bytes = new Map<number, Buffer>();
  /** The links of a member that is told all of it, too, and says hello itself. */
  member: Links | undefined;
  readonly #serverId: number;
  readonly #transport: () => Transport;
  /** Links of which all that came is what a hello begins with. */
  readonly #greetings = new Map<number, Buffer>();
  #watchers: (() => void)[] = [];

  constructor(serverId: number, transport: () => Transport) {
    this.#serverId = serverId;
    this.#transport = transport;
  }

  linkUp(serverId: number, address?: string): void {
    this.seen.push(`up ${serverId}`);
    this.#greetings.set(serverId, Buffer.alloc(0));
    if (this.member === undefined) this.#transport().send(serverId, hello(this.#serverId));
    else this.member.up(serverId, address);
    this.#changed();
  }

  linkDown(serverId: number): void {
    this.seen.push(`down ${serverId}`);
    this.member?.down(serverId);
    this.#changed();
  }

  received(serverId: number, chunk: Uint8Array): void {
    this.member?.received(serverId, chunk);
    const greeting = this.#greetings.get(serverId);
    this.#take(
      serverId,
      greeting === undefined ? Buffer.from(chunk) : this.#withoutHello(serverId, greeting, chunk),
    );
    this.#changed();
  }

  /** Settles once `count` of `event` were seen. */
  async until(event: string, count = 1): Promise<void> {
    await this.wait(() => this.seen.filter((seen) => seen === event).length >= count);
  }

  async untilBytes(serverId: number, length: number): Promise<Buffer> {
    await this.wait(() => (this.bytes.get(serverId)?.length ?? 0) >= length);
    return this.bytes.get(serverId)!;
  }

  async wait(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  #take(serverId: number, bytes: Buffer): void {
    this.bytes.set(serverId, Buffer.concat([this.bytes.get(serverId) ?? Buffer.alloc(0), bytes]));
  }

  #withoutHello(serverId: number, before: Buffer, chunk: Uint8Array): Buffer {
    const bytes = Buffer.concat([before, chunk]);
    const expected = hello(serverId);
    const length = Math.min(bytes.length, expected.length);
    if (length < expected.length && bytes.equals(expected.subarray(0, length))) {
      this.#greetings.set(serverId, bytes);
      return Buffer.alloc(0);
    }
    this.#greetings.delete(serverId);
    return bytes.subarray(0, length).equals(expected) ? bytes.subarray(length) : bytes;
  }

  #changed(): void {
    for (const watcher of this.#watchers.splice(0)) watcher();
  }
}
