import { deepestFirst, removeAll } from '@rookery/client/subtree';
import type { FastifyReply } from 'fastify';
import { ProgramsRefusal } from '../../../errors/error-codes.ts';
import { ProgramsError } from '../../v1/errors.ts';
import type { Asked, Operation } from '../../v1/route.ts';
import { CallerTree } from './caller-tree.ts';
import { answerLines, LINES_TYPE } from './line-stream.ts';
import { type PagedNode, pagedWalk } from './paged-walk.ts';
import { progressOf } from './progress.ts';

async function remove(asked: Asked, reply: FastifyReply): Promise<unknown> {
  const { asker, path, text } = asked;
  if (path === '/' || path === '/zookeeper')
    throw new ProgramsError('BAD_ARGUMENTS', `${path} cannot be removed: name what is below it`, path);
  const expected = text('expect');
  if (expected === undefined)
    throw new ProgramsError('BAD_ARGUMENTS', 'expect says how many nodes there are, at most', path);
  const most = Number(expected);
  const tree = new CallerTree(asker, reply);
  await tree.stat(path);
  // First of all, so that nothing is done where it cannot be done whole.
  for await (const _path of removable(pagedWalk(tree, path), most));
  const paths = removable(deepestFirst(pagedWalk(tree, path, { beginsAgain: true })), most);
  const lines = progressOf(async (done) => ({
    end: true,
    done: await removeAll(tree, paths, done, tree.transactionBytes),
  }));
  return answerLines(asked, reply, lines);
}

/** Throws ProgramsError once there are more nodes than may go, or one that the caller may not read. */
async function* removable(nodes: AsyncIterable<PagedNode>, most: number): AsyncGenerator<string> {
  let count = 0;
  for await (const { path, stat } of nodes) {
    if (++count > most) {
      const why = `there are more than ${most} nodes: count them again before they are removed`;
      throw new ProgramsError(ProgramsRefusal.moreNodes, why, path);
    }
    if (stat === undefined) {
      const why = `what is below ${path} is to go as well, and its access list does not show that`;
      throw new ProgramsError('NO_AUTH', why, path);
    }
    yield path;
  }
}

export const removeSubtree: Operation = {
  method: 'DELETE',
  path: '/subtree/{path}',
  id: 'removeSubtree',
  summary: 'Removes a node with all below it, where there are no more nodes than the caller expects',
  query: {
    expect: {
      type: 'string',
      pattern: '^[1-9][0-9]{0,8}$',
      description: 'So many nodes, at most, the first one included.',
    },
  },
  answers: { 200: { description: 'Lines: ChangeLine.', content: { [LINES_TYPE]: { schema: {} } } } },
  errors: [404, 409],
  place: 'walk',
  handle: remove,
};
