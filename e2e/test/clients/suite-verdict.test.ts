import { describe, expect, test } from 'vitest';
import { LEAST_PASSED, mayFail } from '../../clients/kazoo/expected.ts';
import { readJunit, type TestResult } from '../../clients/suites/junit.ts';
import { judge } from '../../clients/suites/verdict.ts';

const report = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" tests="5">
<testcase classname="kazoo.tests.test_a.A" name="test_good" time="0.500" />
<testcase classname="kazoo.tests.test_a.A" name="test_bad[1 &lt; 2]" time="1"><failure message="assert &quot;x&quot; &gt; 1&#10;more">E  &lt;/testcase&gt;</failure></testcase>
<testcase classname="kazoo.tests.test_a.A" name="test_left_out" time="0"><skipped type="pytest.skip" message="no Kerberos">…</skipped></testcase>
<testcase classname="kazoo.tests.test_a.A" name="test_dirty" time="0.1" />
<testcase classname="kazoo.tests.test_a.A" name="test_dirty" time="0.2"><error message="failed on teardown">…</error></testcase>
</testsuite></testsuites>`;

describe("a report of pytest's", () => {
  test('is read test by test, with the first line of what went wrong', () => {
    expect(readJunit(report)).toEqual([
      { name: 'kazoo.tests.test_a.A.test_good', outcome: 'passed', message: '' },
      { name: 'kazoo.tests.test_a.A.test_bad[1 < 2]', outcome: 'failed', message: 'assert "x" > 1' },
      { name: 'kazoo.tests.test_a.A.test_left_out', outcome: 'skipped', message: 'no Kerberos' },
      { name: 'kazoo.tests.test_a.A.test_dirty', outcome: 'failed', message: 'failed on teardown' },
    ]);
  });

  test('that was cut off is none', () => {
    expect(() => readJunit('')).toThrow('this is no JUnit report');
  });
});

const passed = (name: string): TestResult => ({ name, outcome: 'passed', message: '' });
const failed = (name: string): TestResult => ({ name, outcome: 'failed', message: 'boom' });
const skipped = (name: string): TestResult => ({ name, outcome: 'skipped', message: 'not here' });

describe('a run of the suite', () => {
  test('is good where just what is listed fails', () => {
    expect(judge([passed('a'), failed('b'), skipped('c')], { b: 'why' }, 1)).toEqual({
      passed: 1,
      skipped: 1,
      expectedFailures: ['b'],
      complaints: [],
    });
  });

  test.each<[string, readonly TestResult[], Readonly<Record<string, string>>, number, string]>([
    ['a test off the list fails', [passed('a'), failed('b')], {}, 1, 'b failed: boom'],
    ['a listed test passes', [passed('a')], { a: 'why' }, 1, 'a passed: take it off the list'],
    ['a listed test is skipped', [passed('a'), skipped('b')], { b: 'why' }, 1, 'b skipped: take it off'],
    ['a listed test vanished', [passed('a')], { b: 'why' }, 1, 'b is listed but did not run'],
    ['too few passed', [passed('a')], {}, 2, 'only 1 passed, and at least 2 have to'],
  ])('is bad where %s', (_, results, list, least, complaint) => {
    expect(judge(results, list, least).complaints).toEqual([expect.stringContaining(complaint)]);
  });

  test('is good where what is unsteady passes, or fails, and bad where it did not run', () => {
    const judged = (results: readonly TestResult[]) => judge(results, {}, 0, { b: 'busy' });
    expect(judged([passed('b')])).toMatchObject({ complaints: [], expectedFailures: [] });
    expect(judged([failed('b')])).toMatchObject({ complaints: [], expectedFailures: ['b'] });
    expect(judged([passed('a')]).complaints).toEqual(['b is listed but did not run']);
  });

  test('in part is not asked for the rest of the list', () => {
    expect(judge([passed('a')], { b: 'why' }, undefined).complaints).toEqual([]);
  });

  test("of kazoo's is that of Apache ZooKeeper 3.9.5: nothing may fail", () => {
    expect(mayFail).toEqual({});
    expect(LEAST_PASSED).toBe(490);
  });
});
