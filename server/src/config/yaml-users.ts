import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { ConfigError, type Origin } from './config-error.ts';

/** A map of names and passwords. `originOf` says where a node stands. Throws ConfigError, which never shows a password. */
export function usersOf(
  map: unknown,
  origin: Origin,
  originOf: (key: string, node: unknown) => Origin,
): ReadonlyMap<string, string> {
  if (!isMap(map)) throw new ConfigError(origin, 'must hold user: password lines');
  const users = new Map<string, string>();
  for (const { key, value } of map.items) {
    const user = textOf(key);
    if (user === undefined || user === '') throw new ConfigError(originOf('', key), 'a user has no name');
    const password = textOf(value);
    if (password === undefined)
      throw new ConfigError(originOf(user, key), 'the password must be one value, not further keys');
    if (password === '') throw new ConfigError(originOf(user, key), 'has no password');
    users.set(user, password);
  }
  return users;
}

/** As it was written: `bob: 0123` has four digits. */
function textOf(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  if (typeof node.value === 'string') return node.value;
  return node.value === null ? '' : (node.source ?? String(node.value));
}

/** A YAML file that is such a map and nothing else; `{}` names nobody, and an empty file is half written. Throws ConfigError. */
export function readUsersFile(file: string, text: string): ReadonlyMap<string, string> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) {
    // Its message may show what stands there.
    const { line } = lines.linePos(error.pos[0]);
    throw new ConfigError({ file, key: 'YAML', line }, `cannot be read (${error.code})`);
  }
  const root = document.contents;
  const originOf = (key: string, node: unknown): Origin => {
    const start = isNode(node) ? node.range?.[0] : undefined;
    return start === undefined ? { file, key } : { file, key, line: lines.linePos(start).line };
  };
  return usersOf(root, { file, key: 'users', line: 1 }, originOf);
}
