import type { TestResult } from './junit.ts';

/** Names of tests, each with the reason. */
export type Reasons = Readonly<Record<string, string>>;

export interface Verdict {
  readonly passed: number;
  readonly skipped: number;
  /** On the list, and failed. */
  readonly expectedFailures: readonly string[];
  /** What makes the run fail, a line each. */
  readonly complaints: readonly string[];
}

/**
 * What a run of a suite comes to. `mayFail` names tests and says why they cannot pass; a name on it that passes is as wrong as
 * one off it that fails, so that the list stays true. `unsteady` names those that hang on how busy the machine is, and may do either. A whole run also has
 * to hold every name on both lists, and at least `least` tests that passed: tests that are skipped or vanish go unnoticed otherwise.
 */
export function judge(
  results: readonly TestResult[],
  mayFail: Reasons,
  least: number | undefined,
  unsteady: Reasons = {},
): Verdict {
  const complaints: string[] = [];
  const expectedFailures: string[] = [];
  let passed = 0;
  let skipped = 0;
  for (const { name, outcome, message } of results) {
    const listed = Object.hasOwn(mayFail, name);
    const isUnsteady = Object.hasOwn(unsteady, name);
    if (outcome === 'passed') passed += 1;
    if (outcome === 'skipped') skipped += 1;
    if (outcome === 'failed' && (listed || isUnsteady)) expectedFailures.push(name);
    else if (outcome === 'failed') complaints.push(`${name} failed: ${message}`);
    else if (listed) complaints.push(`${name} ${outcome}: take it off the list of those that may fail`);
  }
  if (least !== undefined) {
    const ran = new Set(results.map(({ name }) => name));
    for (const name of Object.keys({ ...mayFail, ...unsteady }))
      if (!ran.has(name)) complaints.push(`${name} is listed but did not run`);
    if (passed < least) complaints.push(`only ${passed} passed, and at least ${least} have to`);
  }
  return { passed, skipped, expectedFailures, complaints };
}
