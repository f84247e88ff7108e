import type { Configuration } from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import { DigestCheck, type DigestVerdict } from '../../../src/replica/leader/digest-check.ts';

function configurationOf(voters: readonly number[], learners: readonly number[] = []): Configuration {
  return { index: 1, voters, outgoing: [], learners, contexts: new Map() };
}

const three = configurationOf([1, 2, 3]);

/** The verdict after each of these digests at index 10. */
function verdicts(
  self: number,
  configuration: Configuration,
  told: readonly (readonly [number, string])[],
): DigestVerdict['kind'][] {
  const check = new DigestCheck(self);
  return told.map(([id, digest]) => check.record(10, id, digest, configuration).kind);
}

describe('the digests of a checkpoint', () => {
  test('are equal once a majority says so with this member', () => {
    expect(
      verdicts(1, three, [
        [1, 'a'],
        [2, 'a'],
        [3, 'a'],
      ]),
    ).toEqual(['unknown', 'equal', 'equal']);
  });

  test('say nothing before this member has its own', () => {
    expect(
      verdicts(1, three, [
        [2, 'a'],
        [3, 'a'],
        [1, 'a'],
      ]),
    ).toEqual(['unknown', 'unknown', 'equal']);
  });

  test('convict this member where a majority agrees without it, and say who said what', () => {
    expect(
      verdicts(1, three, [
        [1, 'b'],
        [2, 'a'],
        [3, 'a'],
      ]),
    ).toEqual(['unknown', 'unknown', 'diverged']);
    const check = new DigestCheck(1);
    check.record(10, 2, 'a', three);
    check.record(10, 3, 'a', three);
    expect(check.record(10, 1, 'b', three)).toEqual({ kind: 'diverged', index: 10, own: 'b', majority: 'a' });
  });

  test('do not convict a member that is in the majority', () => {
    expect(
      verdicts(2, three, [
        [1, 'b'],
        [2, 'a'],
        [3, 'a'],
      ]).at(-1),
    ).toBe('equal');
  });

  test('convict nobody where all differ: that is an alarm', () => {
    expect(
      verdicts(1, three, [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
      ]),
    ).toEqual(['unknown', 'unknown', 'split']);
    const four = configurationOf([1, 2, 3, 4]);
    expect(
      verdicts(1, four, [
        [1, 'a'],
        [2, 'a'],
        [3, 'b'],
        [4, 'b'],
      ]).at(-1),
    ).toBe('split');
  });

  test('of learners do not count, and a learner is judged by the voters', () => {
    const configuration = configurationOf([1, 2, 3], [4, 5]);
    expect(
      verdicts(1, configuration, [
        [1, 'a'],
        [4, 'b'],
        [5, 'b'],
      ]),
    ).toEqual(['unknown', 'unknown', 'unknown']);
    expect(
      verdicts(4, configuration, [
        [4, 'b'],
        [1, 'a'],
        [2, 'a'],
      ]).at(-1),
    ).toBe('diverged');
  });

  test('of two checkpoints are not mixed', () => {
    const check = new DigestCheck(1);
    check.record(10, 1, 'a', three);
    check.record(11, 2, 'b', three);
    expect(check.record(11, 3, 'b', three).kind).toBe('unknown');
  });

  test('of a member alone are equal to themselves', () => {
    expect(verdicts(1, configurationOf([1]), [[1, 'a']])).toEqual(['equal']);
  });

  test('are remembered for the last 16 checkpoints only', () => {
    const check = new DigestCheck(1);
    for (let index = 1; index <= 100; index++) check.record(index, 2, 'a', three);
    check.record(84, 3, 'a', three);
    expect(check.record(84, 1, 'b', three).kind).toBe('unknown');
    check.record(100, 3, 'a', three);
    expect(check.record(100, 1, 'b', three).kind).toBe('diverged');
  });
});
