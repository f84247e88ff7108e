import type { TestResult } from '../suites/junit.ts';
import { judge, type Reasons, type Verdict } from '../suites/verdict.ts';
import { type least, SUITE_NAMES } from './expected.ts';
import type { TestClass } from './suite.ts';

export interface Expectations {
  readonly mayFail: Reasons;
  readonly unsteady: Reasons;
  /** undefined where not all classes were meant to run. */
  readonly least: typeof least | undefined;
}

/** What a run comes to: no class may be missing, or have run nothing, and the tests of each suite are judged. */
export function judgeSuites(
  results: ReadonlyMap<TestClass, readonly TestResult[]>,
  { mayFail, unsteady, least: leastOf }: Expectations,
): Verdict {
  const entries = [...results];
  const complaints = entries
    .filter(([, those]) => those.length === 0)
    .map(([{ name }]) => `${name} ran nothing`);
  for (const suite of SUITE_NAMES) {
    if (leastOf === undefined) continue;
    const those = entries.filter(([testClass]) => testClass.suite === suite);
    const passed = those.flatMap(([, tests]) => tests).filter(({ outcome }) => outcome === 'passed').length;
    const { classes, passed: leastPassed } = leastOf[suite];
    if (those.length < classes) complaints.push(`${suite} has only ${those.length} classes of ${classes}`);
    if (passed < leastPassed)
      complaints.push(`only ${passed} of ${suite} passed, and at least ${leastPassed} have to`);
  }
  const whole = leastOf === undefined ? undefined : 1;
  const verdict = judge(
    entries.flatMap(([, those]) => those),
    mayFail,
    whole,
    unsteady,
  );
  return { ...verdict, complaints: [...complaints, ...verdict.complaints] };
}
