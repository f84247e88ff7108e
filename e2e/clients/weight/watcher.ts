import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { Client, inTime } from './client.ts';
import type { Register } from './registers.ts';
import type { Tally } from './tally.ts';

/** Follows one node by one-shot watches alone: it looks again when it is told of a change, and never otherwise. */
export class Watcher {
  readonly register: Register;
  readonly #client: Client;
  readonly #tally: Tally;
  #seen = -1;
  #wake: (() => void) | undefined;
  #isChanged = false;

  constructor(index: number, register: Register, endpoints: readonly Endpoint[], tally: Tally) {
    this.register = register;
    this.#client = new Client(index, endpoints, tally);
    this.#tally = tally;
  }

  /** The version that it saw last. */
  get seen(): number {
    return this.#seen;
  }

  run(): Promise<void> {
    const onEvent = (): void => {
      this.#tally.events += 1;
      this.#isChanged = true;
      this.#wake?.();
    };
    return this.#client.run(async (session) => {
      await inTime(session, session.sync(this.register.path));
      for (;;) {
        this.#isChanged = false;
        const { version } = await inTime(session, session.existsWatched(this.register.path));
        this.#seen = version;
        if (!this.#isChanged) {
          const changed = new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          await Promise.race([changed, session.closed]);
        }
        // Whoever is connected elsewhere now begins anew.
        if (!this.#isChanged) return;
      }
    }, onEvent);
  }

  stop(): void {
    this.#client.stop();
  }
}
