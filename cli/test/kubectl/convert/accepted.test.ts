import { describe, expect, test } from 'vitest';
import { Random } from '../../../../testkit/src/random.ts';
import { Refusal, UsageError } from '../../../src/failures.ts';
import { convert, SOURCES } from '../../../src/kubectl/convert/convert.ts';
import { refusals } from './accepted.ts';
import { inputOf, randomly } from './inputs.ts';
import { keysOf } from './keys.ts';

const SEEDS = 400;

describe.each(SOURCES)('whatever of %s is set', (source) => {
  const keys = keysOf(source);

  test('it becomes a CoordinationCluster that the API server takes, and each key is told of once', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const given = randomly(new Random(seed), keys);
      const input = inputOf(source, given);
      const { cluster, remarks } = convert([input], { from: source, name: 'zk', version: '0.3.0' });
      const what = `seed ${seed}: ${JSON.stringify(input)}`;
      expect(refusals(cluster), what).toEqual([]);
      expect(new Set(remarks.map(({ key }) => key)).size, what).toBe(remarks.length);
      for (const { is, field, why } of remarks)
        expect(is === 'taken' ? field : why, what).toMatch(is === 'taken' ? /^spec\./ : /\w/);
    }
  });

  test('it is refused in one line, or converted, under any name', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = new Random(seed);
      const name = random.pick(['zk', 'zk-1', 'Z', '1zk', 'a'.repeat(41), 'zk.example', '']);
      try {
        const { cluster } = convert([inputOf(source, randomly(random, keys))], { name, version: '0.3.0' });
        expect(refusals(cluster), `seed ${seed}`).toEqual([]);
      } catch (error) {
        expect(error instanceof Refusal || error instanceof UsageError, `seed ${seed}: ${error}`).toBe(true);
      }
    }
  });
});
