import type { Prng } from '../../server/sim/prng.ts';
import type { Client } from '../src/client.ts';
import { CoordinationError, isCoordinationError } from '../src/errors.ts';
import { LockingQueue, type TakenEntry } from '../src/recipes/locking-queue.ts';
import { GivenUp, isExpected } from './users.ts';

const PATH = '/recipes/queue';

/** What becomes of entries: each that was put is consumed, and by one. */
export class QueueAccount {
  readonly #consumed = new Map<string, number>();
  readonly #put = new Set<string>();
  readonly #maybeConsumed = new Set<string>();
  inDoubt = 0;
  released = 0;

  put(entry: string): void {
    this.#put.add(entry);
  }

  consumed(entry: string): void {
    this.#consumed.set(entry, (this.#consumed.get(entry) ?? 0) + 1);
  }

  /** Nobody was told. */
  maybeConsumed(entry: string): void {
    this.#maybeConsumed.add(entry);
  }

  get putCount(): number {
    return this.#put.size;
  }

  get consumedCount(): number {
    return this.#consumed.size;
  }

  /** Of those whose put was acknowledged, what nobody has consumed. */
  get left(): string[] {
    return [...this.#put].filter((entry) => !this.#consumed.has(entry) && !this.#maybeConsumed.has(entry));
  }

  get twice(): string[] {
    return [...this.#consumed].filter(([, times]) => times > 1).map(([entry]) => entry);
  }
}

/** Puts entries, each once, whatever becomes of the answer. */
export async function produce(
  zk: Client,
  prng: Prng,
  name: string,
  account: QueueAccount,
  stopped: AbortSignal,
): Promise<void> {
  const queue = new LockingQueue(zk, PATH);
  for (let number = 1; !stopped.aborted; number++) {
    const entry = `${name}/${number}`;
    try {
      await queue.put(entry, { signal: stopped });
      account.put(entry);
    } catch (error) {
      if (!(error instanceof CoordinationError) && !stopped.aborted) throw error;
      account.inDoubt++;
    }
    await zk.delay(prng.between(20, 200), stopped).catch(() => undefined);
  }
}

/** Some give up waiting: what they were about to take is left to others. */
async function takeWithPatience(
  zk: Client,
  prng: Prng,
  queue: LockingQueue,
  stopped: AbortSignal,
): Promise<TakenEntry> {
  const impatience = new AbortController();
  const signal = AbortSignal.any([stopped, impatience.signal]);
  if (prng.chance(0.3)) {
    zk.delay(prng.between(1, 300), signal).then(
      () => impatience.abort(new GivenUp()),
      () => undefined,
    );
  }
  return queue.take({ signal });
}

async function finish(entry: TakenEntry, account: QueueAccount): Promise<void> {
  const name = entry.value.toString();
  try {
    await entry.consume();
    account.consumed(name);
  } catch (error) {
    // With the session the entry may be consumed, or somebody else's.
    if (!isCoordinationError(error, 'SESSION_LOST')) throw error;
    account.maybeConsumed(name);
  }
}

/** Takes entries and works on them for a while; some it gives back. */
export async function consume(
  zk: Client,
  prng: Prng,
  account: QueueAccount,
  stopped: AbortSignal,
): Promise<void> {
  const queue = new LockingQueue(zk, PATH);
  while (!stopped.aborted) {
    try {
      const entry = await takeWithPatience(zk, prng, queue, stopped);
      await zk.delay(prng.between(0, 50), entry.hold.signal).catch(() => undefined);
      if (prng.chance(0.1)) {
        account.released++;
        await entry.release();
        continue;
      }
      await finish(entry, account);
    } catch (error) {
      if (!isExpected(error, stopped)) throw error;
    }
  }
}
