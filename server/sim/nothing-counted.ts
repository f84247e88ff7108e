import type { MachineCounts } from '../src/admin/machine-counts.ts';
import { Histogram } from '../src/model/histogram.ts';

/** A simulated machine does not count what real ones do. */
export const NOTHING_COUNTED: MachineCounts = {
  waitingFor: () => '',
  connectionsRefused: () => 0,
  tlsHandshakes: () => 0,
  tlsFailures: () => 0,
  tlsPending: () => 0,
  strangers: () => 0,
  peerTlsFailures: () => 0,
  httpConnections: () => 0,
  httpTlsFailures: () => 0,
  certificates: () => [],
  fileReloadsFailed: () => 0,
  auditLinesLost: () => 0,
  logSyncs: () => new Histogram(),
  eventLoopDelays: () => new Histogram(),
};
