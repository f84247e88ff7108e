import { expect, test } from 'vitest';
import { scenario } from './scenarios.ts';
import { walk } from './walk.ts';

test('a rolling update of three members, whatever comes first', () => {
  const { states, transitions, ends, violation } = walk(
    scenario('another version', [{ replicas: 3 }, { replicas: 3, version: '1.1.0' }]),
  );
  expect(violation).toBeUndefined();
  expect([...ends.keys()]).toEqual(['as the spec says']);
  expect(states).toBeGreaterThan(100);
  console.log(`walk: ${states} states, ${transitions} transitions`);
});
