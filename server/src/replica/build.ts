import type { Configuration } from 'raft-ts-lite';
import { FEATURE_LEVELS, type FeatureLevel, rangeOf } from '../model/feature-level.ts';
import type { TreeOptions } from '../tree/tree.ts';
import { StateMachine } from './state-machine.ts';

/** What one build of the program makes of the log. Members of other builds than this one run beside it in an ensemble that is being upgraded. */
export interface Build {
  /** That it can run, the lowest first. */
  readonly levels: readonly FeatureLevel[];
  newMachine(genesis: Configuration, treeOptions: TreeOptions): StateMachine;
}

export const THIS_BUILD: Build = {
  levels: FEATURE_LEVELS,
  newMachine: (genesis, treeOptions) => new StateMachine(genesis, treeOptions, rangeOf(FEATURE_LEVELS)),
};
