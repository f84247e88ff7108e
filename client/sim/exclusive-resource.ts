import type { Hold } from '../src/recipes/hold.ts';

/** Somebody who was told that it has it. */
interface Holder {
  readonly name: string;
  readonly hold: Hold;
  /** How many of the places it takes. */
  readonly places: number;
}

/**
 * What a lock or a semaphore protects. It takes what is written with a token that is not older than the newest it has seen, as a careful resource does, and
 * watches over what the recipes promise.
 */
export class ExclusiveResource {
  readonly #name: string;
  readonly #places: number;
  readonly #wrong: (rule: string, message: string) => void;
  readonly #holders = new Set<Holder>();
  #newestToken = 0;
  acquired = 0;
  used = 0;
  /** Written by who held it once, and refused. */
  refused = 0;
  lost = 0;

  /** @param places how many may have it at the same time */
  constructor(name: string, places: number, wrong: (rule: string, message: string) => void) {
    this.#name = name;
    this.#places = places;
    this.#wrong = wrong;
  }

  begins(name: string, hold: Hold, places: number): void {
    this.acquired++;
    if (this.#places === 1 && hold.token <= this.#newestToken) {
      this.#wrong(
        'who holds it later has the greater token',
        `${this.#name}: ${name} has ${hold.token} after ${this.#newestToken}`,
      );
    }
    this.#newestToken = Math.max(this.#newestToken, hold.token);
    this.#holders.add({ name, hold, places });
    this.#count();
  }

  ends(hold: Hold): void {
    for (const holder of this.#holders) if (holder.hold === hold) this.#holders.delete(holder);
  }

  /** Who asks whether it is held, and is told so, is let in. */
  use(hold: Hold): void {
    this.#count();
    if (!hold.isHeld) {
      this.lost++;
      return;
    }
    if (this.#places === 1 && hold.token < this.#newestToken) this.refused++;
    else this.used++;
  }

  /** Whoever still believes to hold it counts, by a clock of its own. */
  #count(): void {
    const believers = [...this.#holders].filter(({ hold }) => hold.isHeld);
    if (believers.reduce((sum, { places }) => sum + places, 0) <= this.#places) return;
    const names = believers.map(({ name, hold }) => `${name} (token ${hold.token})`).join(', ');
    this.#wrong('no more hold it than may', `${this.#name}: ${names}`);
  }
}
