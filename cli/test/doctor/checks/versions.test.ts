import { expect, test } from 'vitest';
import { featureLevel, provenDifference, versions } from '../../../src/doctor/checks/versions.ts';
import { report, withMembers, withReports } from '../examined.ts';

test('members of different versions', () => {
  expect(versions(withMembers({ 1: { version: undefined } }))).toEqual([]);
  expect(versions(withMembers({ 3: { version: '0.4.0' } }))[0]?.what).toBe(
    'The members run different versions: 0.3.0 (1, 2), 0.4.0 (3).',
  );
});

test('a feature level below what all could run', () => {
  expect(featureLevel(withMembers({}))).toEqual([]);
  const above = { highestFeatureLevel: 3 };
  expect(featureLevel(withMembers({ 1: above, 2: above }))).toEqual([]);
  expect(featureLevel(withMembers({ 1: above, 2: above, 3: above }))).toMatchObject([
    { check: 'feature-level', level: 'advice', what: 'Feature level 2 is in force, and all members run 3.' },
  ]);
  // One that did not say may run less.
  expect(featureLevel(withMembers({ 1: above, 2: above, 3: { highestFeatureLevel: undefined } }))).toEqual(
    [],
  );
});

test('a version whose state is not that of the others', () => {
  expect(provenDifference(withReports(report(1)))).toEqual([]);
  expect(provenDifference(withReports(report(1), report(255, { differsAt: 70_123 })))).toMatchObject([
    {
      check: 'version-differs',
      level: 'wrong',
      members: [255],
      what: expect.stringContaining('index 70,123'),
    },
  ]);
});
