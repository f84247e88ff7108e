import type { RaftOptions } from 'raft-ts-lite';
import type { Bounds } from '../bounds/bounds.ts';
import type { Config } from '../config/config.ts';

/** How often Raft's clock ticks, and what its timeouts come to. */
export interface PeerTiming {
  readonly tickMs: number;
  /** A member that has known no leader for so long stops serving its clients: they find another member. */
  readonly serveWithoutLeaderMs: number;
  /** A member that needs longer to catch up with its leader says so. */
  readonly catchUpMs: number;
  readonly raft: Pick<
    RaftOptions,
    | 'electionTicks'
    | 'heartbeatTicks'
    | 'linkDownTicks'
    | 'maxMessageBytes'
    | 'maxInflightMessages'
    | 'maxInflightBytes'
    | 'maxUncommittedBytes'
    | 'maxLogBytes'
    | 'snapshotChunkBytes'
  >;
}

/**
 * A dead leader is noticed by its broken link within a few ticks; the election timeout is only for a leader that falls silent: at
 * 500 to 1,000 ms it is far above what garbage collection or a busy machine cost, and so never a hair trigger.
 */
export function peerTiming(config: Config, bounds: Bounds): PeerTiming {
  return {
    tickMs: 10,
    serveWithoutLeaderMs: config.syncLimit * config.tickTimeMs,
    catchUpMs: config.initLimit * config.tickTimeMs,
    raft: {
      electionTicks: 50,
      heartbeatTicks: 10,
      linkDownTicks: 4,
      maxMessageBytes: bounds.appendBytes,
      maxInflightMessages: bounds.inflightAppends,
      maxInflightBytes: bounds.inflightBytes,
      maxUncommittedBytes: bounds.uncommittedBytes,
      maxLogBytes: bounds.logMemoryBytes,
      snapshotChunkBytes: bounds.snapshotChunkBytes,
    },
  };
}
