import type { CelRule } from '../src/schema/node.ts';
import type { WrittenSchema } from './committed-crd.ts';
import type { Problem } from './openapi-validator.ts';

type Fields = Readonly<Record<string, unknown>>;

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** What CEL has that JavaScript has not. */
const functions = {
  has: (field: () => unknown) => field() !== undefined && field() !== null,
  matches: (text: string, pattern: string) => new RegExp(pattern).test(text),
  all: (map: Fields, holds: (key: string) => boolean) => Object.keys(map).every(holds),
  size: (of: string | readonly unknown[]) => of.length,
  string: String,
  duration: (text: string) => {
    const [, count, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? fail(text);
    const ms = Number(count) * UNITS_MS[unit!]!;
    return { valueOf: () => ms, getMilliseconds: () => ms };
  },
  quantity: (text: string) => {
    const [, count, unit] = /^([\d.]+)(m|[kMGTP]|[KMGTP]i)?$/.exec(text) ?? fail(text);
    const value = Number(count) * UNITS[unit ?? '']!;
    const compareTo = (other: { readonly value: number }) => Math.sign(value - other.value);
    return { value, compareTo, isGreaterThan: (other: { readonly value: number }) => value > other.value };
  },
};

function fail(text: string): never {
  throw new RangeError(`CEL could not read ${text}`);
}

/** As JavaScript: the part of CEL that the rules of this resource use. */
function translated(rule: string): string {
  return rule
    .replaceAll(/\br'([^']*)'/g, (_, pattern: string) => `String.raw\`${pattern}\``)
    .replaceAll(/has\(([\w.]+)\)/g, 'has(() => $1)')
    .replaceAll(/(string\([\w.]+\)|[\w.]+)\.matches\(/g, 'matches($1, ')
    .replaceAll(/([\w.]+)\.all\((\w+), /g, 'all($1, ($2) => ')
    .replaceAll(/([\w.]+) in (\[[^\]]*\])/g, '$2.includes($1)');
}

const compiled = new Map<string, (self: unknown) => unknown>();

function holds({ rule }: CelRule, self: unknown): boolean {
  let check = compiled.get(rule);
  if (check === undefined) {
    const body = new Function(
      'cel',
      'self',
      `const { ${Object.keys(functions).join(', ')} } = cel; return ${translated(rule)};`,
    );
    check = (value) => body(functions, value) as unknown;
    compiled.set(rule, check);
  }
  try {
    return check(self) === true;
  } catch {
    // What a rule cannot be evaluated for is refused, too.
    return false;
  }
}

/**
 * Which CEL rules the API server would refuse a new object by, once it has filled in the defaults, and with which message. Rules over updates
 * are passed over.
 */
export function brokenRules(schema: WrittenSchema, value: unknown, path = ''): Problem[] {
  const own = (schema['x-kubernetes-validations'] ?? [])
    .filter((rule) => !rule.rule.includes('oldSelf') && !holds(rule, value))
    .map(({ fieldPath, message }) => ({
      path: `${path}${fieldPath ?? ''}`.replace(/^\./, ''),
      problem: message,
    }));
  return [...own, ...below(schema, value, path)];
}

function below(schema: WrittenSchema, value: unknown, path: string): Problem[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => brokenRules(schema.items ?? {}, item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    Object.hasOwn(value, name)
      ? brokenRules(property, (value as Fields)[name], path === '' ? name : `${path}.${name}`)
      : [],
  );
}
