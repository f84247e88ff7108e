import type { FastifyInstance } from 'fastify';
import type { MemberView } from '../../admin/member-status.ts';
import type { WindowMode } from '../../config/config.ts';
import { VERSION } from '../../config/version.ts';
import type { WindowSelf } from './shapes.ts';

export interface WindowParts {
  readonly member: MemberView;
  readonly mode: WindowMode;
}

/**
 * /window: what the page of `dashboard/` asks the member that serves it for. `guard` has seen to token and origin, as for /admin; what a route may do is
 * said by `http.window` (see `allowed`). Shapes of the answers: shapes.ts.
 *
 * GET /window/self   200 WindowSelf, in every mode
 */
export function window(app: FastifyInstance, { member, mode }: WindowParts): void {
  app.get('/window/self', (): WindowSelf => {
    return { version: VERSION, serverId: member.status().serverId, mode };
  });
}
