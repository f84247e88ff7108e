import { describe, test } from 'vitest';
import * as core from '../../src/index.ts';
import { allRules } from './all-rules.ts';

for (const [subject, rules] of Object.entries(allRules)) {
  describe(subject, () => {
    for (const { name, check } of rules) test(name, () => check(core));
  });
}
