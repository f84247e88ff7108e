import type { AclList, NodeStat } from '@rookery/client';
import { isEphemeral } from '@rookery/client/subtree';
import { GetAclCall, GetCall } from '@rookery/client/world';
import type { FastifyReply } from 'fastify';
import { knownFormat } from '../../../known-formats/known-format.ts';
import type { Asker } from '../../v1/asker.ts';
import { ProgramsError } from '../../v1/errors.ts';
import { etagOf } from '../../v1/etag.ts';
import { aclJson, statJson, valueJson } from '../../v1/node-json.ts';
import type { Asked, Operation } from '../../v1/route.ts';
import type { NodePage, NodeValue } from '../shapes.ts';
import { permitted } from './permitted.ts';
import { recipeAbove, recipeAt } from './recipe.ts';

interface Read {
  /** undefined: the caller may not read it. */
  readonly data: Buffer | undefined;
  /** undefined: it may not see it. */
  readonly acl: AclList | undefined;
  readonly stat: NodeStat;
}

async function nodePage({ asker, path }: Asked, reply: FastifyReply): Promise<NodePage> {
  const { data, acl, stat } = await read(asker, path);
  const [recipe, within] = await Promise.all([
    recipeAt(asker, path, data),
    recipeAbove(asker, path, isEphemeral(stat)),
  ]);
  reply.header('etag', etagOf(stat));
  return {
    path,
    stat: statJson(stat),
    value: data === undefined ? null : nodeValue(data),
    acl: acl === undefined ? null : aclJson(acl),
    format: data === undefined ? null : (knownFormat(path, data) ?? null),
    recipe,
    within,
  };
}

/** Who may change the access list of a node sees that, and the stat, whether the list lets it read the node or not. */
async function read(asker: Asker, path: string): Promise<Read> {
  const [value, list] = await Promise.all([
    permitted(asker.ask(new GetCall(path, path))),
    permitted(asker.ask(new GetAclCall(path, path))),
  ]);
  const stat = value?.stat ?? list?.stat;
  if (stat === undefined) throw new ProgramsError('NO_AUTH', 'the access list does not allow it', path);
  return { data: value?.data, acl: list?.acl, stat };
}

function nodeValue(data: Buffer): NodeValue {
  const { value, text } = valueJson(data);
  return { base64: value, ...(text === undefined ? {} : { text }) };
}

export const readNodePage: Operation = {
  method: 'GET',
  path: '/node/{path}',
  id: 'readNodePage',
  summary: "All of a node's page but its children and its watchers",
  answers: { 200: { description: 'A NodePage.' } },
  errors: [404],
  place: 'request',
  handle: nodePage,
};
