import { SizeRange } from '../model/size-range.ts';

/** What a member counts of its clients, for metrics and four-letter words. */
export class ClientCounters {
  connections = 0;
  connectionsTotal = 0;
  badInput = 0;
  /** Closed because all clients together held too much. */
  evicted = 0;
  reads = 0;
  writes = 0;
  refused = 0;
  /** Closed because they asked before they had proved who they are. */
  unauthenticated = 0;
  receivedBytes = 0;
  sentBytes = 0;
  receivedPackets = 0;
  sentPackets = 0;
  /** Replies and events, without their length prefix. */
  readonly sentSizes = new SizeRange();
}
