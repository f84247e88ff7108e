import type { RunningReplica } from './member-parts.ts';

/** What is to be seen to now and then where nothing is written any more, and the loop has no reason to. */
export function reviewLog({ replica, machine, checkpoints, restores, snapshots }: RunningReplica): void {
  checkpoints.proposeIfDue(replica);
  restores.review(replica, machine);
  // Others may fill the disk.
  snapshots.consider(replica);
}
