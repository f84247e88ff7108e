import { isMapNode, isObjectNode, type SchemaNode } from './node.ts';

/**
 * The value with the schema's defaults filled in, as the API server does it: what is left out, or null (no field here may be),
 * becomes its default, which is filled in turn; what has no default stays out. The value itself is not changed. Fields that
 * the schema does not name are dropped, as the API server prunes them. A value of a wrong shape is left as it is.
 */
export function fillDefaults(node: SchemaNode, value: unknown): unknown {
  if (isObjectNode(node)) return isRecord(value) ? fillObject(node.properties, value) : value;
  if (isMapNode(node)) return isRecord(value) ? withoutNulls(value) : value;
  if ('items' in node) {
    return Array.isArray(value) ? value.map((item) => fillDefaults(node.items, item)) : value;
  }
  return value;
}

function fillObject(
  properties: Readonly<Record<string, SchemaNode>>,
  value: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const filled: Record<string, unknown> = {};
  for (const [name, node] of Object.entries(properties)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    const present = given ?? node.default;
    if (present !== undefined) filled[name] = fillDefaults(node, present);
  }
  return filled;
}

function withoutNulls(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== null));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
