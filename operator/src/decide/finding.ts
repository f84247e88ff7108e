import type { ClusterCondition } from '@rookery/crds';

/** A condition without its times. */
export type Finding = Pick<ClusterCondition, 'status' | 'reason' | 'message'>;

export function finding(status: Finding['status'], reason: string, message: string): Finding {
  return { status, reason, message };
}
