import { Fitness } from 'raft-ts-lite';
import { describe, expect, it } from 'vitest';
import { FitnessToLead } from '../../src/fitness-to-lead.ts';

const roomy = { spaceLow: () => false };
const scarce = { spaceLow: () => true };

describe('a member whose disk is nearly full', () => {
  it('stays fit to lead through a shortage that the room-making under way ends, again and again', () => {
    const fitness = new FitnessToLead();
    for (let tick = 0; tick < 2_000; tick += 10) {
      const isBetweenSegmentAndPurge = tick % 500 < 150;
      expect(fitness.review(false, tick, isBetweenSegmentAndPurge ? scarce : roomy)).toBe(Fitness.able);
    }
  });

  it('is short once the shortage has lasted for two looks at the disk, and fit again as soon as there is room', () => {
    const fitness = new FitnessToLead();
    expect(fitness.review(false, 1_000, scarce)).toBe(Fitness.able);
    expect(fitness.review(false, 1_199, scarce)).toBe(Fitness.able);
    expect(fitness.review(false, 1_200, scarce)).toBe(Fitness.short);
    expect(fitness.review(false, 1_210, roomy)).toBe(Fitness.able);
    expect(fitness.review(false, 1_220, scarce)).toBe(Fitness.able);
  });

  it('is about to stop rather than short while it is drained', () => {
    const fitness = new FitnessToLead();
    expect(fitness.review(true, 10, roomy)).toBe(Fitness.leaving);
    expect(fitness.review(true, 500, scarce)).toBe(Fitness.leaving);
  });
});
