import {
  type AclList,
  type Created,
  type CreateOptions,
  isCoordinationError,
  type NodeStat,
} from '@rookery/client';
import { CreateCall, createRecord, DeleteCall, ExistsCall, SetCall } from '@rookery/client/world';
import { OPEN_ACL } from '@rookery/protocol';
import type { FastifyReply } from 'fastify';
import type { Asker } from './asker.ts';
import { noEphemerals, ProgramsError } from './errors.ts';
import { etagOf, readIfMatch, type Tag } from './etag.ts';
import { aclOf, dataOf, statJson } from './node-json.ts';
import type { AclJson } from './node-shapes.ts';
import { ancestorsOf, urlPath } from './paths.ts';
import { type Asked, flag, type Operation } from './route.ts';
import { ref, VALUE_BODY } from './schemas.ts';

const ANY_VERSION = -1;
const PRECONDITION_FAILED = 412;
/** A node that comes and goes faster than it can be set or created is given up. */
const MOST_ATTEMPTS = 3;
/** As many as `parents` creates, at most. */
const MOST_PARENTS = 100;

/** What a PUT is to do. */
interface Wanted {
  readonly path: string;
  readonly data: Uint8Array;
  readonly acl: AclList;
  readonly kind: Pick<CreateOptions, 'kind' | 'ttlMs'>;
  /** Never sets what is there. */
  readonly createsOnly: boolean;
  /** Creates what is not there. */
  readonly mayCreate: boolean;
  readonly withParents: boolean;
}

async function put(asked: Asked, reply: FastifyReply): Promise<unknown> {
  const { asker, path } = asked;
  const match = readIfMatch(asked.header('if-match'));
  const wanted = wantedOf(asked);
  if (match !== undefined) {
    if (wanted.mayCreate) {
      throw new ProgramsError(
        'BAD_ARGUMENTS',
        'If-Match sets a node that is there: it goes with nothing that creates one',
        path,
      );
    }
    const version = match === 'any' ? ANY_VERSION : await versionOf(asker, path, match);
    return written(reply, path, await asker.ask(new SetCall(path, path, wanted.data, version)));
  }
  return setOrCreate(asked, wanted, reply, asked.header('if-none-match') !== undefined);
}

function wantedOf(asked: Asked): Wanted {
  const { path, has, text } = asked;
  if (has('ephemeral')) throw noEphemerals(path);
  const ifNoneMatch = asked.header('if-none-match');
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== '*') {
    throw new ProgramsError('BAD_ARGUMENTS', 'If-None-Match takes * alone: create, or do nothing', path);
  }
  const ttlMs = text('ttlMs');
  const isSequential = has('sequential');
  if (has('container') && (isSequential || ttlMs !== undefined)) {
    throw new ProgramsError(
      'BAD_ARGUMENTS',
      'a container has neither a number in its name nor a ttlMs',
      path,
    );
  }
  const kind = has('container') ? 'container' : isSequential ? 'persistent-sequential' : 'persistent';
  const { data, acl } = bodyOf(asked);
  const createsOnly = ifNoneMatch !== undefined || isSequential;
  const saysHow =
    has('create') || has('container') || has('parents') || ttlMs !== undefined || acl !== undefined;
  return {
    path,
    data,
    acl: acl ?? OPEN_ACL,
    kind: { kind, ttlMs: ttlMs === undefined ? undefined : Number(ttlMs) },
    createsOnly,
    mayCreate: createsOnly || saysHow,
    withParents: has('parents'),
  };
}

/** JSON says value and access list; whatever else is the value itself. */
function bodyOf({ body, path }: Asked): { readonly data: Uint8Array; readonly acl: AclList | undefined } {
  if (Buffer.isBuffer(body)) return { data: body, acl: undefined };
  const { acl, ...given } = (body ?? {}) as { value?: string; text?: string; acl?: AclJson[] };
  return { data: dataOf(given, path), acl: acl === undefined ? undefined : aclOf(acl) };
}

async function setOrCreate(
  { asker, prefix }: Asked,
  wanted: Wanted,
  reply: FastifyReply,
  isConditional: boolean,
): Promise<unknown> {
  const { path, data, createsOnly, mayCreate } = wanted;
  let isThere = !createsOnly && (!mayCreate || (await mayBeThere(asker, path)));
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt === MOST_ATTEMPTS;
    if (isThere) {
      const set = asker.ask(new SetCall(path, path, data, ANY_VERSION));
      const stat = await orElse(set, 'NO_NODE', mayCreate && !isLast);
      if (stat !== undefined) return written(reply, path, stat);
    } else {
      const created = await orElse(
        create(asker, wanted),
        'NODE_EXISTS',
        isConditional || (!createsOnly && !isLast),
      );
      if (created !== undefined) {
        reply.code(201).header('location', `${prefix}/nodes${urlPath(created.path)}`);
        return written(reply, created.path, created.stat);
      }
      if (isConditional) {
        const why = 'the node exists, and If-None-Match: * creates only';
        throw new ProgramsError('NODE_EXISTS', why, path, 'no', PRECONDITION_FAILED);
      }
    }
    // It came, or went, in between.
    isThere = !isThere;
  }
}

