/**
 * Requests of the client protocol as data: what crosses the wire, field by field. Written from the protocol's description and
 * sharing nothing with the server.
 */
import { createHash } from 'node:crypto';
import { bool, bytes, int, long, op, text } from '../../testkit/src/wire/requests.ts';
import { respond, type SaslResponse } from './digest-md5.ts';

export const opCodes = {
  ...op,
  getACL: 6,
  setACL: 7,
  getChildren2: 12,
  create2: 15,
  reconfig: 16,
  checkWatches: 17,
  removeWatches: 18,
  createContainer: 19,
  deleteContainer: 20,
  createTTL: 21,
  multiRead: 22,
  auth: 100,
  setWatches: 101,
  sasl: 102,
  getEphemerals: 103,
  getAllChildrenNumber: 104,
  setWatches2: 105,
  addWatch: 106,
  whoAmI: 107,
  createSession: -10,
} as const;
export type OpName = keyof typeof opCodes;

/** One field of a request. */
export type Part =
  /** Below the scenario's own root, as a chroot has it; relative and empty paths stay as they are. */
  | { readonly path: string }
  | { readonly text: string | null }
  | { readonly bytes: Buffer | null }
  | { readonly int: number }
  | { readonly long: number }
  | { readonly bool: boolean }
  /** The zxid that a client remembered under this name. */
  | { readonly remembered: string }
  /** The answer to the challenge that this client got last. */
  | { readonly saslResponse: SaslResponse };

export interface Request {
  readonly op: OpName;
  readonly parts: readonly Part[];
  /** What is sent in place of the operation's own code. */
  readonly code?: number;
}

/** What a request means where it is sent. */
export interface Surroundings {
  /** The scenario's root. */
  readonly root: string;
  remembered(name: string): number;
  /** The token that the client who sends it got last in a SASL exchange. */
  readonly challenge: Buffer;
}

export interface Acl {
  readonly perms: number;
  readonly scheme: string;
  readonly id: string;
}

export const permission = { read: 1, write: 2, create: 4, delete: 8, admin: 16, all: 31 } as const;
export const flags = {
  persistent: 0,
  ephemeral: 1,
  sequential: 2,
  ephemeralSequential: 3,
  container: 4,
  ttl: 5,
  ttlSequential: 6,
} as const;
export const watchMode = { persistent: 0, recursive: 1 } as const;
export const watcherType = { children: 1, data: 2, any: 3, persistent: 4, recursive: 5 } as const;
/** The xids that mark a message rather than number it. */
export const markXid = { event: -1, ping: -2, auth: -4, setWatches: -8 } as const;

export const openAcl: readonly Acl[] = [{ perms: permission.all, scheme: 'world', id: 'anyone' }];

export function acl(perms: number, scheme: string, id: string): Acl {
  return { perms, scheme, id };
}

/** The id that the digest scheme derives from a user and a password. */
export function digestId(user: string, password: string): string {
  return `${user}:${createHash('sha1').update(`${user}:${password}`).digest('base64')}`;
}

/** A path that is sent as it is: not below the scenario's root. */
export function absolute(path: string): Part {
  return { text: path };
}

function pathPart(path: string | Part): Part {
  return typeof path === 'string' ? { path } : path;
}

function dataPart(data: string | Buffer | null): Part {
  return { bytes: typeof data === 'string' ? Buffer.from(data) : data };
}

function aclParts(list: readonly Acl[] | null): Part[] {
  if (list === null) return [{ int: -1 }];
  const entries = list.flatMap(({ perms, scheme, id }): Part[] => [
    { int: perms },
    { text: scheme },
    { text: id },
  ]);
  return [{ int: list.length }, ...entries];
}

export interface CreateOptions {
  readonly flags?: number;
  readonly acl?: readonly Acl[] | null;
  /** Which of the creating operations; create unless said otherwise. */
  readonly op?: 'create' | 'create2' | 'createContainer' | 'createTTL';
  readonly ttlMs?: number;
}

export function create(
  path: string | Part,
  data: string | Buffer | null = '',
  options: CreateOptions = {},
): Request {
  const { acl: list = openAcl, op = 'create', ttlMs } = options;
  const parts = [pathPart(path), dataPart(data), ...aclParts(list), { int: options.flags ?? 0 }];
  return { op, parts: ttlMs === undefined ? parts : [...parts, { long: ttlMs }] };
}

export function remove(path: string | Part, version = -1): Request {
  return { op: 'delete', parts: [pathPart(path), { int: version }] };
}

export function setData(path: string | Part, data: string | Buffer | null, version = -1): Request {
  return { op: 'setData', parts: [pathPart(path), dataPart(data), { int: version }] };
}

export function setAcl(path: string | Part, list: readonly Acl[] | null, version = -1): Request {
  return { op: 'setACL', parts: [pathPart(path), ...aclParts(list), { int: version }] };
}

export function getAcl(path: string | Part): Request {
  return { op: 'getACL', parts: [pathPart(path)] };
}

export type Watch = 'watch' | 'no watch';

function read(op: OpName): (path: string | Part, watch?: Watch) => Request {
  return (path, watch = 'no watch') => ({ op, parts: [pathPart(path), { bool: watch === 'watch' }] });
}

