import type { V1Container, V1Probe } from '@kubernetes/client-node';
import { PortName } from './names.ts';

/** Reading back a large tree takes minutes. */
const STARTUP_SECONDS = 600;
const STARTUP_PERIOD_SECONDS = 2;

function get(
  path: string,
  times: Pick<V1Probe, 'periodSeconds' | 'timeoutSeconds' | 'failureThreshold'>,
): V1Probe {
  return { httpGet: { path, port: PortName.http, scheme: 'HTTP' }, successThreshold: 1, ...times };
}

/**
 * Live is a member whose event loop turns: it never depends on a quorum, which no restart would bring back. Ready is one that has
 * caught up and serves.
 */
export const probes = (): Pick<V1Container, 'startupProbe' | 'livenessProbe' | 'readinessProbe'> => ({
  startupProbe: get('/health/live', {
    periodSeconds: STARTUP_PERIOD_SECONDS,
    timeoutSeconds: 2,
    failureThreshold: STARTUP_SECONDS / STARTUP_PERIOD_SECONDS,
  }),
  // A minute: a member that is only slow shall not be killed, which would make the others slower.
  livenessProbe: get('/health/live', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }),
  readinessProbe: get('/health/ready', { periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 }),
});
