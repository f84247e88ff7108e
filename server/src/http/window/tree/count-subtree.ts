import { isEphemeral } from '@rookery/client/subtree';
import type { FastifyReply } from 'fastify';
import type { Asked, Operation } from '../../v1/route.ts';
import type { SubtreeLine } from '../shapes.ts';
import { CallerTree } from './caller-tree.ts';
import { answerLines, LINES_TYPE } from './line-stream.ts';
import { type PagedNode, pagedWalk } from './paged-walk.ts';

/** So often it is told how far a walk is. */
export const LOOKED_STEP = 1_000;

async function count(asked: Asked, reply: FastifyReply): Promise<unknown> {
  const tree = new CallerTree(asked.asker, reply);
  await tree.stat(asked.path);
  return answerLines(asked, reply, counted(pagedWalk(tree, asked.path)));
}

/** Of a walk. */
export async function* counted(nodes: AsyncIterable<PagedNode>): AsyncGenerator<SubtreeLine> {
  const sum = { nodes: 0, bytes: 0, ephemerals: 0, depth: 0, unreadable: 0 };
  for await (const { depth, stat } of nodes) {
    sum.nodes++;
    sum.depth = Math.max(sum.depth, depth);
    sum.bytes += stat?.dataLength ?? 0;
    if (stat === undefined) sum.unreadable++;
    else if (isEphemeral(stat)) sum.ephemerals++;
    if (sum.nodes % LOOKED_STEP === 0) yield { looked: sum.nodes };
  }
  yield { end: true, ...sum };
}

export const countSubtree: Operation = {
  method: 'GET',
  path: '/subtree/{path}',
  id: 'countSubtree',
  summary: 'How many nodes and bytes a subtree has',
  answers: { 200: { description: 'Lines: SubtreeLine.', content: { [LINES_TYPE]: { schema: {} } } } },
  errors: [404],
  place: 'walk',
  handle: count,
};
