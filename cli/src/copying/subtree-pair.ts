import { isWithin } from '@rookery/client/subtree';
import type { Place } from '../context.ts';
import { UsageError } from '../failures.ts';

/** Throws UsageError where one of the two is the other, or within it: neither can be made of the other. */
export function checkApart(a: Place, b: Place): void {
  if (a.servers !== b.servers) return;
  if (isWithin(a.path, b.path) || isWithin(b.path, a.path))
    throw new UsageError(`${a.path} and ${b.path} lie within one another: name two subtrees that do not`);
}
