import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isLoopbackAddress } from '../../config/addresses.ts';
import { ProgramsRefusal } from '../../errors/error-codes.ts';
import { HTTP_STATUS } from '../errors.ts';
import { hostName } from '../guard.ts';
import { readAcl, writeAcl } from './acl.ts';
import type { Callers } from './callers.ts';
import { type ErrorBody, ProgramsError } from './errors.ts';
import { mount } from './mounted.ts';
import { openApiOf } from './openapi.ts';
import { readNode } from './read-node.ts';
import type { Operation } from './route.ts';
import { transact } from './transactions.ts';
import { watchNode } from './watch.ts';
import { removeNode, writeNode } from './write-node.ts';

const readDocument: Operation = {
  method: 'GET',
  path: '/openapi.json',
  id: 'readDocument',
  summary: 'This document',
  answers: {
    200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } },
  },
  errors: [],
  place: 'none',
  document: () => document,
};

/** What can be done with the tree. */
export const TREE_OPERATIONS: readonly Operation[] = [
  readNode,
  writeNode,
  removeNode,
  readAcl,
  writeAcl,
  transact,
  watchNode,
];

/** All that there is at /v1. */
const OPERATIONS: readonly Operation[] = [...TREE_OPERATIONS, readDocument];

const document = openApiOf(OPERATIONS);

/** /v1: the tree for programs without a client. */
export function programs(app: FastifyInstance, callers: Callers): void {
  const { hosts } = callers.view;
  mount(app, callers, {
    prefix: '/v1',
    operations: OPERATIONS,
    proof: 'authorization',
    help: '/v1/openapi.json says what there is',
    check: (request) => refuseRebound(request, hosts),
    // A foreign host or origin.
    refusal: ({ code, message, help }) => ({
      status: HTTP_STATUS[code],
      body: {
        code: ProgramsRefusal.forbidden,
        message: `${message}: ${help}`,
        retry: 'no',
      } satisfies ErrorBody,
    }),
  });
}

/**
 * A page of another site can name any member by a name of its own (DNS rebinding), and is then of the same site for a browser that reaches the member.
 * It can neither show the certificate of that name nor prove anything; who does, or names the member by an address or as a member, is no such page.
 */
function refuseRebound({ headers, protocol }: FastifyRequest, hosts: ReadonlySet<string>): void {
  if (protocol === 'https' || headers.authorization !== undefined) return;
  const name = hostName(headers.host ?? '').toLowerCase();
  if (isIP(name) !== 0 || isLoopbackAddress(name) || hosts.has(name)) return;
  throw new ProgramsError(
    ProgramsRefusal.forbidden,
    'who calls without TLS and proves nothing has to name this member by its address, or by a host of the members: any other name may be that of a page of another site',
  );
}
