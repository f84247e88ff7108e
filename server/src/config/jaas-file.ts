import { ConfigError } from './config-error.ts';

/** What users log in by; of the Java that ZooKeeper has. */
const DIGEST_MODULE = 'org.apache.zookeeper.server.auth.DigestLoginModule';
/** `user_bob="secret"` among the options of a module. */
const USER_PREFIX = 'user_';
const FLAGS: readonly string[] = ['required', 'requisite', 'sufficient', 'optional'];
const KERBEROS = `Kerberos is not there in this version: users log in by DIGEST-MD5, with the module ${DIGEST_MODULE}`;

type Token =
  | { readonly kind: 'word' | 'quoted'; readonly text: string; readonly line: number }
  | { readonly kind: 'mark'; readonly text: '{' | '}' | ';' | '='; readonly line: number }
  | { readonly kind: 'end'; readonly text: ''; readonly line: number };

/**
 * A file of the Java Authentication and Authorization Service, as far as Apache ZooKeeper's server reads it:
 *
 *   Server {
 *     org.apache.zookeeper.server.auth.DigestLoginModule required
 *     user_bob="a password";
 *   };
 */
export class JaasFile {
  readonly #tokens: Tokens;
  readonly #file: string;
  readonly #sections = new Map<string, ReadonlyMap<string, string>>();
  /** Whose modules are read as those of this server; the others may have any. */
  readonly #own: string;

  /** Throws ConfigError, which never shows a value. */
  constructor(file: string, text: string, section: string) {
    this.#file = file;
    this.#own = section;
    this.#tokens = new Tokens(file, text);
    while (this.#tokens.next.kind !== 'end') this.#section();
  }

  /** By name, with their passwords; undefined where the file has no such section. */
  get users(): ReadonlyMap<string, string> | undefined {
    return this.#sections.get(this.#own);
  }

  #section(): void {
    const tokens = this.#tokens;
    const { text: name, line } = tokens.text('the name of a section');
    if (this.#sections.has(name)) throw this.#error(name, line, 'there are two sections of this name');
    const users = new Map<string, string>();
    tokens.mark('{');
    while (!tokens.nextIs('}')) this.#module(name, users);
    tokens.mark('}');
    tokens.mark(';');
    this.#sections.set(name, users);
  }

  #module(section: string, users: Map<string, string>): void {
    const tokens = this.#tokens;
    const module = tokens.text('the name of a login module');
    const flag = tokens.text('required, requisite, sufficient or optional');
    if (!FLAGS.includes(flag.text.toLowerCase()))
      throw this.#error(section, flag.line, `expected ${FLAGS.join(', ')} behind the login module`);
    const isOwn = section === this.#own;
    if (isOwn && module.text !== DIGEST_MODULE) throw this.#wrongModule(section, module);
    while (!tokens.nextIs(';')) this.#option(isOwn, users);
    tokens.mark(';');
  }

  #wrongModule(section: string, { text, line }: Token): ConfigError {
    const isKerberos = text.endsWith('Krb5LoginModule');
    const problem = isKerberos
      ? KERBEROS
      : `the login module ${text.slice(0, 80)} is not there; allowed is ${DIGEST_MODULE}`;
    return this.#error(section, line, problem);
  }

  #option(isOwn: boolean, users: Map<string, string>): void {
    const tokens = this.#tokens;
    const { text: key, line } = tokens.text('the name of an option, or ; behind the last one');
    tokens.mark('=');
    const { text: value } = tokens.text(`the value of ${key.slice(0, 80)}`);
    if (!isOwn || !key.startsWith(USER_PREFIX)) return;
    const user = key.slice(USER_PREFIX.length);
    if (user === '') throw this.#error(key, line, 'has no name behind it');
    if (users.has(user)) throw this.#error(key, line, 'is given twice');
    if (value.includes('${'))
      throw this.#error(
        key,
        line,
        `refers to a property of a JVM by $\{…}, and there is none: write what it stands for`,
      );
    users.set(user, value);
  }

  #error(key: string, line: number, problem: string): ConfigError {
    return new ConfigError({ file: this.#file, key, line }, problem);
  }
}

/** Words, quoted strings and marks; comments are `//` to the end of the line, and between the usual two marks. */
class Tokens {
  next: Token;
  readonly #file: string;
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
    this.next = this.#read();
  }

  nextIs(mark: string): boolean {
    return this.next.kind === 'mark' && this.next.text === mark;
  }

  text(what: string): Token {
    const { next } = this;
    if (next.kind !== 'word' && next.kind !== 'quoted') throw this.#unexpected(what);
    this.next = this.#read();
    return next;
  }

  mark(mark: string): void {
    if (!this.nextIs(mark)) throw this.#unexpected(mark);
    this.next = this.#read();
  }

  /** What stands there may be a password. */
  #unexpected(what: string): ConfigError {
    const { next } = this;
    const found = next.kind === 'end' ? 'the end of the file' : next.kind === 'mark' ? next.text : 'a word';
    return this.#error(next.line, `expected ${what}, found ${found}`);
  }

  #read(): Token {
    this.#skip();
    const line = this.#line;
    const rest = this.#text.slice(this.#at);
    const character = rest[0];
    if (character === undefined) return { kind: 'end', text: '', line };
    if (character === '{' || character === '}' || character === ';' || character === '=') {
      this.#at++;
      return { kind: 'mark', text: character, line };
    }
    if (character === '"') return this.#quoted(line);
    const [word] = /^[\w$*.\-\u{a0}-\u{10ffff}]+/u.exec(rest) ?? [];
    if (word === undefined)
      throw this.#error(line, `${JSON.stringify(character)} has no meaning here; quote values by "`);
    this.#at += word.length;
    return { kind: 'word', text: word, line };
  }

  #quoted(line: number): Token {
    let text = '';
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const character = this.#text[at]!;
      if (character === '\n' || character === '\r') break;
      if (character === '"') {
        this.#at = at + 1;
        return { kind: 'quoted', text, line };
      }
      if (character !== '\\') text += character;
      else {
        const [whole, octal] = /^\\(?:([0-3]?[0-7]{1,2})|[^\r\n])/.exec(this.#text.slice(at)) ?? [''];
        if (octal !== undefined) text += String.fromCharCode(Number.parseInt(octal, 8));
        else text += ESCAPES[whole.slice(1)] ?? whole.slice(1);
        at += Math.max(whole.length - 1, 0);
      }
    }
    throw this.#error(line, 'a quoted value does not end on its line');
  }

  #skip(): void {
    const [skipped = ''] = /^(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += skipped.length;
    for (const character of skipped) if (character === '\n') this.#line++;
  }

  #error(line: number, problem: string): ConfigError {
    return new ConfigError({ file: this.#file, key: 'JAAS', line }, problem);
  }
}

/** Behind a backslash; whatever else stands there means itself. */
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
