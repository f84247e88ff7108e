import { inSchemaOrder, problemOfField } from '@rookery/crds';

/** What became of one key of what was converted. */
export interface Remark {
  readonly key: string;
  readonly is: 'taken' | 'not-needed' | 'no-counterpart';
  /** The field of the CoordinationCluster, where it was taken. */
  readonly field?: string;
  /** What that field holds now. */
  readonly value?: unknown;
  readonly why?: string;
}

type Entries = Readonly<Record<string, unknown>>;
type Fields = Record<string, unknown>;

const TEMPLATE = 'it is a template of Helm: write what that gives';

/**
 * The spec as it grows, and what is said of each key. A value that the schema refuses is never put into it: it is left out, and that is
 * told.
 */
export class Draft {
  readonly #spec: Fields = {};
  readonly #remarks: Remark[] = [];
  /** Which remark tells of a field. */
  readonly #tellsOf = new Map<string, number>();

  get remarks(): readonly Remark[] {
    return this.#remarks;
  }

  get spec(): Fields {
    return inSchemaOrder(this.#spec);
  }

  /** What a field holds; undefined: nothing yet. */
  at(field: string): unknown {
    return field
      .split('.')
      .reduce<unknown>((above, name) => (above as Fields | undefined)?.[name], this.#spec);
  }

  /** The field has this value now, whatever it had. Whether it was taken. */
  take(key: string, field: string, value: unknown, why?: string): boolean {
    const problem = hasTemplate(value) ? TEMPLATE : problemOfField(field, value);
    if (problem !== undefined) {
      this.leave(key, problem === TEMPLATE ? problem : `spec.${field} would not be accepted: it ${problem}`);
      return false;
    }
    this.#set(field, value);
    const before = this.#tellsOf.get(field);
    if (before !== undefined && this.#remarks[before]!.key !== key)
      this.#remarks[before] = {
        key: this.#remarks[before]!.key,
        is: 'not-needed',
        why: `${key} says what spec.${field} is`,
      };
    this.#tellsOf.set(field, this.#remarks.length);
    this.#remarks.push({
      key,
      is: 'taken',
      field: `spec.${field}`,
      value,
      ...(why === undefined ? {} : { why }),
    });
    return true;
  }

  /** Further entries of a map. What is there already stays where `under` says so. */
  add(
    key: string,
    field: string,
    entries: Entries,
    options: { readonly under?: boolean; readonly why?: string } = {},
  ): void {
    const there = (this.at(field) ?? {}) as Entries;
    const all = options.under === true ? { ...entries, ...there } : { ...there, ...entries };
    const problem = hasTemplate(entries) ? TEMPLATE : problemOfField(field, all);
    if (problem !== undefined) {
      this.leave(key, problem === TEMPLATE ? problem : `spec.${field} would not be accepted: ${problem}`);
      return;
    }
    this.#set(field, all);
    const { why } = options;
    this.#remarks.push({
      key,
      is: 'taken',
      field: `spec.${field}`,
      value: entries,
      ...(why === undefined ? {} : { why }),
    });
  }

  /** What else has to be so because of what was taken; told with that. */
  complete(field: string, value: unknown): void {
    this.#set(field, value);
  }

  notNeeded(key: string, why: string): void {
    this.#remarks.push({ key, is: 'not-needed', why });
  }

  leave(key: string, why: string): void {
    this.#remarks.push({ key, is: 'no-counterpart', why });
  }

  /** The field is not there any more, because it contradicts another. */
  withdraw(field: string, why: string): void {
    const names = field.split('.');
    const last = names.pop()!;
    const above = names.length === 0 ? this.#spec : (this.at(names.join('.')) as Fields | undefined);
    if (above === undefined || !Object.hasOwn(above, last)) return;
    delete above[last];
    const index = this.#tellsOf.get(field);
    if (index === undefined) return;
    this.#remarks[index] = { key: this.#remarks[index]!.key, is: 'no-counterpart', why };
    this.#tellsOf.delete(field);
  }

  #set(field: string, value: unknown): void {
    const names = field.split('.');
    const last = names.pop()!;
    let above = this.#spec;
    for (const name of names) {
      above[name] ??= {};
      above = above[name] as Fields;
    }
    above[last] = value;
  }
}

/** Of a text, or of any text below. */
function hasTemplate(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('{{');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, below]) => key.includes('{{') || hasTemplate(below));
}
