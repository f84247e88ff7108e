import type { Scenario } from '../scenario.ts';
import { acls } from './acls.ts';
import { authentication } from './authentication.ts';
import { containersAndTtl } from './containers-and-ttl.ts';
import { createAndRead } from './create-and-read.ts';
import { handshakes } from './handshakes.ts';
import { multis } from './multis.ts';
import { oddRequests } from './odd-requests.ts';
import { programs } from './programs.ts';
import { quotas } from './quotas.ts';
import { readOnly } from './read-only.ts';
import { reconfigs } from './reconfig.ts';
import { sessions } from './sessions.ts';
import { catchingUp } from './set-watches.ts';
import { tls } from './tls.ts';
import { watches } from './watches.ts';
import { x509 } from './x509.ts';

export const scenarios: readonly Scenario[] = [
  ...createAndRead,
  ...containersAndTtl,
  ...quotas,
  ...multis,
  ...handshakes,
  ...sessions,
  ...watches,
  ...catchingUp,
  ...acls,
  ...authentication,
  ...tls,
  ...x509,
  ...oddRequests,
  ...reconfigs,
  ...readOnly,
  ...programs,
];
