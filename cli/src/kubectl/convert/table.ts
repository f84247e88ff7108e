import type { Draft } from './draft.ts';

export type Values = Readonly<Record<string, unknown>>;

/** One key that somebody has set. */
export interface Given {
  /** Such as `persistence.size`. */
  readonly key: string;
  readonly value: unknown;
  /** All that was given, for what only means something together. */
  readonly values: Values;
  readonly draft: Draft;
  /** `--name`, or what the object is called. */
  readonly name: string;
}

/** What becomes of a key: it is told by `take`, or by the reason why nothing is to be taken. */
export type Row =
  | { readonly take: (given: Given) => void }
  | { readonly notNeeded: string }
  | { readonly noCounterpart: string };

/**
 * A row for each key, by its path; `*` stands for one name that the user chooses. A row stands for all that is below its key, unless
 * another one is nearer.
 */
export type Table = Readonly<Record<string, Row>>;

export const take = (body: (given: Given) => void): Row => ({ take: body });
export const notNeeded = (why: string): Row => ({ notNeeded: why });
export const noCounterpart = (why: string): Row => ({ noCounterpart: why });

/** Not needed where it says what is so anyway; else what cannot be had. */
export function always(usual: readonly unknown[], why: string, otherwise: string): Row {
  return take(({ key, value, draft }) => {
    if (usual.includes(value)) draft.notNeeded(key, why);
    else draft.leave(key, otherwise);
  });
}

export function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What charts and CRDs take for nothing said. */
export function isUnset(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every(isUnset);
}

/** The value of `persistence.size`; undefined where there is none. */
export function valueAt(values: Values, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (above, name) => (isObject(above) && Object.hasOwn(above, name) ? above[name] : undefined),
      values,
    );
}

/** As YAML or as text. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** A text that may be written as a number. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

export class Rows {
  readonly #rows: ReadonlyMap<string, Row>;
  /** Keys above rows. */
  readonly #above = new Set<string>();

  constructor(table: Table) {
    this.#rows = new Map(Object.entries(table));
    for (const key of this.#rows.keys())
      for (let dot = key.lastIndexOf('.'); dot > 0; dot = key.lastIndexOf('.', dot - 1))
        this.#above.add(key.slice(0, dot));
  }

  /** The row of the key itself, or the nearest one above it; which one that is. */
  rowOf(key: string): string | undefined {
    const names = key.split('.');
    for (let length = names.length; length > 0; length--) {
      const found = this.#patternOf(names.slice(0, length), this.#rows);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /**
   * Has each key that somebody has set judged; what is unset is passed over.
   *
   * @param shown a key as it is told of
   */
  judge(values: Values, given: Pick<Given, 'draft' | 'name'>, shown = (key: string) => key): void {
    const walk = (below: Values, path: readonly string[]): void => {
      for (const [name, value] of Object.entries(below)) {
        if (isUnset(value)) continue;
        const names = [...path, name];
        const above = this.#patternOf(names, this.#above);
        if (above !== undefined && isObject(value)) walk(value, names);
        else
          this.#apply(this.rowOf(names.join('.')), { ...given, values, key: shown(names.join('.')), value });
      }
    };
    walk(values, []);
  }

  #apply(pattern: string | undefined, given: Given): void {
    const { draft, key, value } = given;
    const row = pattern === undefined ? undefined : this.#rows.get(pattern);
    if (row === undefined) draft.leave(key, 'this key is not known here: look what it did');
    else if ('take' in row) row.take(given);
    else if (asksForNothing(value)) return;
    else if ('notNeeded' in row) draft.notNeeded(key, row.notNeeded);
    else draft.leave(key, row.noCounterpart);
  }

  #patternOf(names: readonly string[], among: { has(pattern: string): boolean }): string | undefined {
    const exact = names.join('.');
    if (among.has(exact)) return exact;
    for (let star = 0; star < names.length; star++) {
      const pattern = names.with(star, '*').join('.');
      if (among.has(pattern)) return pattern;
    }
    return undefined;
  }
}

/** What is switched off has no need of a counterpart. */
function asksForNothing(value: unknown): boolean {
  if (value === false || isUnset(value)) return true;
  return isObject(value) && (value.enabled === false || Object.values(value).every(asksForNothing));
}
