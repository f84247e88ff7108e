import { Worker } from 'node:worker_threads';

/** A bug may make the core hoard: that must not hurt whoever runs the tests. */
const MAX_MEMORY_MB = 1_000;

export interface Trial {
  readonly coreUrl: string;
  /** Simulated until the first that fails. */
  readonly seeds: number;
}

export interface Verdict {
  readonly brokenRules: string[];
  failure: { readonly seed: number; readonly error: string } | undefined;
}

/** What the rules and the simulation say of a core. */
export function tryCore(trial: Trial): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./trial-worker.ts', import.meta.url), {
      workerData: trial,
      resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB },
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the trial's thread ended with code ${code}`)));
  });
}
