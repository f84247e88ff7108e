import type { Named } from './choose.ts';
import { describeError } from './complaint.ts';

/** A scenario that is ready to be run: one line of the table. */
export interface Attempt extends Named {
  /** Why it is not run here. */
  readonly leftOutFor?: string | undefined;
  /** The command that runs it once more. */
  readonly again?: string;
  /** Resolves with a short account, which may be empty; rejects when it failed. */
  run(): Promise<string>;
  /** Of one that failed: what is kept, and where. */
  evidence?(): Promise<readonly string[]>;
  /** Of one that failed, once its evidence is kept: takes away what would be in the way of the next one. */
  clear?(): Promise<void>;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Runs scenarios one after the other, tells of each as it ends, and counts. */
export class Runner {
  readonly #print: (line: string) => void;
  #passed = 0;
  #failed = 0;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  get counts(): Counts {
    return { passed: this.#passed, failed: this.#failed };
  }

  async runAll(attempts: readonly Attempt[]): Promise<void> {
    for (const attempt of attempts) await this.run(attempt);
  }

  /** Whether it passed; never rejects. */
  async run(attempt: Attempt): Promise<boolean> {
    const { name, leftOutFor } = attempt;
    if (leftOutFor !== undefined) {
      this.#print(`left out        ${name}: ${leftOutFor}`);
      return false;
    }
    const startMs = performance.now();
    const seconds = (): string => `${((performance.now() - startMs) / 1_000).toFixed(1)} s`.padStart(7);
    try {
      const account = await attempt.run();
      this.#print(`passed ${seconds()}  ${name}${account === '' ? '' : `: ${account}`}`);
      this.#passed += 1;
      return true;
    } catch (error) {
      this.#failed += 1;
      await this.#tellFailure(attempt, seconds(), error);
      return false;
    }
  }

  async #tellFailure(attempt: Attempt, seconds: string, error: unknown): Promise<void> {
    const { name, proves, again } = attempt;
    this.#print(`FAILED ${seconds}  ${name}${proves === undefined ? '' : ` (${proves})`}`);
    this.#print(describeError(error));
    try {
      for (const line of (await attempt.evidence?.()) ?? []) this.#print(`  ${line}`);
    } catch (evidenceError) {
      this.#print(`  no evidence is kept: ${describeError(evidenceError)}`);
    }
    try {
      await attempt.clear?.();
    } catch (clearError) {
      this.#print(`  what it made is left: ${describeError(clearError)}`);
    }
    if (again !== undefined) this.#print(`  again: ${again}`);
  }
}
