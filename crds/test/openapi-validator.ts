import type { WrittenSchema } from './committed-crd.ts';

export interface Problem {
  readonly path: string;
  readonly problem: string;
}

/**
 * What the keywords of a structural schema have against a value: the part of the API server's validation that is not CEL.
 * Fields that the schema does not name are pruned by the API server, and a problem here.
 */
export function problemsOf(schema: WrittenSchema, value: unknown, path: string): Problem[] {
  const kind = kindOf(value);
  const wanted = schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : [schema.type ?? ''];
  if (!wanted.includes(kind)) return [{ path, problem: `must be ${wanted.join(' or ')}, is ${kind}` }];
  if (Array.isArray(value)) return problemsOfList(schema, value, path);
  if (typeof value === 'object' && value !== null) {
    return problemsOfObject(schema, value as Record<string, unknown>, path);
  }
  return problemsOfScalar(schema, value, path);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function problemsOfScalar(schema: WrittenSchema, value: unknown, path: string): Problem[] {
  const found: Problem[] = [];
  const refuse = (bad: boolean, problem: string) => {
    if (bad) found.push({ path, problem });
  };
  refuse(schema.enum !== undefined && !schema.enum.includes(value), `is none of ${schema.enum?.join(', ')}`);
  if (typeof value === 'number') {
    refuse(value < (schema.minimum ?? -Infinity), `is below ${schema.minimum}`);
    refuse(value > (schema.maximum ?? Infinity), `is above ${schema.maximum}`);
  }
  if (typeof value === 'string') {
    refuse(value.length < (schema.minLength ?? 0), 'is too short');
    refuse(value.length > (schema.maxLength ?? Infinity), 'is too long');
    refuse(
      schema.pattern !== undefined && !new RegExp(schema.pattern).test(value),
      `is not like ${schema.pattern}`,
    );
    refuse(schema.format === 'date-time' && Number.isNaN(Date.parse(value)), 'is no time');
  }
  return found;
}

function problemsOfList(schema: WrittenSchema, list: readonly unknown[], path: string): Problem[] {
  const found: Problem[] = [];
  if (list.length > (schema.maxItems ?? Infinity))
    found.push({ path, problem: `has over ${schema.maxItems} items` });
  const seen = new Set<string>();
  list.forEach((item, index) => {
    const at = `${path}[${index}]`;
    found.push(...problemsOf(schema.items ?? {}, item, at));
    const key = keyOf(schema, item, index);
    if (seen.has(key)) found.push({ path: at, problem: 'is there twice' });
    seen.add(key);
  });
  return found;
}

function keyOf(schema: WrittenSchema, item: unknown, index: number): string {
  if (schema['x-kubernetes-list-type'] === 'set') return JSON.stringify(item);
  if (schema['x-kubernetes-list-type'] !== 'map') return String(index);
  const fields = item as Record<string, unknown>;
  return JSON.stringify(schema['x-kubernetes-list-map-keys']?.map((key) => fields[key]));
}

function problemsOfObject(
  schema: WrittenSchema,
  object: Readonly<Record<string, unknown>>,
  path: string,
): Problem[] {
  const missing = (schema.required ?? [])
    .filter((name) => !Object.hasOwn(object, name))
    .map((name) => ({ path: `${path}.${name}`, problem: 'is missing' }));
  const crowded =
    Object.keys(object).length > (schema.maxProperties ?? Infinity)
      ? [{ path, problem: `has over ${schema.maxProperties} entries` }]
      : [];
  const below = Object.entries(object).flatMap(([name, value]) => {
    const property = schema.properties?.[name] ?? schema.additionalProperties;
    const at = `${path}.${name}`;
    return property === undefined ? [{ path: at, problem: 'is no field' }] : problemsOf(property, value, at);
  });
  return [...missing, ...crowded, ...below];
}
