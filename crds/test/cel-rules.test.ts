import { describe, expect, test } from 'vitest';
import { applyDefaults } from './api-server-defaults.ts';
import { type Case, cases } from './cases.ts';
import { brokenRules } from './cel-rules.ts';
import { rootSchema } from './committed-crd.ts';

function brokenBy({ name = 'demo', spec }: Case) {
  const object = structuredClone({ metadata: { name }, spec });
  applyDefaults(
    {
      ...rootSchema,
      properties: { ...rootSchema.properties, metadata: { type: 'object', additionalProperties: {} } },
    },
    object,
  );
  return brokenRules(rootSchema, object);
}

// What says of the converter's output that the API server would take it, has to say of each of these writes what the API server says.
describe('the rules, as they are translated for tests', () => {
  test.each(cases.filter(({ refused, before }) => refused === undefined && before === undefined))(
    'let pass: $title',
    (each) => {
      expect(brokenBy(each)).toEqual([]);
    },
  );

  const refused = cases.flatMap((each) =>
    each.refused?.by === 'rule' ? [{ ...each, refused: each.refused }] : [],
  );
  test.each(refused.filter(({ before, refused: { says } }) => before === undefined || says.includes('odd')))(
    'refuse: $title',
    (each) => {
      const { at, says } = each.refused;
      expect(brokenBy(each).some(({ path, problem }) => path === at && problem.includes(says))).toBe(true);
    },
  );
});
