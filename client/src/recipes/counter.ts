import type { Client } from '../client.ts';
import { isCoordinationError } from '../errors.ts';
import type { Layout } from './layout.ts';
import { makeNode } from './nodes.ts';
import { persist, type WaitOptions } from './retry.ts';

export interface CounterOptions {
  /** How the number stands in the node: as Curator's SharedCount has it, 4 bytes, or as kazoo's Counter, a text. */
  readonly layout?: Layout | undefined;
}

interface Reading {
  readonly value: number;
  readonly version: number;
}

const INT_BYTES = 4;

/** A whole number that many change. Shared with Curator's SharedCount (which ends at 32 bits), or with kazoo's Counter. */
export class Counter {
  readonly path: string;
  readonly #zk: Client;
  readonly #layout: Layout;

  constructor(zk: Client, path: string, options: CounterOptions = {}) {
    this.#zk = zk;
    this.path = path;
    this.#layout = options.layout ?? 'curator';
  }

  /** 0 where nobody has set it. */
  async value(options: WaitOptions = {}): Promise<number> {
    return (await this.#read(options.signal)).value;
  }

  /**
   * Adds `amount`, and resolves to the sum. Whoever changes it meanwhile is not overwritten: it is tried again. Rejects where it is in doubt
   * whether it was added.
   */
  async add(amount: number, { signal }: WaitOptions = {}): Promise<number> {
    for (;;) {
      const { value, version } = await this.#read(signal);
      const sum = value + amount;
      try {
        await persist(this.#zk, () => this.#zk.set(this.path, this.#encode(sum), { version }), signal);
        return sum;
      } catch (error) {
        if (!isCoordinationError(error, 'BAD_VERSION')) throw error;
      }
    }
  }

  async #read(signal: AbortSignal | undefined): Promise<Reading> {
    for (;;) {
      try {
        const { data, stat } = await persist(this.#zk, () => this.#zk.get(this.path), signal);
        return { value: this.#decode(data), version: stat.version };
      } catch (error) {
        if (!isCoordinationError(error, 'NO_NODE')) throw error;
      }
      await makeNode(this.#zk, this.path, this.#encode(0), signal);
    }
  }

  #encode(value: number): Uint8Array {
    if (this.#layout === 'kazoo') return Buffer.from(String(value));
    if ((value | 0) !== value)
      throw new RangeError(`${value} does not fit 32 bits, which is what Curator's counters have`);
    const bytes = Buffer.alloc(INT_BYTES);
    bytes.writeInt32BE(value);
    return bytes;
  }

  #decode(data: Buffer): number {
    if (data.length === 0) return 0;
    if (this.#layout === 'curator' && data.length === INT_BYTES) return data.readInt32BE();
    const value = this.#layout === 'kazoo' ? Number(data.toString()) : Number.NaN;
    if (!Number.isSafeInteger(value))
      throw new RangeError(
        `${this.path} holds no whole number as ${this.#layout} writes it: ${data.length} bytes`,
      );
    return value;
  }
}
