import type { TestResult } from './junit.ts';

export interface Verdict {
  readonly passed: number;
  readonly skipped: number;
  /** On the list, and failed. */
  readonly expectedFailures: readonly string[];
  /** What makes the run fail, a line each. */
  readonly complaints: readonly string[];
}

/**
 * What a run of the suite comes to. `mayFail` names tests and says why they cannot pass; a name on it that passes is as wrong as
 * one off it that fails, so that the list stays true. A whole run also has to hold every name on the list, and at least `least`
 * tests that passed: tests that are skipped or vanish go unnoticed otherwise.
 */
export function judge(
  results: readonly TestResult[],
  mayFail: Readonly<Record<string, string>>,
  least: number | undefined,
): Verdict {
  const complaints: string[] = [];
  const expectedFailures: string[] = [];
  let passed = 0;
  let skipped = 0;
  for (const { name, outcome, message } of results) {
    const listed = Object.hasOwn(mayFail, name);
    if (outcome === 'passed') passed += 1;
    if (outcome === 'skipped') skipped += 1;
    if (outcome === 'failed' && listed) expectedFailures.push(name);
    else if (outcome === 'failed') complaints.push(`${name} failed: ${message}`);
    else if (listed) complaints.push(`${name} ${outcome}: take it off the list of those that may fail`);
  }
  if (least !== undefined) {
    const ran = new Set(results.map(({ name }) => name));
    for (const name of Object.keys(mayFail))
      if (!ran.has(name)) complaints.push(`${name} is listed but did not run`);
    if (passed < least) complaints.push(`only ${passed} passed, and at least ${least} have to`);
  }
  return { passed, skipped, expectedFailures, complaints };
}
