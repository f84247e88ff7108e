import type { CoordinationCluster } from '@rookery/crds';
import { decide } from '../../src/decide/decide.ts';
import { sameStatus, statusOf } from '../../src/decide/status.ts';
import type { Step } from '../../src/model/step.ts';
import type { Catalogue, Planned } from './catalogue.ts';
import { keyOf, observe, type Sources } from './observation.ts';
import type { World } from './world.ts';

/** What the operator comes to by an observation. */
export interface Decision {
  readonly step: Step;
  /** As it was seen. */
  readonly cluster: CoordinationCluster;
  readonly planned: Planned;
}

/** More, and they are forgotten: of most observations nobody asks again. */
const MAX_REMEMBERED = 100_000;

/** The operator: the shipped `decide` upon an observation. The same observation is decided once. */
export class Decider {
  readonly #catalogue: Catalogue;
  readonly #remembered = new Map<string, Decision>();
  /** Of `decide`. */
  calls = 0;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  decide(sources: Sources): Decision {
    const key = keyOf(sources);
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    const { observed, planned } = observe(this.#catalogue, sources);
    this.calls++;
    const decision = { step: this.#kept(decide(observed)), cluster: observed.cluster, planned };
    this.#remembered.set(key, decision);
    return decision;
  }

  /** Equal statuses are kept once. */
  #kept(step: Step): Step {
    if (step.kind !== 'writeStatus') return step;
    const { statuses } = this.#catalogue;
    return { ...step, status: statuses.of(statuses.numberOf(step.status)) };
  }

  /** Throws where what is made of the one observation is not what is made of the other. */
  compare(one: Sources, other: Sources): void {
    const [whole, remnant] = [one, other].map((sources) =>
      statusOf(observe(this.#catalogue, sources).observed),
    );
    if (JSON.stringify(whole) === JSON.stringify(remnant)) return;
    throw new Error(
      `a status is made of more of the one before than the walk keeps (catalogue.ts, remnantOf): ${JSON.stringify(whole)}, not ${JSON.stringify(remnant)}`,
    );
  }

  /** What is written into the status where the API server refuses a step for good; undefined: nothing. */
  told({ step }: Decision, sources: Sources, why: string): World['status'] | undefined {
    if (step.kind === 'writeStatus') return undefined;
    const { observed } = observe(this.#catalogue, sources);
    const status = statusOf({ ...observed, failure: `A step (${step.kind}) was refused: ${why}` });
    return sameStatus(status, observed.cluster.status)
      ? undefined
      : this.#catalogue.statuses.numberOf(status);
  }
}
