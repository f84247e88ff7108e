import type { Accepted } from './accepted.ts';
import type { Difference } from './compare.ts';

export interface Verdict {
  readonly unexpected: readonly Difference[];
  /** Accepted differences that were not there. */
  readonly gone: readonly Accepted[];
  /** How many accepted differences were there. */
  readonly met: number;
}

export function agrees({ unexpected, gone }: Verdict): boolean {
  return unexpected.length + gone.length === 0;
}

/** Tells the differences of one scenario that are meant from those that are not. */
export function judge(
  scenario: string,
  differences: readonly Difference[],
  accepted: readonly Accepted[],
): Verdict {
  const own = accepted.filter((one) => one.scenario === scenario);
  const unexpected = differences.filter((difference) => !own.some((one) => isSame(one, difference)));
  const gone = own.filter((one) => !differences.some((difference) => isSame(one, difference)));
  return { unexpected, gone, met: differences.length - unexpected.length };
}

function isSame(accepted: Accepted, { what, field, zookeeper, rookery }: Difference): boolean {
  return (
    accepted.what === what &&
    accepted.field === field &&
    accepted.zookeeper === zookeeper &&
    accepted.rookery === rookery
  );
}
