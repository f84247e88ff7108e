import { Role } from 'raft-ts-lite';
import type { Replica } from '../replica.ts';

/** How this member stands with its leader, which may be itself. */
export function standingWithLeader({ raft, caughtUp, appliedIndex }: Replica) {
  return {
    hasLeader: raft.leader !== 0,
    caughtUp,
    lagEntries: Math.max(0, raft.commit - appliedIndex),
    canFollow: raft.role === Role.leader || raft.canWrite,
  };
}
