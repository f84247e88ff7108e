import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** The flags of a command itself, and what is left: a member's configuration. They may stand anywhere among it. */
export function ownFlags<T extends Options>(
  argv: readonly string[],
  options: T,
): { readonly values: Readonly<Partial<Record<keyof T, unknown>>>; readonly rest: readonly string[] } {
  const { values, tokens } = parseArgs({
    args: [...argv],
    options,
    // What is not known here is the configuration's to know.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const own = new Set<number>();
  for (const token of tokens) {
    if (token.kind !== 'option' || !(token.name in options)) continue;
    own.add(token.index);
    if (token.value !== undefined && token.inlineValue === false) own.add(token.index + 1);
  }
  return {
    values: values as Partial<Record<keyof T, unknown>>,
    rest: argv.filter((_, index) => !own.has(index)),
  };
}
