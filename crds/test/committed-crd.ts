import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { CelRule } from '../src/schema/node.ts';

export const crdPath = join(resolve(import.meta.dirname, '..'), 'coordinationclusters.yaml');
export const crdText = readFileSync(crdPath, 'utf8');

/** A schema as the file has it, whatever keywords it uses. */
export interface WrittenSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, WrittenSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: WrittenSchema;
  readonly items?: WrittenSchema;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
}

interface WrittenCrd {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: Readonly<Record<string, unknown>>;
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly storage: boolean;
      readonly subresources: unknown;
      readonly additionalPrinterColumns: readonly { name: string; jsonPath: string; priority?: number }[];
      readonly schema: { readonly openAPIV3Schema: WrittenSchema };
    }[];
  };
}

export const crd = parse(crdText) as WrittenCrd;
export const crdVersion = crd.spec.versions[0]!;
export const rootSchema = crdVersion.schema.openAPIV3Schema;
export const specSchema = rootSchema.properties!.spec!;

export interface Placed {
  /** Such as `spec.image.pullSecrets[].name`; the values of a map are `{}`. */
  readonly path: string;
  readonly schema: WrittenSchema;
}

/** The schema and all below it. */
export function everySchema(schema: WrittenSchema, path = ''): Placed[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    everySchema(property, path === '' ? name : `${path}.${name}`),
  );
  const items = schema.items === undefined ? [] : everySchema(schema.items, `${path}[]`);
  const values =
    schema.additionalProperties === undefined ? [] : everySchema(schema.additionalProperties, `${path}{}`);
  return [{ path, schema }, ...below, ...items, ...values];
}
