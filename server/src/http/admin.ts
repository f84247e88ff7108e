import type { FastifyInstance } from 'fastify';
import { isReady, type MemberView } from '../admin/member-status.ts';
import { plainAddress } from '../config/addresses.ts';
import { VERSION } from '../config/version.ts';
import { TransferRefusal } from '../errors/error-codes.ts';
import type { Logger } from '../ports/logger.ts';
import type { AdminToken } from './admin-token.ts';
import { type ErrorBody, HttpError } from './errors.ts';

export const TRANSFER_HELP: Readonly<Record<TransferRefusal, string>> = {
  [TransferRefusal.notLeader]: 'ask the leader; GET /admin/members names it',
  [TransferRefusal.unknownMember]: 'GET /admin/members lists the members',
  [TransferRefusal.alreadyLeader]: 'nothing is left to do',
  [TransferRefusal.notVoter]: 'choose a voter',
  [TransferRefusal.notConnected]: 'choose a member that is connected and not far behind',
  [TransferRefusal.cannotWrite]: 'choose a member whose disk has room and answers',
  [TransferRefusal.inProgress]: 'wait for the one under way',
  [TransferRefusal.timedOut]: 'look at the lag in GET /admin/members and try again',
};

const TRANSFER_BODY = {
  type: 'object',
  properties: { to: { type: 'integer', minimum: 1, maximum: 255 } },
  required: ['to'],
  additionalProperties: false,
} as const;

/**
 * GET  /admin/members           200 {version, self: MemberStatus, ready and adminTokens (fingerprints), members: MemberStanding[], metrics: MemberMetrics}
 * POST /admin/leadership {to}   200 {leader: to}, or ErrorBody with a TransferRefusal
 * POST /admin/drain             200 {draining: true} once it is not ready any more and, where another voter can, does not lead
 * DELETE /admin/drain           200 {draining: false}: it stays, and takes part again
 */
export function admin(
  app: FastifyInstance,
  member: MemberView,
  token: AdminToken | undefined,
  log: Logger,
): void {
  app.get('/admin/members', () => {
    const { members, ...self } = member.status();
    return {
      version: VERSION,
      self: { ...self, ready: isReady({ ...self, members }), adminTokens: token?.fingerprints ?? [] },
      members,
      metrics: member.metrics(),
    };
  });

  app.post<{ Body: { to: number }; Reply: { leader: number } | ErrorBody }>(
    '/admin/leadership',
    { schema: { body: TRANSFER_BODY } },
    async (request) => {
      const { to } = request.body;
      log.info({ to, address: plainAddress(request.ip) }, 'somebody asks for another leader');
      const result = await member.transferLeadership(to);
      if (!result.ok) throw new HttpError(result.code, result.message, TRANSFER_HELP[result.code]);
      return { leader: to };
    },
  );

  app.post('/admin/drain', async (request) => {
    log.info(
      { address: plainAddress(request.ip) },
      'about to stop: not ready any more, and leadership goes to another member',
    );
    await member.drain();
    return { draining: true };
  });

  app.delete('/admin/drain', (request) => {
    log.info(
      { address: plainAddress(request.ip) },
      'not about to stop any more: this member takes part again',
    );
    member.undrain();
    return { draining: false };
  });
}