export const exists = read('exists');
export const getData = read('getData');
export const getChildren = read('getChildren');
export const getChildren2 = read('getChildren2');

function ofPath(op: OpName): (path: string | Part) => Request {
  return (path) => ({ op, parts: [pathPart(path)] });
}

export const sync = ofPath('sync');
export const getEphemerals = ofPath('getEphemerals');
export const getAllChildrenNumber = ofPath('getAllChildrenNumber');

function bare(op: OpName): () => Request {
  return () => ({ op, parts: [] });
}

export const ping = bare('ping');
export const whoAmI = bare('whoAmI');
export const closeSession = bare('closeSession');

export function check(path: string | Part, version: number): Request {
  return { op: 'check', parts: [pathPart(path), { int: version }] };
}

function together(op: 'multi' | 'multiRead'): (...items: readonly Request[]) => Request {
  return (...items) => ({
    op,
    parts: [
      ...items.flatMap((item): Part[] => [...multiHeader(codeOf(item), false), ...item.parts]),
      ...multiHeader(-1, true),
    ],
  });
}

function multiHeader(code: number, done: boolean): Part[] {
  return [{ int: code }, { bool: done }, { int: -1 }];
}

export const multi = together('multi');
export const multiRead = together('multiRead');

export function auth(scheme: string, credentials: string): Request {
  return { op: 'auth', parts: [{ int: 0 }, { text: scheme }, dataPart(credentials)] };
}

/** A step of a SASL exchange; its first one asks for a challenge. */
export function sasl(token: string | null = ''): Request {
  return { op: 'sasl', parts: [dataPart(token)] };
}

export function saslAnswer(response: SaslResponse): Request {
  return { op: 'sasl', parts: [{ saslResponse: response }] };
}

export function addWatch(path: string | Part, mode: number): Request {
  return { op: 'addWatch', parts: [pathPart(path), { int: mode }] };
}

export function removeWatches(path: string | Part, type: number): Request {
  return { op: 'removeWatches', parts: [pathPart(path), { int: type }] };
}

export function checkWatches(path: string | Part, type: number): Request {
  return { op: 'checkWatches', parts: [pathPart(path), { int: type }] };
}

export interface Watches {
  /** The zxid that the client remembered under this name. */
  readonly since: string;
  readonly data?: readonly string[];
  readonly exist?: readonly string[];
  readonly child?: readonly string[];
  readonly persistent?: readonly string[];
  readonly recursive?: readonly string[];
}

function pathsPart(paths: readonly string[] = []): Part[] {
  return [{ int: paths.length }, ...paths.map((path) => ({ path }))];
}

export function setWatches({ since, data, exist, child }: Watches): Request {
  const parts = [{ remembered: since }, ...pathsPart(data), ...pathsPart(exist), ...pathsPart(child)];
  return { op: 'setWatches', parts };
}

export function setWatches2(watches: Watches): Request {
  const { persistent, recursive } = watches;
  const parts = [...setWatches(watches).parts, ...pathsPart(persistent), ...pathsPart(recursive)];
  return { op: 'setWatches2', parts };
}

/** Fields as a test wants them. */
export interface Reconfig {
  readonly joining: string | null;
  readonly leaving: string | null;
  readonly newMembers: string | null;
  readonly version: number | { readonly remembered: string };
}

export function reconfig({ joining, leaving, newMembers, version }: Reconfig): Request {
  const lists = [joining, leaving, newMembers].map((text): Part => ({ text }));
  return { op: 'reconfig', parts: [...lists, typeof version === 'number' ? { long: version } : version] };
}

export function raw(op: OpName, parts: readonly Part[], code?: number): Request {
  return code === undefined ? { op, parts } : { op, parts, code };
}

export function codeOf({ op, code }: Request): number {
  return code ?? opCodes[op];
}

export function encodeParts(parts: readonly Part[], surroundings: Surroundings): Buffer {
  return Buffer.concat(parts.map((part) => encodePart(part, surroundings)));
}

function encodePart(part: Part, surroundings: Surroundings): Buffer {
  const { root } = surroundings;
  if ('path' in part) return text(below(root, part.path));
  if ('text' in part) return part.text === null ? int(-1) : text(part.text);
  if ('bytes' in part) return bytes(part.bytes);
  if ('int' in part) return int(part.int);
  if ('long' in part) return long(part.long);
  if ('bool' in part) return bool(part.bool);
  if ('saslResponse' in part) return bytes(respond(surroundings.challenge, part.saslResponse));
  return long(surroundings.remembered(part.remembered));
}

function below(root: string, path: string): string {
  if (path === '/') return root;
  return path.startsWith('/') ? root + path : path;
}

/** For people: the operation and the first path that it names. */
export function describeRequest({ op, parts, code }: Request): string {
  const named = parts.find((part) => 'path' in part || 'text' in part);
  const what = code === undefined ? op : `${op} (as ${code})`;
  if (named === undefined) return what;
  return `${what} ${'path' in named ? named.path : 'text' in named ? String(named.text) : ''}`;
}
