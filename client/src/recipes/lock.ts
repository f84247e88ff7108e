import type { Client } from '../client.ts';
import type { Contender } from './contenders.ts';
import type { Hold } from './hold.ts';
import type { Purpose } from './layout.ts';
import { Line, type LockOptions } from './line.ts';
import type { WaitOptions } from './retry.ts';

const LOCKS: readonly Purpose[] = ['lock'];

/**
 * A lock that one contender has at a time, in the order in which they came. It is not re-entrant: each acquire is a contender of its own. Shared with
 * Curator's InterProcessMutex, or with kazoo's Lock.
 *
 *     await using hold = await new Lock(zk, '/locks/report').acquire();
 */
export class Lock {
  readonly path: string;
  readonly #line: Line;

  constructor(zk: Client, path: string, options: LockOptions = {}) {
    this.path = path;
    this.#line = new Line(zk, path, options);
  }

  /** Waits for it. Rejects with the signal's reason, or with a CoordinationError that another try would not mend. */
  acquire({ signal }: WaitOptions = {}): Promise<Hold> {
    return this.#line.wait('lock', LOCKS, signal);
  }

  /** undefined where somebody else has it. */
  tryAcquire({ signal }: WaitOptions = {}): Promise<Hold | undefined> {
    return this.#line.try('lock', LOCKS, signal);
  }

  /** Holder and waiters, in their order. */
  contenders(): Promise<Contender[]> {
    return this.#line.contenders(LOCKS);
  }
}
