import type { Prng } from '../../server/sim/prng.ts';
import type { Client } from '../src/client.ts';
import { CoordinationError } from '../src/errors.ts';
import type { Hold } from '../src/recipes/hold.ts';
import type { ExclusiveResource } from './exclusive-resource.ts';

interface Want {
  readonly name: string;
  readonly zk: Client;
  readonly prng: Prng;
  readonly resource: ExclusiveResource;
  /** Of the resource. */
  readonly places: number;
  readonly acquire: (signal: AbortSignal) => Promise<Hold>;
}

/** Gets a hold, uses it for a while, gives it up, again and again; sometimes it gives up waiting. */
export class HoldUser {
  readonly name: string;
  /** Rejects with what no recipe should throw at it. */
  readonly running: Promise<void>;
  readonly #want: Want;
  readonly #stopped: AbortSignal;
  /** How often it had what it wanted, and kept it for as long as it wanted. */
  done = 0;
  givenUp = 0;
  #patient = false;

  constructor(want: Want, stopped: AbortSignal) {
    this.name = want.name;
    this.#want = want;
    this.#stopped = stopped;
    this.running = this.#run();
  }

  /** From now on it waits as long as it takes. */
  becomePatient(): void {
    this.#patient = true;
  }

  async #run(): Promise<void> {
    const { zk, prng } = this.#want;
    while (!this.#stopped.aborted) {
      await this.#once().catch((error: unknown) => {
        if (!isExpected(error, this.#stopped)) throw error;
        this.givenUp++;
      });
      await zk.delay(prng.between(1, 60), this.#stopped).catch(() => undefined);
    }
  }

  async #once(): Promise<void> {
    const { zk, prng, acquire, resource, places, name } = this.#want;
    const impatience = new AbortController();
    const signal = AbortSignal.any([this.#stopped, impatience.signal]);
    if (!this.#patient && prng.chance(0.15)) {
      zk.delay(prng.between(10, 1_500), signal).then(
        () => impatience.abort(new GivenUp()),
        () => undefined,
      );
    }
    const hold = await acquire(signal);
    resource.begins(name, hold, places);
    try {
      const untilMs = zk.wallMs() + prng.between(5, 120);
      while (zk.wallMs() < untilMs && !hold.signal.aborted) {
        resource.use(hold);
        await zk.delay(prng.between(1, 20), hold.signal).catch(() => undefined);
      }
      resource.use(hold);
      if (!hold.signal.aborted) this.done++;
    } finally {
      impatience.abort(new GivenUp());
      await hold.release();
      resource.ends(hold);
    }
  }
}

/** Of those who do not wait for ever. */
export class GivenUp extends Error {
  override readonly name = 'GivenUp';
}

/** A recipe is given up, or cannot be finished because its client is; nothing else may come out of it. */
export function isExpected(error: unknown, stopped: AbortSignal): boolean {
  if (error instanceof GivenUp || stopped.aborted) return true;
  return error instanceof CoordinationError && error.code === 'SESSION_LOST' && error.operation === 'hold';
}
