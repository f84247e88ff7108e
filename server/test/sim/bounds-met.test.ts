import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { BOUNDS_MET } from '../../sim/bounds-met.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('a bound that the simulator cannot meet is met by a test that is there', () => {
  for (const [bound, each] of Object.entries(BOUNDS_MET)) {
    if ('test' in each) expect(existsSync(`${root}/${each.test}`), `${bound}: ${each.test}`).toBe(true);
  }
});
