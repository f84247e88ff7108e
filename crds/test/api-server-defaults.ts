import type { WrittenSchema } from './committed-crd.ts';

/**
 * What the API server makes of a document when it reads the CRD: structural defaulting as its documentation tells it, written
 * apart from the code under test and over the file. Works on the document in place: prune, drop nulls, then fill in.
 */
export function applyDefaults(schema: WrittenSchema, document: unknown): void {
  if (Array.isArray(document)) {
    for (const item of document) if (schema.items !== undefined) applyDefaults(schema.items, item);
    return;
  }
  if (typeof document !== 'object' || document === null) return;
  const object = document as Record<string, unknown>;
  for (const name of Object.keys(object)) {
    const known = schema.additionalProperties !== undefined || schema.properties?.[name] !== undefined;
    if (!known || object[name] === null) delete object[name];
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (!(name in object) && property.default !== undefined) object[name] = structuredClone(property.default);
    if (name in object) applyDefaults(property, object[name]);
  }
}
