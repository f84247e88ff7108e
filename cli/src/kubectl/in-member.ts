import { Refusal } from '../failures.ts';
import type { ClusterMember } from './cluster/cluster-status.ts';
import { CONTAINER } from './cluster/member-names.ts';
import type { Kubectl } from './kubectl.ts';

/** Of `rookery` in the pod itself; kubectl's own is longer. */
const TIMEOUT = '10s';

/** What `rookery` prints in the pod of a member, where it knows that member: no token leaves the pod. Throws Refusal where its image has none. */
export async function inMember(
  kubectl: Kubectl,
  member: Pick<ClusterMember, 'pod' | 'version'>,
  argv: readonly string[],
): Promise<string> {
  const { pod } = member;
  try {
    return await kubectl.text([...execIn(pod), 'rookery', ...argv, '--timeout', TIMEOUT]);
  } catch (error) {
    throw isWithoutCommand(error) ? new Refusal(withoutCommand(member)) : error;
  }
}

export function execIn(pod: string): readonly string[] {
  return ['exec', pod, `--container=${CONTAINER}`, '--'];
}

/** Whether an error is that the image has no `rookery`, as runc and crun say it: a file that `rookery` itself does not find is told in other words. */
export function isWithoutCommand(error: unknown): boolean {
  return (
    error instanceof Error &&
    /exec.*\brookery\b.*(?:executable file not found|no such file)|executable file .*rookery.* not found/.test(
      error.message,
    )
  );
}

export function withoutCommand({ pod, version }: Pick<ClusterMember, 'pod' | 'version'>): string {
  return `the image of ${pod} (${version ?? 'of an unknown version'}) has no rookery: releases before 0.3.0 do not`;
}
