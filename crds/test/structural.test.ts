import { describe, expect, test } from 'vitest';
import { applyDefaults } from './api-server-defaults.ts';
import { everySchema, type Placed, rootSchema, type WrittenSchema } from './committed-crd.ts';
import { problemsOf } from './openapi-validator.ts';

/** The keywords that this resource uses, all of them allowed in a structural schema. */
const keywords = new Set([
  'type',
  'description',
  'default',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'maxItems',
  'maxProperties',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
]);

const types = new Set(['object', 'array', 'string', 'integer', 'boolean']);

const rules: readonly {
  readonly name: string;
  readonly breaks: (placed: Placed) => boolean;
  readonly sample: WrittenSchema & Readonly<Record<string, unknown>>;
}[] = [
  {
    name: 'every schema has one type, but for integers or strings, which have none',
    breaks: ({ schema }) =>
      schema['x-kubernetes-int-or-string'] === true
        ? schema.type !== undefined
        : !types.has(schema.type ?? ''),
    sample: { description: 'a' },
  },
  {
    name: 'no keyword is used that a structural schema may not have',
    breaks: ({ schema }) => Object.keys(schema).some((keyword) => !keywords.has(keyword)),
    sample: { type: 'string', description: 'a', $ref: '#/definitions/a' },
  },
  {
    name: 'fields and free keys do not mix',
    breaks: ({ schema }) =>
      (schema.type === 'object') !==
        (schema.properties !== undefined || schema.additionalProperties !== undefined) ||
      (schema.properties !== undefined && schema.additionalProperties !== undefined),
    sample: { type: 'object', properties: {}, additionalProperties: { type: 'string' } },
  },
  {
    name: 'lists say what they hold, how they are merged, and how many they may be',
    breaks: ({ schema }) =>
      schema.type === 'array' &&
      (schema.items === undefined ||
        schema.maxItems === undefined ||
        schema['x-kubernetes-list-type'] === undefined),
    sample: { type: 'array', items: { type: 'string' }, maxItems: 3 },
  },
  {
    name: 'the keys of a list that is a map are required fields of its items',
    breaks: ({ schema }) =>
      (schema['x-kubernetes-list-type'] === 'map') !== (schema['x-kubernetes-list-map-keys'] !== undefined) ||
      (schema['x-kubernetes-list-map-keys'] ?? []).some((key) => !schema.items?.required?.includes(key)),
    sample: {
      type: 'array',
      items: { type: 'object', properties: { name: { type: 'string' } } },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    },
  },
  {
    name: 'everything that can grow is bounded, so that the cost of rules is',
    breaks: ({ schema }) =>
      (schema.type === 'string' &&
        schema.maxLength === undefined &&
        schema.enum === undefined &&
        schema.format === undefined) ||
      (schema['x-kubernetes-int-or-string'] === true && schema.maxLength === undefined) ||
      (schema.additionalProperties !== undefined && schema.maxProperties === undefined),
    sample: { type: 'string' },
  },
  {
    name: 'what is required is a field, and has no default that would hide that it is missing',
    breaks: ({ schema }) =>
      (schema.required ?? []).some((name) => {
        const field = schema.properties?.[name];
        return field === undefined || field.default !== undefined;
      }),
    sample: { type: 'object', required: ['a'], properties: { a: { type: 'string', default: 'b' } } },
  },
  {
    name: 'defaults are valid by their own schema, and complete once they are filled in',
    breaks: ({ schema }) => {
      if (schema.default === undefined) return false;
      const filled = structuredClone(schema.default);
      applyDefaults(schema, filled);
      return problemsOf(schema, filled, 'default').length > 0;
    },
    sample: { type: 'object', default: {}, required: ['a'], properties: { a: { type: 'string' } } },
  },
  {
    name: 'patterns are whole: from the beginning to the end',
    breaks: ({ schema: { pattern } }) =>
      pattern !== undefined && !(pattern.startsWith('^') && pattern.endsWith('$')),
    sample: { type: 'string', pattern: '[a-z]+' },
  },
];

const placed = everySchema(rootSchema);

describe('the schema is structural', () => {
  test.each(rules)('$name', ({ breaks, sample }) => {
    expect(breaks({ path: 'sample', schema: sample })).toBe(true);
    expect(placed.filter(breaks).map(({ path }) => path)).toEqual([]);
  });

  test('there is something to look at', () => {
    expect(placed.length).toBeGreaterThan(120);
  });

  test('what the API server fills in of the status is that nobody has looked yet; all else is only what was observed', () => {
    const defaulted = placed.flatMap(({ path, schema }) =>
      path.startsWith('status') && schema.default !== undefined ? [[path, schema.default]] : [],
    );
    expect(defaulted).toEqual([['status', { observedGeneration: -1 }]]);
  });
});

describe('kubectl explain', () => {
  test('says something of every field, in sentences', () => {
    const silent = placed.filter(
      ({ path, schema }) =>
        // Kubernetes describes metadata itself and lets no CRD do it.
        !path.startsWith('metadata') && !/^\S[\s\S]{3,}\.$/.test(schema.description ?? ''),
    );
    expect(silent.map(({ path }) => path)).toEqual([]);
  });
});

describe('conditions', () => {
  const conditions = placed.find(({ path }) => path === 'status.conditions')!.schema;

  test('are one per type, so that two writers do not lose each other', () => {
    expect(conditions['x-kubernetes-list-type']).toBe('map');
    expect(conditions['x-kubernetes-list-map-keys']).toEqual(['type']);
  });

  test('have the fields of metav1.Condition, of which only observedGeneration may be left out', () => {
    expect(Object.keys(conditions.items!.properties!).sort()).toEqual([
      'lastTransitionTime',
      'message',
      'observedGeneration',
      'reason',
      'status',
      'type',
    ]);
    expect([...conditions.items!.required!].sort()).toEqual([
      'lastTransitionTime',
      'message',
      'reason',
      'status',
      'type',
    ]);
    expect(conditions.items!.properties!.status!.enum).toEqual(['True', 'False', 'Unknown']);
  });
});
