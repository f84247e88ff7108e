import type { TransportEvents } from '../../src/replica/ports.ts';

/** What a transport tells a member, in order, to be waited for. */
export class LinkEvents implements TransportEvents {
  /** `up 2`, `down 2`. */
  readonly seen: string[] = [];
  readonly bytes = new Map<number, Buffer>();
  private watchers: (() => void)[] = [];

  linkUp(label: number): void {
    this.seen.push(`up ${label}`);
    this.changed();
  }

  linkDown(label: number): void {
    this.seen.push(`down ${label}`);
    this.changed();
  }

  received(label: number, chunk: Uint8Array): void {
    this.bytes.set(label, Buffer.concat([this.bytes.get(label) ?? Buffer.alloc(0), chunk]));
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

  private changed(): void {
    for (const watcher of this.watchers.splice(0)) watcher();
  }
}
