import type { RaftOptions } from 'raft-ts-lite';
import type { Config } from '../config/config.ts';

/** How often Raft's clock ticks, and what its time-outs come to. */
export interface PeerTiming {
  readonly tickMs: number;
  /** A member that has known no leader for so long stops serving its clients: they find another member. */
  readonly serveWithoutLeaderMs: number;
  readonly raft: Pick<
    RaftOptions,
    | 'electionTicks'
    | 'heartbeatTicks'
    | 'linkDownTicks'
    | 'maxMessageBytes'
    | 'maxInflightMessages'
    | 'maxUncommittedBytes'
    | 'maxLogBytes'
    | 'snapshotChunkBytes'
  >;
}

/** Bytes of a snapshot in one message to a member that is far behind. */
export const snapshotChunkBytes = 256 * 1024;
const mebibyte = 1024 * 1024;

/**
 * A dead leader is noticed by its broken link within a few ticks; the election time-out is only for a leader that falls silent: at
 * 500 to 1,000 ms it is far above what garbage collection or a busy machine cost, and so never a hair trigger.
 */
export function peerTiming(config: Config): PeerTiming {
  return {
    tickMs: 10,
    serveWithoutLeaderMs: config.syncLimit * config.tickTimeMs,
    raft: {
      electionTicks: 50,
      heartbeatTicks: 10,
      linkDownTicks: 4,
      maxMessageBytes: mebibyte,
      maxInflightMessages: 64,
      maxUncommittedBytes: 64 * mebibyte,
      maxLogBytes: 2 * mebibyte,
      snapshotChunkBytes,
    },
  };
}
