import type { NodeStat } from '@rookery/client';
import { GetAclCall, SetAclCall } from '@rookery/client/world';
import type { FastifyReply } from 'fastify';
import { ProgramsError } from './errors.ts';
import { etagOf, isKnown, readIfMatch } from './etag.ts';
import { aclJson, aclOf, statJson } from './node-json.ts';
import type { AclJson } from './node-shapes.ts';
import { beginRead, CONSISTENCY } from './read-node.ts';
import type { Asked, Operation } from './route.ts';
import { ACL_BODY, ref } from './schemas.ts';

const ANY_VERSION = -1;

/** Of the access list, which has a version of its own. */
function aclEtag({ czxid, aversion }: NodeStat): string {
  return etagOf({ czxid, version: aversion });
}

async function get(asked: Asked, reply: FastifyReply): Promise<unknown> {
  const { asker, path } = asked;
  await beginRead(asked);
  const { acl, stat } = await asker.ask(new GetAclCall(path, path));
  const etag = aclEtag(stat);
  reply.header('etag', etag);
  if (isKnown(asked.header('if-none-match'), etag)) {
    reply.code(304);
    return undefined;
  }
  return { path, acl: aclJson(acl), stat: statJson(stat) };
}

async function put({ asker, path, header, body }: Asked, reply: FastifyReply): Promise<unknown> {
  const match = readIfMatch(header('if-match'));
  let version = ANY_VERSION;
  if (match !== undefined && match !== 'any') {
    const { stat } = await asker.ask(new GetAclCall(path, path));
    if (stat.czxid !== match.czxid || stat.aversion !== match.version) {
      const why = `the node is another one, or its access list was changed: its ETag is ${aclEtag(stat)}`;
      throw new ProgramsError('BAD_VERSION', why, path);
    }
    version = match.version;
  }
  const acl = aclOf((body as { acl: AclJson[] }).acl);
  const stat = await asker.ask(new SetAclCall(path, path, acl, version));
  reply.header('etag', aclEtag(stat));
  return { path, stat: statJson(stat) };
}

const TAG = 'ETags here are those of the access list, not of the value.';

export const readAcl: Operation = {
  method: 'GET',
  path: '/acl/{path}',
  id: 'readAcl',
  summary: "A node's access list",
  description: TAG,
  query: { consistency: CONSISTENCY },
  headers: { 'if-none-match': 'ETags that the caller knows: 304 where the list has not changed.' },
  answers: {
    200: {
      description: 'The list.',
      headers: ['ETag'],
      content: { 'application/json': { schema: ref('Acl') } },
    },
    304: { description: 'The list is the one that the caller knows.', headers: ['ETag'] },
  },
  errors: [404],
  place: 'request',
  handle: get,
};

export const writeAcl: Operation = {
  method: 'PUT',
  path: '/acl/{path}',
  id: 'writeAcl',
  summary: "Replaces a node's access list",
  description: TAG,
  headers: {
    'if-match': 'The ETag of the list that the caller knows: nothing is done where it is another one.',
  },
  body: { isRequired: true, content: { 'application/json': { schema: ACL_BODY } } },
  answers: {
    200: {
      description: 'It was replaced.',
      headers: ['ETag'],
      content: { 'application/json': { schema: ref('Written') } },
    },
  },
  errors: [404, 412, 413, 415],
  place: 'request',
  handle: put,
};
