import type { FastifyInstance } from 'fastify';
import type { MemberView } from '../../admin/member-status.ts';
import type { WindowMode } from '../../config/config.ts';
import { VERSION } from '../../config/version.ts';
import type { Logger } from '../../ports/logger.ts';
import { ensembleRoutes } from './ensemble-routes.ts';
import { Places } from './places.ts';
import { sessionRoutes } from './session-routes.ts';
import type { WindowSelf } from './shapes.ts';
import type { WindowView } from './window-view.ts';

export interface WindowParts {
  readonly member: MemberView;
  readonly mode: WindowMode;
  /** undefined: of the ensemble nothing is told. */
  readonly view: WindowView | undefined;
  readonly log: Logger;
}

/**
 * /window: what the page of `dashboard/` asks the member that serves it for. `guard` has seen to token and origin, as for /admin; what a route may do is
 * said by `http.window` (see `allowed`). Shapes of the answers: shapes.ts.
 *
 * GET /window/self   200 WindowSelf, in every mode
 */
export function window(app: FastifyInstance, { member, mode, view, log }: WindowParts): void {
  app.get('/window/self', (): WindowSelf => {
    return { version: VERSION, serverId: member.status().serverId, mode };
  });
  if (view === undefined) return;
  const parts = { mode, view, log, places: new Places(view.bounds.windowRequests) };
  ensembleRoutes(app, parts);
  sessionRoutes(app, parts);
}
