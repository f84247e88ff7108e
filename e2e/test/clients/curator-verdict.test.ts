import { describe, expect, test } from 'vitest';
import { least, mayFail, unsteady } from '../../clients/curator/expected.ts';
import type { TestClass } from '../../clients/curator/suite.ts';
import { judgeSuites } from '../../clients/curator/verdict.ts';
import type { TestResult } from '../../clients/suites/junit.ts';

const passed = (name: string): TestResult => ({ name, outcome: 'passed', message: '' });
const failed = (name: string): TestResult => ({ name, outcome: 'failed', message: 'boom' });

const client: TestClass = { suite: 'client', name: 'a.TestClient' };
const framework: TestClass = { suite: 'framework', name: 'b.TestFramework' };
const recipes: TestClass = { suite: 'recipes', name: 'c.TestLock' };
const whole: readonly (readonly [TestClass, readonly TestResult[]])[] = [
  [client, [passed('a1')]],
  [framework, [passed('b1'), passed('b2')]],
  [recipes, [passed('c1')]],
];
const one = { classes: 1, passed: 1 };
const atLeast = { client: one, framework: { classes: 1, passed: 2 }, recipes: one };
const nothing = { mayFail: {}, unsteady: {} };

describe("a run of Curator's suites", () => {
  test('is good where every class ran and all passed', () => {
    const verdict = judgeSuites(new Map(whole), { ...nothing, least: atLeast });
    expect(verdict).toMatchObject({ passed: 4, complaints: [] });
  });

  test.each<[string, readonly (readonly [TestClass, readonly TestResult[]])[], string]>([
    ['a class is missing', whole.slice(1), 'client has only 0 classes of 1'],
    [
      'a class ran nothing',
      [...whole, [{ suite: 'recipes', name: 'c.TestNone' }, []]],
      'c.TestNone ran nothing',
    ],
    [
      'a test fails',
      [...whole, [{ suite: 'recipes', name: 'c.TestQueue' }, [failed('c2')]]],
      'c2 failed: boom',
    ],
    [
      'a suite passed too little',
      [whole[0]!, [framework, [passed('b1')]], whole[2]!],
      'only 1 of framework passed',
    ],
  ])('is bad where %s', (_, results, complaint) => {
    const { complaints } = judgeSuites(new Map(results), { ...nothing, least: atLeast });
    expect(complaints[0]).toContain(complaint);
  });

  test('in part is not asked for the rest, but each class has to run something', () => {
    const part = { ...nothing, least: undefined };
    expect(judgeSuites(new Map([whole[0]!]), part).complaints).toEqual([]);
    expect(judgeSuites(new Map([[client, []]]), part).complaints).toEqual(['a.TestClient ran nothing']);
  });

  test('may fail only with a reason, and few', () => {
    const listed = Object.entries({ ...mayFail, ...unsteady });
    for (const [name, reason] of listed) {
      expect(name).toMatch(/^org\.apache\.curator\.[\w.]+\.\w+\(\)$/);
      expect(reason).not.toBe('');
    }
    expect(listed.length).toBeLessThan(12);
    expect(least.client.classes + least.framework.classes + least.recipes.classes).toBe(93);
  });
});
