import { Complaint } from './complaint.ts';

export interface Named {
  readonly name: string;
  /** One clause: what is known when it has passed. */
  readonly proves?: string;
}

/** Options that every runner has, for `parseArgs` of node:util. */
export const choiceOptions = {
  help: { type: 'boolean', short: 'h' },
  list: { type: 'boolean' },
  only: { type: 'string' },
} as const;

interface Choice {
  readonly help?: boolean | undefined;
  readonly list?: boolean | undefined;
  /** Beginnings of names, between commas. */
  readonly only?: string | undefined;
}

/** What is to be run, in the order of `all`; undefined where only the help or the list was asked for, which is printed then. */
export function choose<S extends Named>(
  all: readonly S[],
  { help, list, only }: Choice,
  usage: string,
  print: (line: string) => void,
): readonly S[] | undefined {
  if (help) {
    print(usage.trimEnd());
    return undefined;
  }
  if (list) {
    for (const { name, proves } of all) print(proves === undefined ? name : `${name.padEnd(20)} ${proves}`);
    return undefined;
  }
  if (only === undefined) return all;
  const beginnings = only.split(',');
  for (const beginning of beginnings) {
    if (!all.some(({ name }) => name.startsWith(beginning)))
      throw new Complaint(`no scenario begins with ${beginning}`);
  }
  return all.filter(({ name }) => beginnings.some((beginning) => name.startsWith(beginning)));
}

/** The option that chooses this scenario, for a shell. A comma would end its name: it may choose others that begin in the same way, too. */
export function onlyOption({ name }: Named): string {
  return `--only "${name.split(',')[0]}"`;
}