/** So that what is not there is created at once: a write that fails would stand in the log, and in the audit log, too. */
async function mayBeThere(asker: Asker, path: string): Promise<boolean> {
  try {
    return (await asker.ask(new ExistsCall(path, path))) !== undefined;
  } catch (error) {
    if (isCoordinationError(error, 'NO_AUTH')) return true;
    throw error;
  }
}

async function create(asker: Asker, wanted: Wanted): Promise<Created> {
  const { path, data, acl, kind, withParents } = wanted;
  const call = (): CreateCall => new CreateCall(path, createRecord(path, data, { ...kind, acl }, acl), 0);
  const created = await orElse(asker.ask(call()), 'NO_NODE', withParents);
  if (created !== undefined) return created;
  const parents = ancestorsOf(path);
  if (parents.length > MOST_PARENTS) {
    throw new ProgramsError('BAD_ARGUMENTS', `parents creates ${MOST_PARENTS} nodes at most`, path);
  }
  for (const parent of parents) {
    const record = createRecord(parent, '', { acl }, acl);
    await orElse(asker.ask(new CreateCall(parent, record, 0)), 'NODE_EXISTS', true);
  }
  return asker.ask(call());
}

/** undefined where it fails with `code`, and that is no failure here. */
async function orElse<T>(
  promise: Promise<T>,
  code: 'NO_NODE' | 'NODE_EXISTS',
  isTaken: boolean,
): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isTaken && isCoordinationError(error, code)) return undefined;
    throw error;
  }
}

/** The version that a write of the node with this ETag has to ask for; rejects where another node is there, or another version. */
async function versionOf(asker: Asker, path: string, { czxid, version }: Tag): Promise<number> {
  const stat = await asker.ask(new ExistsCall(path, path));
  if (stat === undefined) throw new ProgramsError('NO_NODE', 'there is no such node', path);
  if (stat.czxid === czxid && stat.version === version) return version;
  throw new ProgramsError(
    'BAD_VERSION',
    `the node is another one, or was changed: its ETag is ${etagOf(stat)}`,
    path,
  );
}

function written(reply: FastifyReply, path: string, stat: NodeStat): unknown {
  reply.header('etag', etagOf(stat));
  return { path, stat: statJson(stat) };
}

async function remove({ asker, path, header }: Asked, reply: FastifyReply): Promise<unknown> {
  const match = readIfMatch(header('if-match'));
  const isAny = match === undefined || match === 'any';
  const version = isAny ? ANY_VERSION : await versionOf(asker, path, match);
  await asker.ask(new DeleteCall(path, path, version));
  reply.code(204);
  return undefined;
}

const IF_MATCH =
  'The ETag of the state that the caller knows: nothing is done where it is another one. `*`: whatever it is.';

export const writeNode: Operation = {
  method: 'PUT',
  path: '/nodes/{path}',
  id: 'writeNode',
  summary: 'Sets a node, or creates it',
  description:
    'Sets what is there, and with `create` creates what is not. A body of the type application/json says `value` (base64) or `text`, and `acl`; a body of any other type, or of none, is the value itself. What says how a node is created implies `create`: `container`, `ttlMs`, `parents`, `acl`.',
  query: {
    create: flag('Create the node where it is not there.'),
    sequential: flag(
      'Always create one, with a number behind the name that grows with each child of its parent.',
    ),
    container: flag('Created as a container: it goes some time after its last child.'),
    ttlMs: {
      type: 'string',
      pattern: '^[1-9][0-9]{0,12}$',
      description:
        'Created to go when it was not changed for so long and has no children, where the ensemble has such nodes.',
    },
    parents: flag(
      'Create those that are missing above it, too, empty and with the same access list: one after the other, not all or none.',
    ),
    ephemeral: flag('Refused: an ephemeral node goes with a session, and a caller of HTTP has none.'),
  },
  headers: { 'if-match': IF_MATCH, 'if-none-match': '`*`: create, or do nothing.' },
  body: {
    isRequired: false,
    content: { 'application/json': { schema: VALUE_BODY }, '*/*': { schema: {} } },
  },
  answers: {
    200: {
      description: 'It was set.',
      headers: ['ETag'],
      content: { 'application/json': { schema: ref('Written') } },
    },
    201: {
      description: 'It was created: `path` is its own.',
      headers: ['ETag', 'Location'],
      content: { 'application/json': { schema: ref('Written') } },
    },
  },
  errors: [404, 409, 412, 413, 507],
  place: 'request',
  handle: put,
};

export const removeNode: Operation = {
  method: 'DELETE',
  path: '/nodes/{path}',
  id: 'removeNode',
  summary: 'Removes a node that has no children',
  headers: { 'if-match': IF_MATCH },
  answers: { 204: { description: 'It is gone.' } },
  errors: [404, 409, 412],
  place: 'request',
  handle: remove,
};
