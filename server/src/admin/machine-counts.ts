import type { Histogram } from '../model/histogram.ts';
import type { ServedCertificate } from './served-certificate.ts';

/** What the machine around a member knows of it. */
export interface MachineCounts {
  /** Why no client can connect yet; empty where they can. */
  waitingFor(): string;
  connectionsRefused(): number;
  /** Of clients: those that came through, and those that did not. */
  tlsHandshakes(): number;
  tlsFailures(): number;
  /** Of clients: those that are under way. */
  tlsPending(): number;
  /** Connections to the peer port that have not shown yet that a member is at their other end. */
  strangers(): number;
  /** Handshakes at the peer port that did not come through. */
  peerTlsFailures(): number;
  httpConnections(): number;
  httpTlsFailures(): number;
  /** One for each kind of port that speaks TLS. */
  certificates(): readonly ServedCertificate[];
  /** Times that a changed file of certificates, secrets or users could not be taken over. */
  fileReloadsFailed(): number;
  auditLinesLost(): number;
  /** Of appends (write and sync), in milliseconds. */
  logSyncs(): Histogram;
  /** For how long a turn of the event loop kept everything else waiting, in milliseconds. */
  eventLoopDelays(): Histogram;
}
