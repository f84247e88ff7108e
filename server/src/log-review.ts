import type { RunningReplica } from './member-parts.ts';

/** What is to be seen to now and then, also where nothing is written any more and the loop has no reason to. */
export function reviewLog({
  replica,
  machine,
  checkpoints,
  restores,
  reconfigs,
  snapshots,
}: RunningReplica): void {
  checkpoints.proposeIfDue(replica);
  restores.review(replica, machine);
  reconfigs.led.step();
  // Others may fill the disk.
  snapshots.consider(replica);
}
