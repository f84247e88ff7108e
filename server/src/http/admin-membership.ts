import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { MemberAddresses, MembershipChange, MemberView, NewMember } from '../admin/member-status.ts';
import { MAX_SERVER_ID, MIN_SERVER_ID } from '../bounds/limits.ts';
import { plainAddress } from '../config/addresses.ts';
import { MembershipRefusal } from '../errors/error-codes.ts';
import type { Logger } from '../ports/logger.ts';
import { type ErrorBody, HttpError } from './errors.ts';

const LOOK = 'GET /admin/members says what is';
const HELP: Readonly<Record<MembershipRefusal, string>> = {
  [MembershipRefusal.notLeader]: 'ask the leader; GET /admin/members names it',
  [MembershipRefusal.unknownMember]: LOOK,
  [MembershipRefusal.byFile]: 'change the files, or set membership to admin on every member',
  [MembershipRefusal.staleConfiguration]: `${LOOK}: decide anew`,
  [MembershipRefusal.busy]: 'try again in a moment',
  [MembershipRefusal.alreadyMember]: 'remove it first where its data are lost',
  [MembershipRefusal.alreadyVoter]: 'nothing is left to do',
  [MembershipRefusal.alreadyLearner]: 'nothing is left to do',
  [MembershipRefusal.notCaughtUp]: 'look at its lag in GET /admin/members, and try again',
  [MembershipRefusal.noQuorum]: 'bring other voters back first',
  [MembershipRefusal.tooManyMembers]: 'remove one first',
  [MembershipRefusal.provesVersion]: 'remove it, and add one that does not',
  [MembershipRefusal.outcomeUnknown]: `${LOOK}, then ask again by its configurationIndex`,
};

/** In a path or a query: texts alone come there. */
const id = { type: 'string', pattern: '^[1-9][0-9]{0,14}$' } as const;
const port = { type: 'integer', minimum: 1, maximum: 65_535 } as const;
const host = { type: 'string', minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9_.:-]+$' } as const;
const addresses = { host, peerPort: port, clientHost: host, clientPort: port } as const;
const QUERY = {
  type: 'object',
  properties: { expectedIndex: id },
  required: ['expectedIndex'],
  additionalProperties: false,
} as const;
const PARAMS = { type: 'object', properties: { raftId: id }, required: ['raftId'] } as const;
const ADD_BODY = {
  type: 'object',
  properties: {
    serverId: { type: 'integer', minimum: MIN_SERVER_ID, maximum: MAX_SERVER_ID },
    ...addresses,
    provesVersion: { type: 'boolean' },
  },
  required: ['serverId', ...Object.keys(addresses)],
  additionalProperties: false,
} as const;
const MOVE_BODY = {
  type: 'object',
  properties: addresses,
  required: Object.keys(addresses),
  additionalProperties: false,
} as const;

interface Expecting {
  readonly Querystring: { readonly expectedIndex: string };
  readonly Reply: Made | ErrorBody;
}
interface OfMember extends Expecting {
  readonly Params: { readonly raftId: string };
}

/** What every change answers once it is in force. */
interface Made {
  readonly raftId: number;
  /** For the next change. */
  readonly configurationIndex: number;
}

/**
 * The leader changes who is a member, where `membership` is `admin`. Each call takes ?expectedIndex=, the configurationIndex that the caller saw,
 * and answers 200 Made, or ErrorBody with a MembershipRefusal and the configurationIndex that is in force.
 *
 * POST   /admin/members {serverId, host, peerPort, clientHost, clientPort}   a learner; its process may come later. With provesVersion: true it never votes
 * POST   /admin/members/{raftId}/promote   a learner that has caught up gets a vote
 * POST   /admin/members/{raftId}/demote    a voter loses it, and learns on
 * PATCH  /admin/members/{raftId} {host, peerPort, clientHost, clientPort}    it is reached there from now on
 * DELETE /admin/members/{raftId}           for good: its id is never used again
 */
export function adminMembership(app: FastifyInstance, member: MemberView, log: Logger): void {
  const change = async (
    request: FastifyRequest<{ Querystring: Expecting['Querystring'] }>,
    asked: MembershipChange,
  ): Promise<Made> => {
    log.info({ ...asked, address: plainAddress(request.ip) }, 'somebody asks for another membership');
    const result = await member.changeMembership(asked, Number(request.query.expectedIndex));
    const { configurationIndex } = result;
    if (!result.ok)
      throw new HttpError(result.code, result.message, HELP[result.code], { configurationIndex });
    return { raftId: result.raftId, configurationIndex };
  };

  app.post<Expecting & { Body: NewMember }>(
    '/admin/members',
    { schema: { querystring: QUERY, body: ADD_BODY } },
    (request) => change(request, { kind: 'add', member: request.body }),
  );
  for (const kind of ['promote', 'demote'] as const) {
    app.post<OfMember>(
      `/admin/members/:raftId/${kind}`,
      { schema: { querystring: QUERY, params: PARAMS } },
      (request) => change(request, { kind, raftId: Number(request.params.raftId) }),
    );
  }
  app.patch<OfMember & { Body: MemberAddresses }>(
    '/admin/members/:raftId',
    { schema: { querystring: QUERY, params: PARAMS, body: MOVE_BODY } },
    (request) =>
      change(request, { kind: 'move', raftId: Number(request.params.raftId), address: request.body }),
  );
  app.delete<OfMember>(
    '/admin/members/:raftId',
    { schema: { querystring: QUERY, params: PARAMS } },
    (request) => change(request, { kind: 'remove', raftId: Number(request.params.raftId) }),
  );
}
