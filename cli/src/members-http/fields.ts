/** An object of JSON that somebody else wrote: what is not there, or is of another kind, is undefined. */
export class Fields {
  readonly #object: Readonly<Record<string, unknown>>;

  constructor(value: unknown) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    this.#object = isObject ? (value as Record<string, unknown>) : {};
  }

  get names(): readonly string[] {
    return Object.keys(this.#object);
  }

  /** Of numbers alone. */
  get numbers(): Readonly<Record<string, number>> {
    const entries = Object.entries(this.#object).filter(([, value]) => typeof value === 'number');
    return Object.fromEntries(entries) as Record<string, number>;
  }

  number(name: string): number | undefined {
    const value = this.#object[name];
    if (typeof value === 'bigint') return Number(value);
    return typeof value === 'number' ? value : undefined;
  }

  /** Of whole numbers: ids of sessions do not fit a number. */
  integer(name: string): bigint | undefined {
    return integerOf(this.#object[name]);
  }

  text(name: string): string | undefined {
    const value = this.#object[name];
    return typeof value === 'string' ? value : undefined;
  }

  truth(name: string): boolean | undefined {
    const value = this.#object[name];
    return typeof value === 'boolean' ? value : undefined;
  }

  fields(name: string): Fields {
    return new Fields(this.#object[name]);
  }

  list(name: string): readonly Fields[] {
    const value = this.#object[name];
    return Array.isArray(value) ? value.map((each) => new Fields(each)) : [];
  }

  texts(name: string): readonly string[] {
    const value = this.#object[name];
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  }

  numberList(name: string): readonly number[] {
    const value = this.#object[name];
    return Array.isArray(value) ? value.filter((each) => typeof each === 'number') : [];
  }

  integers(name: string): readonly bigint[] {
    const value = this.#object[name];
    return Array.isArray(value) ? value.flatMap((each) => integerOf(each) ?? []) : [];
  }
}

function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
}

/** undefined: it is no JSON. Whole numbers that a number would round are bigints. */
export function parseJson(text: string): Fields | undefined {
  try {
    return new Fields(JSON.parse(text, exactly));
  } catch {
    return undefined;
  }
}

function exactly(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}
