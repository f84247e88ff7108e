import type { FastifyInstance, FastifyReply } from 'fastify';
import type { WindowMode } from '../../../config/config.ts';
import { HTTP_STATUS, type HttpError, refusalBody, TOKEN_CHALLENGE } from '../../errors.ts';
import type { Callers } from '../../v1/callers.ts';
import type { Door } from '../../v1/door.ts';
import { mount } from '../../v1/mounted.ts';
import { TREE_OPERATIONS } from '../../v1/programs.ts';
import { allowedByMethod } from '../access.ts';
import { countSubtree } from './count-subtree.ts';
import { exportSubtree } from './export-subtree.ts';
import { importSubtree } from './import-subtree.ts';
import { readNodePage } from './node-page.ts';
import { removeSubtree } from './remove-subtree.ts';
import { searchSubtree } from './search.ts';

const WINDOW_OPERATIONS = [
  readNodePage,
  countSubtree,
  searchSubtree,
  removeSubtree,
  exportSubtree,
  importSubtree,
];

/**
 * The tree in the window, as access lists show it to whom the header `rookery-identity` proves (Basic, as /v1 has it): the token, in the other header, opens
 * the window and is nobody in the tree.
 *
 * /window/v1                  what can be done at /v1, there whether programs are served or not
 * GET /window/node/PATH       200 NodePage
 * GET /window/subtree/PATH    200 lines of SubtreeLine
 * GET /window/search/PATH     200 lines of SearchLine
 * DELETE /window/subtree/PATH 200 lines of ChangeLine, 409 where there are more nodes than expected
 * GET /window/export/PATH     200 rookery-export/1
 * POST /window/import/PATH    200 lines of ChangeLine
 */
export function tree(app: FastifyInstance, callers: Callers, mode: WindowMode): void {
  const door: Omit<Door, 'prefix' | 'operations'> = {
    proof: 'rookery-identity',
    check: allowedByMethod(mode),
    refusal: (error, reply) => refused(error, reply),
  };
  mount(app, callers, { ...door, prefix: '/window/v1', operations: TREE_OPERATIONS });
  mount(app, callers, { ...door, prefix: '/window', operations: WINDOW_OPERATIONS });
}

/** As everywhere but at /v1: a code, a message and what to do. */
function refused(error: HttpError, reply: FastifyReply): { readonly status: number; readonly body: object } {
  const status = HTTP_STATUS[error.code];
  if (status === 401) reply.header(...TOKEN_CHALLENGE);
  return { status, body: refusalBody(error) };
}
