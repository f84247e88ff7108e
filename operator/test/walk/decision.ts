import { decide } from '../../src/decide/decide.ts';
import { sameStatus, statusOf } from '../../src/decide/status.ts';
import type { Observed } from '../../src/model/observed.ts';
import type { Step } from '../../src/model/step.ts';
import type { Catalogue } from './catalogue.ts';
import { observe, type Sources } from './observation.ts';
import { pack, packedBytes } from './packed-world.ts';
import type { World } from './world.ts';

/** What the operator comes to by an observation. */
export interface Decision {
  readonly step: Step;
  readonly observed: Observed;
  /** Catalogue numbers of what it plans. */
  readonly planned: { readonly infrastructure: number; readonly set: number };
}

/** More, and a memory is begun anew. */
const MAX_REMEMBERED = 200_000;

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
    const observed = observe(this.#catalogue, sources);
    this.calls++;
    const planned = this.#catalogue.plan(observed, sources.objects);
    const decision = { step: decide(observed), observed, planned };
    this.#remembered.set(key, decision);
    return decision;
  }

  /** What is written into the status where the API server refuses a step for good; undefined: nothing. */
  told({ observed, step }: Decision, why: string): World['status'] | undefined {
    if (step.kind === 'writeStatus') return undefined;
    const status = statusOf({ ...observed, failure: `A step (${step.kind}) was refused: ${why}` });
    return sameStatus(status, observed.cluster.status)
      ? undefined
      : this.#catalogue.statuses.numberOf(status);
  }
}

function keyOf({ objects, pods, members }: Sources): string {
  const parts = pods === objects && members === objects ? [objects] : [objects, pods, members];
  return parts.map(seen).join('');
}

/** All of a state that can be seen. */
function seen(world: World): string {
  const sites = world.sites.map((site) => (site.byOperator ? { ...site, byOperator: false } : site));
  const bytes = new Uint8Array(packedBytes(sites.length));
  return Buffer.from(pack({ ...world, faults: 0, losses: 0, crashes: 0, sites }, bytes)).toString('latin1');
}
