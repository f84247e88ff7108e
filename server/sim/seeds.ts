import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runCost, whyEndless } from './endless-run.ts';
import type { Violation } from './history/operation.ts';
import { Totals } from './totals.ts';

/** What a worker tells of one seed. */
export interface SeedReport {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly totals: readonly (readonly [string, number])[];
}

export interface SeedsOutcome {
  readonly totals: Totals;
  readonly failures: readonly SeedReport[];
}

export interface SeedsOptions {
  readonly first: number;
  readonly count: number;
  /** Processes side by side. */
  readonly workers: number;
  /** No more seeds are begun after so many failed. */
  readonly maxFailures: number;
}

/** Runs seeds in processes of their own: a run that never ends or takes the process down is a failure of its seed only. */
export async function runSeeds(options: SeedsOptions): Promise<SeedsOutcome> {
  const totals = new Totals();
  const failures: SeedReport[] = [];
  const last = options.first + options.count - 1;
  let next = options.first;
  const work = async (): Promise<void> => {
    let worker: SeedWorker | undefined;
    while (next <= last && failures.length < options.maxFailures) {
      worker ??= new SeedWorker();
      const report = await worker.run(next++);
      totals.merge(report.totals);
      if (report.violations.length > 0) failures.push(report);
      if (!worker.alive) worker = undefined;
    }
    worker?.stop();
  };
  await Promise.all(Array.from({ length: options.workers }, work));
  failures.sort((a, b) => a.seed - b.seed);
  return { totals, failures };
}

/** The rule that a seed breaks whose process ended or had to be ended. */
export const RUN_ENDS = 'a run ends';

/** How often it is looked at whether a run is endless. */
const LOOK_MS = 1_000;

class SeedWorker {
  readonly #child: ChildProcess;
  alive = true;

  constructor() {
    this.#child = fork(fileURLToPath(new URL('./seed-worker.ts', import.meta.url)), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  run(seed: number): Promise<SeedReport> {
    return new Promise((resolve) => {
      const failed = (message: string): void => {
        this.alive = false;
        this.#child.kill('SIGKILL');
        const violation: Violation = { rule: RUN_ENDS, message, operations: [] };
        done({ seed, violations: [violation], totals: [['seeds', 1]] });
      };
      const cost = runCost(this.#child.pid ?? 0);
      const timer = setInterval(() => {
        const why = whyEndless(cost());
        if (why !== undefined) failed(why);
      }, LOOK_MS);
      const exited = (code: number | null): void => failed(`the process that ran it ended with code ${code}`);
      const done = (report: SeedReport): void => {
        clearInterval(timer);
        this.#child.removeAllListeners();
        resolve(report);
      };
      this.#child.once('exit', exited);
      this.#child.once('message', (report) => done(report as SeedReport));
      this.#child.send(seed);
    });
  }

  stop(): void {
    this.#child.disconnect();
  }
}
