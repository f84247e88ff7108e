import { Program } from '../clients/program.ts';

const READY_TIMEOUT_MS = 120_000;
const END_TIMEOUT_MS = 120_000;
const LOOK_MS = 50;

/** What a load came to, as it says at its end. */
export interface LoadEnd {
  readonly acknowledged: number;
  /** The longest time between two acknowledgements, or from the last one to the end. */
  readonly longestGapMs: number;
}

/**
 * A program that gives its neighbour work by the neighbour's own client: prints `ready` once it begins, `acknowledged N` (in all) as operations are
 * acknowledged (ten times a second is enough), and, once its standard input has ended, `end {"acknowledged": N, "longestGapMs": M}`; then it ends with 0.
 * An operation that fails is tried again or left out: it is not counted.
 */
export class Load {
  readonly #program: Program;
  readonly #name: string;

  constructor(name: string, command: readonly string[], env: Readonly<Record<string, string>>) {
    this.#name = name;
    this.#program = new Program(command[0]!, command.slice(1), env);
  }

  async ready(): Promise<void> {
    await this.#program.line('ready', READY_TIMEOUT_MS);
  }

  get acknowledged(): number {
    return Number(this.#program.latest('acknowledged ') ?? 0);
  }

  get output(): string {
    return this.#program.output;
  }

  /** Resolves once something that was begun from now on has been acknowledged. */
  async goesOn(timeoutMs: number): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    // The first word may be of what was acknowledged before, or was on its way then.
    for (let words = 0; words < 2; words++) await this.#more(deadlineMs, timeoutMs);
  }

  async #more(deadlineMs: number, timeoutMs: number): Promise<void> {
    const before = this.acknowledged;
    while (this.acknowledged === before) {
      if (this.#program.ended)
        throw new Error(`the load of ${this.#name} ended by itself:\n${tail(this.output)}`);
      if (performance.now() > deadlineMs)
        throw new Error(
          `the load of ${this.#name} got nothing acknowledged after ${before} in ${timeoutMs} ms:\n${tail(this.output)}`,
        );
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async end(): Promise<LoadEnd> {
    this.#program.end();
    await this.#program.success(END_TIMEOUT_MS);
    return JSON.parse(await this.#program.line('end ', END_TIMEOUT_MS)) as LoadEnd;
  }

  kill(): void {
    this.#program.kill();
  }
}

function tail(output: string): string {
  return output.split('\n').slice(-30).join('\n');
}
