import type { Client } from '../client.ts';
import type { Contender } from './contenders.ts';
import type { Hold } from './hold.ts';
import type { Purpose } from './layout.ts';
import { Line, type LockOptions } from './line.ts';
import type { WaitOptions } from './retry.ts';

/** Who stands in the way of a reader, and of a writer. */
const IN_THE_WAY = { read: ['write'], write: ['read', 'write'] } as const satisfies Record<string, Purpose[]>;

/**
 * A lock that many readers have together, or one writer alone, in the order in which they came: a writer that waits keeps readers waiting that come after
 * it. Shared with Curator's InterProcessReadWriteLock, or with kazoo's ReadLock and WriteLock.
 */
export class ReadWriteLock {
  readonly path: string;
  readonly #line: Line;

  constructor(zk: Client, path: string, options: LockOptions = {}) {
    this.path = path;
    this.#line = new Line(zk, path, options);
  }

  /** Waits until no writer is before it. */
  read({ signal }: WaitOptions = {}): Promise<Hold> {
    return this.#line.wait('read', IN_THE_WAY.read, signal);
  }

  /** Waits until nobody is before it. */
  write({ signal }: WaitOptions = {}): Promise<Hold> {
    return this.#line.wait('write', IN_THE_WAY.write, signal);
  }

  /** undefined where a writer has it, or waits for it. */
  tryRead({ signal }: WaitOptions = {}): Promise<Hold | undefined> {
    return this.#line.try('read', IN_THE_WAY.read, signal);
  }

  /** undefined where anybody has it. */
  tryWrite({ signal }: WaitOptions = {}): Promise<Hold | undefined> {
    return this.#line.try('write', IN_THE_WAY.write, signal);
  }

  /** Readers and writers, in their order. */
  contenders(): Promise<Contender[]> {
    return this.#line.contenders(['read', 'write']);
  }
}
