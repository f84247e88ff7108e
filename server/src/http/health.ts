import type { FastifyInstance } from 'fastify';
import { isReady, type MemberView } from '../admin/member-status.ts';

/**
 * GET /health/live   200 {live: true}: the process turns its event loop. It never asks the member, let alone a quorum:
 *                    a restart would not bring a lost quorum back.
 * GET /health/ready  200 or 503 {ready, reason, role, term, leader}
 */
export function health(app: FastifyInstance, member: MemberView): void {
  app.get('/health/live', () => ({ live: true }));
  app.get('/health/ready', (_request, reply) => {
    const status = member.status();
    const ready = isReady(status);
    reply.code(ready ? 200 : 503);
    return {
      ready,
      reason: ready ? '' : status.reason,
      role: status.role,
      term: status.term,
      leader: status.leader ?? null,
    };
  });
}
