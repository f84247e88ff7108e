import { expect, test } from 'vitest';
import type { Case } from '../../../crds/test/cases.ts';
import { complaintOf } from '../../operator/verdict.ts';

const wanted = 'spec.replicas';
const accepted: Case = { title: 'good', spec: {} };
const byKeyword: Case = { title: 'bad', spec: {}, refused: { by: 'keyword', at: wanted } };
const byRule: Case = {
  title: 'bad',
  spec: {},
  refused: { by: 'rule', at: wanted, says: 'write an odd number' },
};

function refusal(field: string, message: string) {
  return { code: 422, body: { message: `invalid: ${message}`, details: { causes: [{ field, message }] } } };
}

const oddWanted = refusal(wanted, 'Invalid value: "object": write an odd number of replicas');

test('finds nothing wrong with what is as the table says', () => {
  expect(complaintOf(accepted, { code: 201, body: {} })).toBeUndefined();
  expect(complaintOf(byRule, oddWanted)).toBeUndefined();
  expect(complaintOf(byKeyword, refusal(wanted, 'should be less than or equal to 7'))).toBeUndefined();
});

test.each([
  ['a good write was refused', accepted, oddWanted, 'good: refused with 422: invalid: '],
  ['a bad write was taken', byRule, { code: 201, body: {} }, 'bad: accepted, but spec.replicas is wrong'],
  ['another field is blamed', byKeyword, refusal('spec.version', 'Required'), 'not for spec.replicas'],
  [
    'the rule says other words',
    byRule,
    refusal(wanted, 'failed rule: self % 2 == 1'),
    'does not say "write an odd',
  ],
  [
    'the write was refused for another reason than its spec',
    byRule,
    { code: 409, body: { message: 'modified' } },
    'refused with 409 instead of 422: modified',
  ],
] as const)('says that %s', (_, each, answer, says) => {
  expect(complaintOf(each, answer)).toContain(says);
});
