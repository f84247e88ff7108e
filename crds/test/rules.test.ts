import { describe, expect, test } from 'vitest';
import { cases } from './cases.ts';
import { everySchema, rootSchema } from './committed-crd.ts';

const placed = everySchema(rootSchema).flatMap(({ path, schema }) =>
  (schema['x-kubernetes-validations'] ?? []).map((rule) => ({ path, ...rule })),
);

/** The rules that blame this field, with the indexes of lists taken out. */
function rulesAt(field: string) {
  const path = field.replaceAll(/\[\d+\]/g, '[]');
  return placed.filter((rule) => `${rule.path}${rule.fieldPath ?? ''}`.replace(/^\./, '') === path);
}

function messagesAt(field: string): string {
  return rulesAt(field)
    .map(({ message }) => message)
    .join('\n');
}

// Rules are CEL, which only the API server runs: here it is held that they are there, where they are, and what they tell people.
describe('CEL rules', () => {
  test.each(
    cases.flatMap((each) => (each.refused?.by === 'rule' ? [{ ...each.refused, title: each.title }] : [])),
  )('$title: there is a rule at $at that tells what to write', ({ at, says }) => {
    expect(messagesAt(at)).toContain(says);
  });

  test('no rule goes without a write in the table that it refuses', () => {
    const told = cases.flatMap(({ refused }) => (refused?.by === 'rule' ? [refused.says] : []));
    const kinds = new Set(placed.map(({ message }) => message));
    const untried = [...kinds].filter((message) => !told.some((says) => message.includes(says)));
    expect(untried).toEqual([]);
  });

  test('every message says what to write, to leave, or why it cannot be', () => {
    expect(placed.filter(({ message }) => !/\b(write|leave)\b/.test(message))).toEqual([]);
  });

  test('odd replicas: the rule is on spec, so that an update by /scale meets it with every other field', () => {
    const rule = placed.find(({ rule: text }) => text.includes('allowEvenReplicas'))!;
    expect(rule.path).toBe('spec');
    expect(rule.rule).not.toContain('oldSelf');
  });

  test('no shrinking, and no change of the class, are asked of updates only', () => {
    const transitions = placed.filter(({ rule }) => rule.includes('oldSelf'));
    expect(transitions.map(({ path }) => path)).toEqual(['', 'spec.storage']);
  });

  test('the raw texts of CEL hold no quote that would end them', () => {
    const raw = placed.flatMap(({ rule }) => [...rule.matchAll(/r'(\^[^']*)'/g)].map((match) => match[1]!));
    expect(raw.length).toBeGreaterThan(5);
    expect(raw.filter((pattern) => !pattern.endsWith('$'))).toEqual([]);
  });

  test('rules read only fields that are there', () => {
    const fields = new Set(everySchema(rootSchema).map(({ path }) => path));
    const unknown = placed.flatMap(({ path, rule }) =>
      [...rule.matchAll(/\b(?:self|oldSelf)((?:\.[a-zA-Z]+)+)\b(\()?/g)]
        .map((match) => (match[2] === undefined ? match[1]! : match[1]!.replace(/\.[a-zA-Z]+$/, '')))
        .map((field) => `${path}${field}`.replace(/^\./, ''))
        .filter((field) => !fields.has(field)),
    );
    expect(unknown).toEqual([]);
  });
});
