import type { Observed } from '../model/observed.ts';
import { type Blocker, blockerOf } from './blockers.ts';
import { type Ensemble, ensembleOf } from './ensemble.ts';

/** What an observation comes to: worked out once for each decision, and handed on to all that it is made from. */
export interface Assessment {
  readonly ensemble: Ensemble;
  /** undefined: nothing forbids a change. */
  readonly blocker: Blocker | undefined;
}

export function assess(observed: Observed): Assessment {
  const ensemble = ensembleOf(observed);
  return { ensemble, blocker: blockerOf(observed, ensemble) };
}
