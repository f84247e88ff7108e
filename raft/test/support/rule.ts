import type { Core } from './bench-node.ts';

/** One rule of Raft as a check of a core: the current one, or one with a planted bug that it must catch. */
export interface Rule {
  /** What holds, and where that is written: the paper's section, or the thesis's. */
  readonly name: string;
  /** @throws where the rule does not hold */
  readonly check: (core: Core) => void;
}
