import type { Observed } from '../model/observed.ts';
import type { Step } from '../model/step.ts';
import { deletePod } from './delete-pod.ts';

/**
 * Deletes a pod of an earlier template in which no member runs, since its container cannot start or no node takes it. The StatefulSet waits for it
 * for ever; made anew it is as the spec says now. No vote goes with it, whatever the quorum: a member that does not run has none to give.
 */
export function deleteStuckPod({ cluster, pods }: Observed): Step | undefined {
  const stuck = pods.find(
    ({ outdated, ready, deleting, trouble, report }) =>
      outdated && !ready && !deleting && trouble !== '' && report.kind === 'silent',
  );
  if (stuck === undefined) return undefined;
  return deletePod(cluster, stuck, 'stuck');
}
