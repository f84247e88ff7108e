import type { Transport, TransportEvents } from '../../src/ports/transport.ts';
import type { Links } from '../../src/replica/peers/links.ts';
import { hello } from './preamble.ts';

/** What a transport tells a member, in order, to be waited for. As a member does, it says hello over each link. */
export class LinkEvents implements TransportEvents {
  /** `up 2`, `down 2`. */
  readonly seen: string[] = [];
  /** What came over the links with each label, hellos aside. */
  readonly bytes = new Map<number, Buffer>();
  /** The links of a member that is told all of it, too, and says hello itself. */
  member: Links | undefined;
  private readonly label: number;
  private readonly transport: () => Transport;
  /** Links of which all that came is what a hello begins with. */
  private readonly greetings = new Map<number, Buffer>();
  private watchers: (() => void)[] = [];

  constructor(label: number, transport: () => Transport) {
    this.label = label;
    this.transport = transport;
  }

  linkUp(label: number, address?: string): void {
    this.seen.push(`up ${label}`);
    this.greetings.set(label, Buffer.alloc(0));
    if (this.member === undefined) this.transport().send(label, hello(this.label));
    else this.member.up(label, address);
    this.changed();
  }

  linkDown(label: number): void {
    this.seen.push(`down ${label}`);
    this.member?.down(label);
    this.changed();
  }

  received(label: number, chunk: Uint8Array): void {
    this.member?.received(label, chunk);
    const greeting = this.greetings.get(label);
    this.take(label, greeting === undefined ? Buffer.from(chunk) : this.withoutHello(label, greeting, chunk));
    this.changed();
  }

  /** Settles once `count` of `event` were seen. */
  async until(event: string, count = 1): Promise<void> {
    await this.wait(() => this.seen.filter((seen) => seen === event).length >= count);
  }

  async untilBytes(label: number, length: number): Promise<Buffer> {
    await this.wait(() => (this.bytes.get(label)?.length ?? 0) >= length);
    return this.bytes.get(label)!;
  }

  async wait(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => this.watchers.push(resolve));
  }

  private take(label: number, bytes: Buffer): void {
    this.bytes.set(label, Buffer.concat([this.bytes.get(label) ?? Buffer.alloc(0), bytes]));
  }

  private withoutHello(label: number, before: Buffer, chunk: Uint8Array): Buffer {
    const bytes = Buffer.concat([before, chunk]);
    const expected = hello(label);
    const length = Math.min(bytes.length, expected.length);
    if (length < expected.length && bytes.equals(expected.subarray(0, length))) {
      this.greetings.set(label, bytes);
      return Buffer.alloc(0);
    }
    this.greetings.delete(label);
    return bytes.subarray(0, length).equals(expected) ? bytes.subarray(length) : bytes;
  }

  private changed(): void {
    for (const watcher of this.watchers.splice(0)) watcher();
  }
}
