import { expect, test } from 'vitest';
import { checkHistory } from '../../../sim/history/check.ts';
import { modelHistory } from './model.ts';

test('histories of a server that is right by construction pass, whatever was lost', () => {
  let unanswered = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const { operations } = modelHistory(seed, {
      operations: 300,
      clients: 1 + (seed % 6),
      paths: 2 + (seed % 5),
      lossChance: (seed % 8) / 100,
      depth: 1 + (seed % 4),
    });
    unanswered += operations.filter((operation) => operation.result.kind === 'unknown').length;
    expect(checkHistory(operations, ['/seq']), `seed ${seed}`).toEqual([]);
  }
  expect(unanswered).toBeGreaterThan(3_000);
});
