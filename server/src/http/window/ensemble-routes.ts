import type { FastifyInstance, FastifyRequest } from 'fastify';
import { plainAddress } from '../../config/addresses.ts';
import type { WindowMode } from '../../config/config.ts';
import type { Logger } from '../../ports/logger.ts';
import { allowed } from './access.ts';
import { mustBeDone } from './change-refusal.ts';
import type { Places } from './places.ts';
import type { EnsembleReport } from './shapes.ts';
import type { WindowView } from './window-view.ts';

export interface RouteParts {
  readonly mode: WindowMode;
  readonly view: WindowView;
  readonly log: Logger;
  readonly places: Places;
}

const SERVER_ID = { type: 'integer', minimum: 1, maximum: 255 } as const;
const HANDOVER_BODY = {
  type: 'object',
  properties: { to: SERVER_ID },
  required: ['to'],
  additionalProperties: false,
} as const;
const DRAIN_BODY = {
  type: 'object',
  properties: { serverId: SERVER_ID },
  required: ['serverId'],
  additionalProperties: false,
} as const;
const DRAIN_QUERY = {
  type: 'object',
  properties: { serverId: { type: 'string', pattern: '^[1-9][0-9]{0,2}$' } },
  required: ['serverId'],
  additionalProperties: false,
} as const;

/**
 * GET    /window/ensemble              200 EnsembleReport, in every mode
 * POST   /window/leadership {to}       200 {leader: to}: the leader hands over, whoever is asked
 * POST   /window/drain {serverId}      200 {draining: true}: that member is about to stop
 * DELETE /window/drain?serverId=2      200 {draining: false}: it stays, and takes part again
 */
export function ensembleRoutes(app: FastifyInstance, { mode, view, log, places }: RouteParts): void {
  const { ensemble } = view;
  const onRequest = allowed(mode, 'write');

  // Who looks at the same time shares one answer: no places are needed.
  app.get('/window/ensemble', (): Promise<EnsembleReport> => ensemble.ensemble());

  app.post<{ Body: { to: number } }>(
    '/window/leadership',
    { onRequest, schema: { body: HANDOVER_BODY } },
    async (request) => {
      const { to } = request.body;
      log.info({ to, address: addressOf(request) }, 'somebody asks for another leader, at the window');
      mustBeDone(await places.with(() => ensemble.handOver(to)));
      return { leader: to };
    },
  );

  app.post<{ Body: { serverId: number } }>(
    '/window/drain',
    { onRequest, schema: { body: DRAIN_BODY } },
    async (request) => {
      const { serverId } = request.body;
      const message = 'somebody says that a member is about to stop, at the window';
      log.info({ serverId, address: addressOf(request) }, message);
      mustBeDone(await places.with(() => ensemble.drain(serverId, true)));
      return { draining: true };
    },
  );

  app.delete<{ Querystring: { serverId: string } }>(
    '/window/drain',
    { onRequest, schema: { querystring: DRAIN_QUERY } },
    async (request) => {
      const serverId = Number(request.query.serverId);
      const message = 'somebody says that a member is not about to stop any more, at the window';
      log.info({ serverId, address: addressOf(request) }, message);
      mustBeDone(await places.with(() => ensemble.drain(serverId, false)));
      return { draining: false };
    },
  );
}

export function addressOf(request: FastifyRequest): string {
  return plainAddress(request.ip);
}
