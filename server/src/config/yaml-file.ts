import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { type MemberAddress, MemberRole } from './config.ts';
import { ConfigError, describeOrigin, type Origin } from './config-error.ts';
import type { Given, GivenMember, GivenUsers, Layer } from './layer.ts';
import { didYouMean } from './nearest.ts';
import { parseRole, parseServerId } from './server-line.ts';
import { isSettingName, SETTING_NAMES, type SettingName } from './settings.ts';
import { host, integer, type Kind } from './values.ts';
import { usersOf } from './yaml-users.ts';

const MEMBER_KEYS = ['id', 'host', 'peerPort', 'clientPort', 'clientHost', 'role'] as const;

/** Names that hold others: `client`, `http`, … */
const SECTIONS: ReadonlySet<string> = new Set(
  SETTING_NAMES.filter((name) => name.includes('.')).map((name) => name.slice(0, name.lastIndexOf('.'))),
);

const peerPort: Kind<number> = integer(1, 65_535, 'ports');
const role: Kind<MemberRole> = { allowed: 'voter or learner', parse: parseRole };

/** YAML of the same names and nesting as Config. Plain JSON is YAML too. */
class YamlFile implements Layer {
  readonly settings = new Map<SettingName, Given>();
  readonly members: GivenMember[] = [];
  saslUsers: GivenUsers | undefined;
  readonly warnings: string[] = [];
  readonly #file: string;
  readonly #lines = new LineCounter();

  constructor(file: string, text: string) {
    this.#file = file;
    const document = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true });
    const [error] = document.errors;
    if (error !== undefined) {
      const line = this.#lines.linePos(error.pos[0]).line;
      const [reason = ''] = error.message.split('\n');
      const problem = reason.replace(/ at line \d+, column \d+:?$/, '');
      throw new ConfigError({ file, key: 'YAML', line }, problem);
    }
    const root = document.contents;
    if (root === null || (isScalar(root) && root.value === null)) return;
    if (!isMap(root))
      throw new ConfigError({ file, key: 'YAML', line: 1 }, 'the file must hold key: value lines');
    this.#takeMap(root, '');
  }

  #origin(key: string, node: unknown): Origin {
    const start = isNode(node) ? node.range?.[0] : undefined;
    return start === undefined
      ? { file: this.#file, key }
      : { file: this.#file, key, line: this.#lines.linePos(start).line };
  }

  #takeMap(map: YAMLMap, prefix: string): void {
    for (const { key: keyNode, value } of map.items) {
      const name = `${prefix}${isScalar(keyNode) ? String(keyNode.value) : ''}`;
      const origin = this.#origin(name, keyNode);
      if (name === 'members') this.#takeMembers(value, origin);
      else if (name === 'sasl.users') this.#takeUsers(value, origin);
      else if (isSettingName(name)) this.settings.set(name, { text: this.#text(value, origin), origin });
      else if (!SECTIONS.has(name)) this.#warnUnknown(origin, [...SETTING_NAMES, 'members', 'sasl.users']);
      else if (isMap(value)) this.#takeMap(value, `${name}.`);
      else if (!(isScalar(value) && value.value === null)) {
        throw new ConfigError(origin, 'must hold further keys, indented below it');
      }
    }
  }

  #warnUnknown(origin: Origin, known: Iterable<string>): void {
    this.warnings.push(
      `${describeOrigin(origin)} is not known and has no effect${didYouMean(origin.key, known)}`,
    );
  }

  /** A scalar as its text, or a list of scalars joined by commas. */
  #text(value: unknown, origin: Origin): string {
    if (isSeq(value)) return value.items.map((item) => this.#text(item, origin)).join(',');
    if (!isScalar(value)) throw new ConfigError(origin, 'must be one value, not further keys');
    // A number is taken as it was written: 0x10 and 1_000 are the reader's to judge, and a port stays what it is.
    return value.value === null
      ? ''
      : typeof value.value === 'number'
        ? (value.source ?? '')
        : String(value.value);
  }

  #takeUsers(value: unknown, origin: Origin): void {
    const users = usersOf(value, origin, (key, node) => this.#origin(`sasl.users.${key}`, node));
    this.saslUsers = { users, origin };
  }

  #takeMembers(value: unknown, origin: Origin): void {
    if (!isSeq(value)) throw new ConfigError(origin, `must be a list of {${MEMBER_KEYS.join(', ')}}`);
    for (const item of (value as YAMLSeq).items) {
      const itemOrigin = this.#origin('members', item);
      if (!isMap(item)) throw new ConfigError(itemOrigin, `each member must be {${MEMBER_KEYS.join(', ')}}`);
      this.members.push({ member: this.#member(item, itemOrigin), origin: itemOrigin });
    }
  }

  #member(map: YAMLMap, origin: Origin): MemberAddress {
    const given = new Map<string, Given>();
    for (const { key: keyNode, value } of map.items) {
      const key = isScalar(keyNode) ? String(keyNode.value) : '';
      const keyOrigin = this.#origin(`members.${key}`, keyNode);
      if (!(MEMBER_KEYS as readonly string[]).includes(key))
        this.#warnUnknown(
          keyOrigin,
          MEMBER_KEYS.map((name) => `members.${name}`),
        );
      else given.set(key, { text: this.#text(value, keyOrigin), origin: keyOrigin });
    }
    const clientHost = this.#optional(given, 'clientHost', host);
    const clientPort = this.#optional(given, 'clientPort', peerPort);
    const id = given.get('id');
    if (id === undefined) throw new ConfigError({ ...origin, key: 'members.id' }, 'is missing');
    return {
      serverId: parseServerId(id.text, id.origin),
      host: this.#needed(given, 'host', host, origin),
      peerPort: this.#needed(given, 'peerPort', peerPort, origin),
      role: this.#optional(given, 'role', role) ?? MemberRole.voter,
      ...(clientHost === undefined ? {} : { clientHost }),
      ...(clientPort === undefined ? {} : { clientPort }),
    };
  }

  #optional<T>(given: ReadonlyMap<string, Given>, key: string, kind: Kind<T>): T | undefined {
    const one = given.get(key);
    if (one === undefined) return undefined;
    const value = kind.parse(one.text);
    if (value !== undefined) return value;
    throw new ConfigError(
      one.origin,
      `${JSON.stringify(one.text)} is not allowed; allowed is ${kind.allowed}`,
    );
  }

  #needed<T>(given: ReadonlyMap<string, Given>, key: string, kind: Kind<T>, origin: Origin): T {
    const value = this.#optional(given, key, kind);
    if (value !== undefined) return value;
    throw new ConfigError({ ...origin, key: `members.${key}` }, `is missing; allowed is ${kind.allowed}`);
  }
}

/** Throws ConfigError. */
export function readYamlFile(file: string, text: string): Layer {
  return new YamlFile(file, text);
}
