import type { FastifyInstance } from 'fastify';
import type { MemberView } from '../admin/member-status.ts';
import { MAX_FEATURE_LEVEL } from '../bounds/limits.ts';
import { plainAddress } from '../config/addresses.ts';
import { FeatureLevelRefusal } from '../errors/error-codes.ts';
import type { Logger } from '../ports/logger.ts';
import { type ErrorBody, HttpError } from './errors.ts';

const HELP: Readonly<Record<FeatureLevelRefusal, string>> = {
  [FeatureLevelRefusal.notLeader]: 'ask the leader; GET /admin/members names it',
  [FeatureLevelRefusal.notNext]: 'raise it level by level; nothing lowers it',
  [FeatureLevelRefusal.memberAway]: 'bring it back, or remove it from the ensemble, and try again',
  [FeatureLevelRefusal.memberTooOld]:
    'upgrade it first; highestFeatureLevel in GET /admin/members says what each member runs',
  [FeatureLevelRefusal.busy]: 'try again in a moment',
  [FeatureLevelRefusal.outcomeUnknown]:
    'GET /admin/members says which level is in force; asking again does no harm',
};

const BODY = {
  type: 'object',
  properties: { level: { type: 'integer', minimum: 1, maximum: MAX_FEATURE_LEVEL } },
  required: ['level'],
  additionalProperties: false,
} as const;

/** POST /admin/feature-level {level}   200 {featureLevel: level} once it is in force, or ErrorBody with a FeatureLevelRefusal */
export function adminFeatureLevel(app: FastifyInstance, member: MemberView, log: Logger): void {
  app.post<{ Body: { level: number }; Reply: { featureLevel: number } | ErrorBody }>(
    '/admin/feature-level',
    { schema: { body: BODY } },
    async (request) => {
      const { level } = request.body;
      log.info({ level, address: plainAddress(request.ip) }, 'somebody asks for a higher feature level');
      const result = await member.raiseFeatureLevel(level);
      if (!result.ok) throw new HttpError(result.code, result.message, HELP[result.code]);
      return { featureLevel: result.featureLevel };
    },
  );
}
