import type { Command, Option } from 'commander';
import type { ConnectionSettings } from '../connection.ts';

/** What can stand where the cursor is. */
export type Wanted =
  | { readonly is: 'words'; readonly words: readonly string[] }
  /** A path that begins like this, with what the line says of how the ensemble is reached. */
  | { readonly is: 'path'; readonly prefix: string; readonly connection: ConnectionSettings }
  /** A file: shells know those. */
  | { readonly is: 'nothing' };

const PATHS: ReadonlySet<string> = new Set(['path', 'from', 'to', 'a', 'b']);
const CONNECTION: ReadonlySet<string> = new Set([
  'server',
  'user',
  'passwordFile',
  'ca',
  'cert',
  'key',
  'serverCert',
]);

/** Reads a line up to the cursor, the program's name first. Pure. */
export function wantedAt(program: Command, line: string): Wanted {
  const words = wordsOf(line);
  const last = words.pop() ?? '';
  let command = program;
  let positionals = 0;
  /** The option whose value comes next. */
  let awaited: Option | undefined;
  const connection: Record<string, string> = {};
  const take = (option: Option, value: string): void => {
    if (CONNECTION.has(option.attributeName())) connection[option.attributeName()] = value;
  };
  for (const word of words.slice(1)) {
    if (awaited !== undefined) {
      take(awaited, word);
      awaited = undefined;
    } else if (word.startsWith('-') && word !== '-') {
      const [name = '', value] = word.split(/=(.*)/s);
      const option = command.options.find((each) => each.long === name || each.short === name);
      if (option === undefined || !option.required) continue;
      if (value === undefined) awaited = option;
      else take(option, value);
    } else {
      const inner = command.commands.find((each) => each.name() === word);
      if (inner === undefined) positionals++;
      else command = inner;
    }
  }
  if (awaited !== undefined) return { is: 'nothing' };
  if (last.startsWith('-')) return wordsLike(optionsOf(command), last);
  if (command.commands.length > 0) return wordsLike(namesOf(command), last);
  const args = command.registeredArguments;
  const argument = args[Math.min(positionals, args.length - 1)];
  if (argument === undefined || (positionals >= args.length && !argument.variadic)) return { is: 'nothing' };
  if (argument.argChoices !== undefined) return wordsLike(argument.argChoices, last);
  return PATHS.has(argument.name()) ? { is: 'path', prefix: last, connection } : { is: 'nothing' };
}

/** As a shell splits a line, quotes and backslashes taken off; the last word is the one at the cursor and may be empty. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word += character;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '\\') word += line[++at] ?? '';
    else if (/\s/.test(character)) {
      if (word !== '' || words.length > 0) words.push(word);
      word = '';
      while (/\s/.test(line[at + 1] ?? '')) at++;
    } else word += character;
  }
  words.push(word);
  return words;
}

function namesOf(command: Command): string[] {
  return command.commands.map((each) => each.name()).filter((name) => !name.startsWith('__'));
}

function optionsOf(command: Command): string[] {
  return [...command.options.flatMap(({ long }) => long ?? []), '--help'];
}

/** Each has a blank behind it: the shell is told to put none, for a path may go on. */
function wordsLike(all: readonly string[], prefix: string): Wanted {
  return { is: 'words', words: all.filter((word) => word.startsWith(prefix)).map((word) => `${word} `) };
}
