import type { Step } from '../../src/model/step.ts';
import type { Catalogue } from './catalogue.ts';
import type { Decision } from './decision.ts';
import type { Sources } from './observation.ts';
import type { World } from './world.ts';

/** A step of the operator, at the moment at which it takes effect. */
export interface Deed {
  readonly catalogue: Catalogue;
  /** What it was decided by. */
  readonly seen: Sources;
  readonly decision: Decision;
  /** What it befalls. */
  readonly world: World;
  /** Something happened since it was seen that nobody could foresee. */
  readonly isSudden: boolean;
}

/** What is wrong with it; undefined: nothing. */
export type Rule = (deed: Deed, step: Step) => string | undefined;
