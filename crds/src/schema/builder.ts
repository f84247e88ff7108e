import type {
  ArrayNode,
  BooleanNode,
  CelRule,
  IntegerNode,
  IntOrStringNode,
  JsonValue,
  MapNode,
  ObjectNode,
  SchemaNode,
  StringNode,
} from './node.ts';

/**
 * Builders of a structural schema that carry TypeScript types along. `Input` is what a person may write, `Output` what is there
 * once the API server has filled in the defaults: what has a default may be left out of the one and is always in the other.
 */
export type Presence = 'required' | 'optional' | 'defaulted';

export interface Field<Input, Output, P extends Presence = Presence, N extends SchemaNode = SchemaNode> {
  readonly node: N;
  readonly presence: P;
  /** Never there when the program runs; only the compiler looks at it. */
  readonly types?: readonly [input: Input, output: Output];
}

export type RequiredField<T, N extends SchemaNode = SchemaNode> = Field<T, T, 'required', N>;

export type InputOf<F> = F extends { readonly types?: readonly [infer Input, unknown] } ? Input : never;
export type OutputOf<F> = F extends { readonly types?: readonly [unknown, infer Output] } ? Output : never;

type Fields = Readonly<Record<string, Field<unknown, unknown>>>;
type Flat<T> = { readonly [K in keyof T]: T[K] };
type KeysOf<F extends Fields, P extends Presence> = {
  [K in keyof F]: F[K]['presence'] extends P ? K : never;
}[keyof F];

export type ObjectInput<F extends Fields> = Flat<
  { [K in KeysOf<F, 'required'>]: InputOf<F[K]> } & {
    [K in KeysOf<F, 'optional' | 'defaulted'>]?: InputOf<F[K]>;
  }
>;
export type ObjectOutput<F extends Fields> = Flat<
  { [K in KeysOf<F, 'required' | 'defaulted'>]: OutputOf<F[K]> } & {
    [K in KeysOf<F, 'optional'>]?: OutputOf<F[K]>;
  }
>;

type Options<N extends SchemaNode> = Partial<Omit<N, 'type' | 'description' | 'default' | 'properties'>>;

export function text(description: string, options: Options<StringNode> & { maxLength: number }) {
  return required<string, StringNode>({ type: 'string', description, ...options });
}

/**
 * A text of one form. The pattern is there twice: as a keyword, for editors and checkers that read no CEL, and as a rule, because
 * what the keyword's own error shows is the expression. The pattern has no single quote: it becomes a raw text of CEL. The
 * further rules may rely on it: they hold by themselves where the form is wrong, so that only that is reported.
 */
export function textLike(
  description: string,
  pattern: string,
  message: string,
  options: { maxLength: number },
  ...further: readonly CelRule[]
) {
  const form = `self.matches(r'${pattern}')`;
  const guarded = further.map((rule) => ({ ...rule, rule: `!${form} || (${rule.rule})` }));
  return text(description, { ...options, pattern, ...rules({ rule: form, message }, ...guarded) });
}

export function choice<const T extends string>(description: string, values: readonly T[]) {
  return required<T, StringNode>({ type: 'string', description, enum: values });
}

export function time(description: string) {
  return required<string, StringNode>({ type: 'string', description, format: 'date-time' });
}

export function truth(description: string) {
  return required<boolean, BooleanNode>({ type: 'boolean', description });
}

export function integer(description: string, options: Options<IntegerNode>) {
  return required<number, IntegerNode>({ type: 'integer', description, format: 'int32', ...options });
}

export function intOrString(
  description: string,
  options: Omit<Options<IntOrStringNode>, 'x-kubernetes-int-or-string'>,
) {
  return required<number | string, IntOrStringNode>({
    description,
    'x-kubernetes-int-or-string': true,
    ...options,
  });
}

export function map(
  description: string,
  values: RequiredField<string, StringNode>,
  maxProperties: number,
  more: { 'x-kubernetes-validations'?: readonly CelRule[] } = {},
) {
  return required<Readonly<Record<string, string>>, MapNode>({
    type: 'object',
    description,
    additionalProperties: values.node,
    maxProperties,
    ...more,
  });
}

export function list<I, O>(
  description: string,
  items: Field<I, O, 'required'>,
  options: Omit<ArrayNode, 'type' | 'description' | 'items' | 'default'>,
): Field<readonly I[], readonly O[], 'required', ArrayNode> {
  return {
    node: { type: 'array', description, items: items.node, ...options },
    presence: 'required',
  };
}

export function object<const F extends Fields>(
  description: string,
  fields: F,
  options: Options<ObjectNode> = {},
): Field<ObjectInput<F>, ObjectOutput<F>, 'required', ObjectNode> {
  const entries = Object.entries(fields);
  const names = entries.filter(([, field]) => field.presence === 'required').map(([name]) => name);
  const properties = Object.fromEntries(entries.map(([name, field]) => [name, field.node]));
  const named = names.length === 0 ? {} : { required: names };
  return {
    node: { type: 'object', description, ...named, properties, ...options },
    presence: 'required',
  };
}

/** May be left out, and then is not there. */
export function optional<I, O>(field: Field<I, O, 'required'>): Field<I, O, 'optional'> {
  return { node: field.node, presence: 'optional' };
}

/** May be left out, and then is `value`. */
export function defaulted<I extends JsonValue, O>(
  field: Field<I, O, 'required'>,
  value: NoInfer<I>,
): Field<I, O, 'defaulted'> {
  return { node: { ...field.node, default: value }, presence: 'defaulted' };
}

/**
 * May be left out, and then is an object of its own fields' defaults. The API server checks the rules of the object on the bare `{}`, too,
 * when it takes the CRD: a rule has to ask whether a field is there before it reads it, although afterwards it always is.
 */
export function section<I, O>(field: Field<I, O, 'required', ObjectNode>): Field<I, O, 'defaulted'> {
  return { node: { ...field.node, default: {} }, presence: 'defaulted' };
}

export function rules(...all: readonly CelRule[]): { 'x-kubernetes-validations': readonly CelRule[] } {
  return { 'x-kubernetes-validations': all };
}

function required<T, N extends SchemaNode>(node: N): RequiredField<T, N> {
  return { node, presence: 'required' };
}
