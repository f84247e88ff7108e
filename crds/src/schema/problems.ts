import { type ArrayNode, isMapNode, isObjectNode, type SchemaNode } from './node.ts';

/**
 * What the keywords of a schema have against a value: the first thing that the API server would refuse without a look at CEL rules, in words;
 * undefined: nothing. Fields that the schema does not name are refused, too.
 *
 * @param at where the value is, for the words; '' where that is known
 */
export function problemOf(node: SchemaNode, value: unknown, at = ''): string | undefined {
  const said = (problem: string) => (at === '' ? problem : `${at} ${problem}`);
  if ('x-kubernetes-int-or-string' in node) return intOrStringProblem(node, value, said);
  if (isObjectNode(node) || isMapNode(node)) return objectProblem(node, value, at, said);
  switch (node.type) {
    case 'array': {
      if (!Array.isArray(value)) return said('has to be a list');
      if (value.length > node.maxItems) return said(`has more than ${node.maxItems} entries`);
      const twice = node['x-kubernetes-list-type'] === 'atomic' ? undefined : repeated(node, value);
      if (twice !== undefined) return said(`has ${twice} twice`);
      return first(value, (item, index) => problemOf(node.items, item, `${at}[${index}]`));
    }
    case 'boolean':
      return typeof value === 'boolean' ? undefined : said('has to be true or false');
    case 'integer': {
      if (!Number.isSafeInteger(value)) return said('has to be a whole number');
      const { minimum = -Infinity, maximum = Infinity } = node;
      const number = value as number;
      return number < minimum || number > maximum ? said(rangeWords(minimum, maximum)) : undefined;
    }
    case 'string':
      return typeof value === 'string' ? textProblem(node, value, said) : said('has to be a text');
  }
}

function rangeWords(minimum: number, maximum: number): string {
  return maximum === Infinity ? `has to be ${minimum} or more` : `has to be from ${minimum} to ${maximum}`;
}

interface TextKeywords {
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
}

function textProblem(
  node: TextKeywords,
  value: string,
  said: (problem: string) => string,
): string | undefined {
  if (node.enum !== undefined && !node.enum.includes(value))
    return said(`is none of ${node.enum.join(', ')}`);
  // As the API server counts: code points.
  const length = [...value].length;
  if (length < (node.minLength ?? 0)) return said('is too short');
  if (length > (node.maxLength ?? Infinity)) return said(`has more than ${node.maxLength} characters`);
  if (node.pattern !== undefined && !new RegExp(node.pattern).test(value)) return said('has another form');
  return undefined;
}

function intOrStringProblem(
  node: TextKeywords,
  value: unknown,
  said: (problem: string) => string,
): string | undefined {
  if (typeof value === 'string') return textProblem(node, value, said);
  return Number.isSafeInteger(value) ? undefined : said('has to be a whole number or a text');
}

function objectProblem(
  node: Extract<SchemaNode, { type: 'object' }>,
  value: unknown,
  at: string,
  said: (problem: string) => string,
): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return said('has to be an object');
  const below = (name: string) => (at === '' ? name : `${at}.${name}`);
  const entries = Object.entries(value);
  if (isMapNode(node)) {
    if (entries.length > node.maxProperties) return said(`has more than ${node.maxProperties} entries`);
    return first(entries, ([name, entry]) => problemOf(node.additionalProperties, entry, below(name)));
  }
  const missing = node.required?.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${below(missing)} is missing`;
  return first(entries, ([name, entry]) => {
    if (!Object.hasOwn(node.properties, name)) return `${below(name)} is no field`;
    return problemOf(node.properties[name]!, entry, below(name));
  });
}

/** What is there twice in a list that is a set, or a map by some of its fields. */
function repeated(node: ArrayNode, list: readonly unknown[]): string | undefined {
  const keys = node['x-kubernetes-list-map-keys'];
  const seen = new Set<string>();
  for (const item of list) {
    const fields = item as Readonly<Record<string, unknown>> | null | undefined;
    const key = JSON.stringify(keys === undefined ? item : keys.map((name) => fields?.[name]));
    if (seen.has(key)) return key;
    seen.add(key);
  }
  return undefined;
}

function first<T>(
  items: readonly T[],
  problem: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = problem(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
