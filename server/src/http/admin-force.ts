import type { FastifyInstance } from 'fastify';
import type { MemberView } from '../admin/member-status.ts';
import { MAX_SERVER_ID, MIN_SERVER_ID } from '../bounds/limits.ts';
import { plainAddress } from '../config/addresses.ts';
import { ForceRefusal } from '../errors/error-codes.ts';
import type { Logger } from '../ports/logger.ts';
import { type ErrorBody, HttpError } from './errors.ts';

const HELP: Readonly<Record<ForceRefusal, string>> = {
  [ForceRefusal.otherMember]: 'ask the member that is meant',
  [ForceRefusal.noData]:
    'choose a member that has its data; GET /admin/members of each says how far its log goes',
  [ForceRefusal.leaderThere]: 'change the membership at the leader, which GET /admin/members names',
  [ForceRefusal.quorumThere]:
    'wait until they have elected a leader; stop those that must not take part any more',
  [ForceRefusal.otherLog]: 'GET /admin/members says what is: choose anew by lastLogTerm and lastLogIndex',
  [ForceRefusal.notAMember]: 'choose a member that had caught up',
  [ForceRefusal.formerEnsemble]: 'choose a member of the ensemble that goes on',
  [ForceRefusal.noRoom]: 'make room, and ask again',
};

const BODY = {
  type: 'object',
  properties: {
    serverId: { type: 'integer', minimum: MIN_SERVER_ID, maximum: MAX_SERVER_ID },
    lastIndex: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  },
  required: ['serverId', 'lastIndex'],
  additionalProperties: false,
} as const;

interface Asked {
  readonly serverId: number;
  readonly lastIndex: number;
}

/** Which forced recovery of the cluster it is, and the entry with which it begins. */
interface Made {
  readonly recovery: number;
  readonly index: number;
  readonly term: number;
}

/**
 * POST /admin/force-new-cluster {serverId, lastIndex}   the majority of the voters is lost for good: this member alone is the cluster from now on, with all
 * that its log holds. 200 Made once that is durable, also where it was made before; or ErrorBody with a ForceRefusal and lastLogIndex as it is.
 * `serverId` is this member's, `lastIndex` its lastLogIndex as the caller saw it in GET /admin/members.
 */
export function adminForce(app: FastifyInstance, member: MemberView, log: Logger): void {
  app.post<{ Body: Asked; Reply: Made | ErrorBody }>(
    '/admin/force-new-cluster',
    { schema: { body: BODY } },
    async (request) => {
      const { serverId, lastIndex } = request.body;
      const address = plainAddress(request.ip);
      log.warn({ serverId, lastIndex, address }, 'somebody asks to make a new cluster of this member alone');
      const result = await member.forceNewCluster(serverId, lastIndex);
      if (!result.ok) {
        const { code, message, lastLogIndex } = result;
        throw new HttpError(code, message, HELP[code], { lastLogIndex });
      }
      const { recovery, index, term } = result;
      return { recovery, index, term };
    },
  );
}
