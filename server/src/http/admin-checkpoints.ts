import type { FastifyInstance } from 'fastify';
import type { CheckpointView, MemberView } from '../admin/member-status.ts';
import { plainAddress } from '../config/addresses.ts';
import { CheckpointRefusal } from '../errors/error-codes.ts';
import type { Logger } from '../ports/logger.ts';
import { type ErrorBody, HttpError } from './errors.ts';

const HELP: Readonly<Record<CheckpointRefusal, string>> = {
  [CheckpointRefusal.notLeader]: 'ask the leader; GET /admin/members names it',
  [CheckpointRefusal.busy]: 'try again in a moment',
  [CheckpointRefusal.outcomeUnknown]:
    'GET /admin/checkpoints says which were applied; asking again does no harm',
};

/**
 * Members that have applied the same entries of the log have the same digest at each checkpoint.
 *
 * GET  /admin/checkpoints   200 {checkpoints: CheckpointView[]}: the last ones, with the digest of each member that this one has heard
 * POST /admin/checkpoints   200 {index, digest} once one more is applied, or ErrorBody with a CheckpointRefusal. They come by themselves
 *                           where something is written; on an idle ensemble this is how there is one.
 */
export function adminCheckpoints(app: FastifyInstance, member: MemberView, log: Logger): void {
  app.get('/admin/checkpoints', (): { checkpoints: readonly CheckpointView[] } => ({
    checkpoints: member.checkpoints(),
  }));

  app.post<{ Reply: { index: number; digest: string } | ErrorBody }>(
    '/admin/checkpoints',
    async (request) => {
      log.info({ address: plainAddress(request.ip) }, 'somebody asks for a checkpoint');
      const result = await member.checkpointNow();
      if (!result.ok) throw new HttpError(result.code, result.message, HELP[result.code]);
      return { index: result.index, digest: result.digest };
    },
  );
}
