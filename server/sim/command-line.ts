import { parseArgs } from 'node:util';
import { describeRun, describeTotals } from './report.ts';
import type { RunResult } from './simulation.ts';

/** What a simulator is asked for from the command line. */
export interface AskedSeeds {
  /** One alone, once more; undefined: many. */
  readonly seed: number | undefined;
  /** Of one: its whole trace is told. */
  readonly isTraced: boolean;
  readonly first: number;
  readonly count: number;
  /** No more are begun after so many failed. */
  readonly maxFailures: number;
  /** Processes side by side. */
  readonly workers: number;
}

/** What holds where nothing is said. Without `workers` there is no such option: it is one process. */
export interface SeedDefaults {
  readonly seeds: number;
  readonly workers?: number;
}

/** Throws RangeError with what is wrong, for a person. */
export function askedSeeds(args: readonly string[], { seeds, workers }: SeedDefaults): AskedSeeds {
  const { values } = parsed(args, workers !== undefined);
  const whole = (name: keyof typeof values, otherwise: number): number => {
    const text = values[name];
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new RangeError(`--${name} must be a whole number above 0, not "${text}"`);
  };
  return {
    seed: values.seed === undefined ? undefined : whole('seed', 0),
    isTraced: values.trace === true,
    first: whole('from', 1),
    count: whole('seeds', seeds),
    maxFailures: whole('max-failures', 5),
    workers: whole('workers', workers ?? 1),
  };
}

/** The same of this process, which it ends with code 2 where something is wrong. */
export function seedsOfProcess(defaults: SeedDefaults): AskedSeeds {
  try {
    return askedSeeds(process.argv.slice(2), defaults);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(error.message);
    return process.exit(2);
  }
}

/** One run, for whoever looks for what went wrong in it; exit code 1 where something did. */
export function tellRun(result: RunResult, isTraced: boolean): void {
  console.log(describeRun(result, isTraced));
  console.log(describeTotals(result.totals));
  if (result.violations.length > 0) process.exitCode = 1;
}

function parsed(args: readonly string[], hasWorkers: boolean) {
  const text = { type: 'string' } as const;
  const options = {
    ...{ seeds: text, from: text, 'max-failures': text, seed: text, workers: text },
    trace: { type: 'boolean' },
  } as const;
  try {
    const read = parseArgs({ args: [...args], options });
    if (!hasWorkers && read.values.workers !== undefined)
      throw new RangeError("Unknown option '--workers': it is one process");
    return read;
  } catch (error) {
    throw new RangeError(error instanceof Error ? error.message : String(error));
  }
}
