import { isRefused, perform } from './api.ts';
import type { Catalogue, Edit } from './catalogue.ts';
import { Authority, FIRST_CERTIFICATES } from './certificates.ts';
import type { Decider } from './decision.ts';
import { FAULTS, type Fault } from './faults.ts';
import { removePod } from './kubernetes.ts';
import { CLUSTER_ID } from './observation.ts';
import { copyOf, Data, EMPTY_SITE, NO_CLAIM, NO_PLACE, Pod, Role, settle, type World } from './world.ts';

export interface Scenario {
  readonly name: string;
  /** The first is what there is at the beginning. */
  readonly edits: readonly Edit[];
  readonly among: ReadonlySet<Fault>;
  readonly start: (catalogue: Catalogue, decider: Decider) => World;
}

/** Some of the members have lost their volumes, the others run. */
interface Bereft {
  /** Ordinals. */
  readonly lost: readonly number[];
  /** Their pods run, upon new ones. */
  readonly areBack?: true;
  /** Its log ends before those of the others. */
  readonly behind?: number;
}

export interface Budgets {
  readonly faults: number;
  /** Answers of the API server, or of a leader, that are lost, and refusals. */
  readonly losses: number;
  readonly crashes: number;
}

const NO_BUDGETS: Budgets = { faults: 0, losses: 0, crashes: 0 };

export function scenario(
  name: string,
  edits: readonly Edit[],
  options: Partial<Budgets> & {
    readonly among?: readonly Fault[];
    readonly from?: 'running' | 'nothing' | Bereft;
  } = {},
): Scenario {
  const { among = FAULTS, from = 'running', ...budgets } = options;
  const specs = edits.filter((edit) => typeof edit !== 'string');
  const most = Math.max(...specs.map(({ replicas = 3 }) => replicas));
  const readers = Math.max(...specs.map(({ readReplicas = 0 }) => readReplicas));
  return {
    name,
    edits,
    among: new Set(among),
    start: (catalogue, decider) => {
      const nothing = emptyWorld(most, readers, { ...NO_BUDGETS, ...budgets });
      if (from === 'nothing') return nothing;
      const world = running(catalogue, decider, nothing);
      return from === 'running' ? world : bereft(catalogue, decider, world, from);
    },
  };
}

function emptyWorld(sites: number, readers: number, budgets: Budgets): World {
  return {
    edits: 0,
    deletion: 0,
    isHeld: false,
    status: 0,
    infrastructure: 0,
    set: 0,
    isSetSeen: false,
    setUid: 0,
    seenTemplate: 0,
    appliedInfrastructure: 0,
    appliedSet: 0,
    hasSecret: false,
    authority: Authority.one,
    certificates: FIRST_CERTIFICATES,
    isOverlapOver: true,
    asks: 0,
    recovery: 0,
    isOrphaned: false,
    leader: -1,
    changing: -1,
    before: NO_PLACE,
    ...budgets,
    readSet: 0,
    isReadSetSeen: false,
    seenReadTemplate: 0,
    appliedReadSet: 0,
    readers: Array.from({ length: readers }, () => ({ ...EMPTY_SITE })),
    sites: Array.from({ length: sites }, () => ({ ...EMPTY_SITE })),
  };
}

/** An ensemble that has all that the first spec asks for; the last of its members leads. */
function running(catalogue: Catalogue, decider: Decider, nothing: World): World {
  const { spec } = catalogue.cluster(nothing);
  const status = catalogue.statuses.numberOf({ clusterId: CLUSTER_ID });
  let world = rest(catalogue, decider, { ...copyOf(nothing), status });
  world.isSetSeen = true;
  world.seenTemplate = catalogue.templateOf(world.set);
  world.leader = spec.replicas - 1;
  for (const site of world.sites.slice(0, spec.replicas))
    Object.assign(site, {
      pod: Pod.running,
      ready: true,
      template: world.seenTemplate,
      isIn: true,
      caughtUp: true,
      file: spec.replicas,
      claim: true,
      data: Data.current,
      requested: catalogue.claimSizeOf(world.set),
      capacity: catalogue.claimSizeOf(world.set),
      role: Role.voter,
      isBound: true,
    });
  world = rest(catalogue, decider, settle(world));
  // One after the other, each once the operator has given it its place.
  for (let at = 0; at < spec.readReplicas; at++) {
    world.isReadSetSeen = true;
    world.seenReadTemplate = catalogue.templateOf(world.readSet);
    Object.assign(world.readers[at]!, {
      ...world.sites[0]!,
      template: world.seenReadTemplate,
      role: Role.learner,
      generation: world.readers[at]!.generation,
    });
    world = rest(catalogue, decider, settle(world));
  }
  return world;
}

function bereft(
  catalogue: Catalogue,
  decider: Decider,
  world: World,
  { lost, areBack, behind }: Bereft,
): World {
  const next = copyOf(world);
  next.leader = -1;
  for (const ordinal of lost) {
    const site = next.sites[ordinal]!;
    if (areBack) {
      Object.assign(site, { data: Data.empty, isIn: false });
      continue;
    }
    removePod(next, ordinal);
    Object.assign(site, NO_CLAIM);
  }
  if (behind !== undefined) next.sites[behind]!.caughtUp = false;
  return rest(catalogue, decider, settle(next));
}

/** Until the operator has nothing left to do. */
function rest(catalogue: Catalogue, decider: Decider, world: World): World {
  const decision = decider.decide({ objects: world, pods: world, members: world });
  if (decision.step.kind === 'wait') return copyOf(world);
  const next = perform(catalogue, world, decision);
  if (isRefused(next)) throw new Error(`no scenario can begin: ${next.why}`);
  return rest(catalogue, decider, next);
}
