import { checkListings } from './listings.ts';
import { byNode, placements } from './observations.ts';
import type { Operation, Violation } from './operation.ts';
import { checkRealTime, shownBefore } from './real-time.ts';
import { checkRegister } from './register.ts';

/**
 * Every rule that a history must keep. Operations stand in the order in which they were sent, `id` being the position; values are
 * unique. `parents`: those below which nodes are only created; `shortLived`: those below which nodes go with their sessions.
 */
export function checkHistory(
  operations: readonly Operation[],
  parents: readonly string[],
  shortLived: readonly string[] = [],
): Violation[] {
  const isShortLived = (path: string): boolean => shortLived.some((parent) => path.startsWith(`${parent}/`));
  const shown = shownBefore(operations);
  const placed = placements(operations);
  const violations = checkRealTime(operations, placed, shown);
  for (const { path, observations, unanswered } of byNode(operations, placed, shown, isShortLived)) {
    const violation = checkRegister(path, observations, unanswered, operations);
    if (violation !== undefined) violations.push(violation);
  }
  for (const parent of parents) violations.push(...checkListings(parent, operations, shown));
  return violations;
}
