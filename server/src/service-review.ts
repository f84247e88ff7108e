import type { Config } from './config/config.ts';
import type { Clients } from './connections/clients.ts';
import type { Service } from './connections/service.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import { standingWithLeader } from './replica/leader/standing-with-leader.ts';
import type { Replica } from './replica/replica.ts';

/** Clients are served, or no longer, as the member stands with its leader now. */
export function reviewService(
  service: Service,
  clients: Clients,
  replica: Replica,
  { clock, log, config }: { readonly clock: Clock; readonly log: Logger; readonly config: Config },
): void {
  const { overdue } = service;
  const standing = standingWithLeader(replica);
  service.observe(standing, clock.monotonicMs());
  if (service.overdue && !overdue) log.warn({ lagEntries: standing.lagEntries }, service.reason);
  if (service.serving && !config.provesVersion) {
    clients.serve();
    return;
  }
  if (clients.serving) {
    log.warn({}, service.reason);
    clients.suspend();
  }
  if (service.isCutOff && config.client.readOnlyMode && !config.provesVersion) clients.serveReaders();
}
