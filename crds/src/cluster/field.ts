import { isObjectNode, type SchemaNode } from '../schema/node.ts';
import { problemOf } from '../schema/problems.ts';
import { spec } from './spec.ts';

/**
 * What the schema's keywords have against a value of one field of a spec, in words; undefined: nothing. The CEL rules, which only the API server
 * runs, are not looked at.
 *
 * @param field such as `config.tickTime`. Throws a RangeError where there is no such field
 */
export function problemOfField(field: string, value: unknown): string | undefined {
  let node: SchemaNode = spec.node;
  for (const name of field.split('.')) {
    const next: SchemaNode | undefined = isObjectNode(node) ? node.properties[name] : undefined;
    if (next === undefined) throw new RangeError(`spec.${field} is no field`);
    node = next;
  }
  return problemOf(node, value);
}

/** The same spec, its fields in the order of the schema. */
export function inSchemaOrder(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return ordered(spec.node, given) as Record<string, unknown>;
}

function ordered(node: SchemaNode, value: unknown): unknown {
  if (!isObjectNode(node) || typeof value !== 'object' || value === null) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(node.properties).flatMap(([name, below]) =>
      Object.hasOwn(fields, name) ? [[name, ordered(below, fields[name])]] : [],
    ),
  );
}
