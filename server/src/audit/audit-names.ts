import {
  type Acl,
  CreateMode,
  type CreateWrite,
  type Identities,
  OpCode,
  Permission,
} from '@rookery/protocol';

/** As Apache ZooKeeper's audit log calls them; `auth` and `removeRecursive` are ours. */
export const AuditOperation = {
  create: 'create',
  delete: 'delete',
  /** A node and all below it: one line. */
  removeRecursive: 'removeRecursive',
  setData: 'setData',
  setAcl: 'setAcl',
  /** A multi that failed; of one that succeeded each operation is told. */
  multi: 'multiOperation',
  reconfig: 'reconfig',
  ephemeralGone: 'ephemeralZNodeDeletionOnSessionCloseOrExpire',
  serverStart: 'serverStart',
  serverStop: 'serverStop',
  auth: 'auth',
} as const;

const ZNODE_TYPES: Readonly<Record<CreateMode, string>> = {
  [CreateMode.persistent]: 'persistent',
  [CreateMode.ephemeral]: 'ephemeral',
  [CreateMode.persistentSequential]: 'persistent_sequential',
  [CreateMode.ephemeralSequential]: 'ephemeral_sequential',
  [CreateMode.container]: 'container',
  [CreateMode.persistentWithTtl]: 'persistent_with_ttl',
  [CreateMode.persistentSequentialWithTtl]: 'persistent_sequential_with_ttl',
};

/** undefined where its flags name none. */
export function znodeTypeOf({ op, flags }: CreateWrite): string | undefined {
  const mode = op === OpCode.createContainer ? CreateMode.container : flags;
  return (ZNODE_TYPES as Readonly<Record<number, string>>)[mode];
}

/** So that one request cannot fill the log: a client says how long its names are. */
const MAX_SHOWN_PATH = 4096;
const MAX_SHOWN_NAME = 256;

export function shownPath(path: string): string {
  return shortened(path, MAX_SHOWN_PATH);
}

/** Schemes whose ids are names, and hold no secret. */
const NAMES: ReadonlySet<string> = new Set(['ip', 'sasl', 'x509', 'world', 'super']);

/**
 * `scheme:name`. Of a digest, and of a scheme that may be like it, only what stands before the colon: behind it is a hash that can be
 * guessed at, or, in an access list that somebody mistook, the password itself.
 */
function shownId(written: string, id: string): string {
  // Of a scheme that is not set up the first letter was struck out before it was proposed.
  const scheme = written.replace('\0', '?');
  const name = NAMES.has(scheme) ? id : id.replace(/:.*$/s, '');
  return `${shortened(scheme, MAX_SHOWN_NAME)}:${shortened(name, MAX_SHOWN_NAME)}`;
}

export function shownUsers(identities: Identities): string[] {
  return identities.map(({ scheme, id }) => shownId(scheme, id));
}

/** In ZooKeeper's order of letters. */
const LETTERS: readonly (readonly [bit: number, letter: string])[] = [
  [Permission.create, 'c'],
  [Permission.delete, 'd'],
  [Permission.read, 'r'],
  [Permission.write, 'w'],
  [Permission.admin, 'a'],
];

export function shownAcl({ scheme, id, perms }: Acl): string {
  const letters = LETTERS.map(([bit, letter]) => ((perms & bit) === 0 ? '' : letter));
  return `${shownId(scheme, id)}:${letters.join('')}`;
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
