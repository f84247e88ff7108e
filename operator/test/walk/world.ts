import { FIRST_READ_ORDINAL } from '../../src/model/cluster-names.ts';

/** One state of the model: what the API server holds, what the machines run, and what the operator remembers. Small numbers only, so that a state is a few bytes. */

export const Pod = { none: 0, made: 1, heldUp: 2, running: 3 } as const;
export type Pod = (typeof Pod)[keyof typeof Pod];

/**
 * What the volume holds. `granted`: nothing, yet the process that looks at it is the one that was admitted and gets its identity next. `outdated`: that
 * of an id which was taken out.
 */
export const Data = { empty: 0, granted: 1, current: 2, outdated: 3 } as const;
export type Data = (typeof Data)[keyof typeof Data];

export const Role = { none: 0, learner: 1, voter: 2 } as const;
export type Role = (typeof Role)[keyof typeof Role];

/** What users ask for a cluster out of one survivor by. */
export const FORCE_WORDS = ['', 'newest', 'zk-0', 'zk-2', 'zk-3'] as const;

/** Everything that goes by one ordinal. */
export interface Site {
  pod: Pod;
  deleting: boolean;
  ready: boolean;
  /** It has been heldUp for longer than anybody's patience. */
  late: boolean;
  /** Of the StatefulSet's template that it was made from; 0: there is no pod. */
  template: number;
  /** The process has read its data and takes part. */
  isIn: boolean;
  /** By what the leader remembers of the id: it may long be away. */
  caughtUp: boolean;
  /** The operator cannot reach it; the others can. */
  mute: boolean;
  /** The operator has deleted the pod, and what came back is not ready yet. */
  byOperator: boolean;
  /** What the process shows and trusts (certificates.ts); 0 where none runs. */
  mounted: number;
  /** Members that the configuration file named when the process started. */
  file: number;
  claim: boolean;
  data: Data;
  /** Of the claim, an index of SIZES and 1; 0: none. */
  requested: number;
  capacity: number;
  /** It goes with its pod. */
  isLeaving: boolean;
  /** In the place of one of the former cluster. */
  isRenewed: boolean;
  /** The volume holds data of the cluster before one was made of a survivor. */
  isPast: boolean;
  role: Role;
  /** A process was admitted under the id. */
  isBound: boolean;
  /** Each addition gives another id; two are enough to tell an id from the one before. */
  generation: 0 | 1;
}

/** The place in the membership alone, as it was before a change that has not come to its end. */
export type Place = Pick<Site, 'role' | 'isBound' | 'generation' | 'data'>;

export interface World {
  /** So many of the user's edits have been made. */
  edits: number;
  /** 1: the cluster is being deleted, 2: it is gone. */
  deletion: 0 | 1 | 2;
  isHeld: boolean;
  /** Catalogue number of the status; 0: none. */
  status: number;
  /** Catalogue number of all objects but the StatefulSet; 0: they are not there. */
  infrastructure: number;
  /** Catalogue number of the StatefulSet; 0: it is not there. */
  set: number;
  /** Its controller has acted on it as it is. */
  isSetSeen: boolean;
  /** Another one of the same name. */
  setUid: 0 | 1;
  /** What its controller last saw; 0: nothing. */
  seenTemplate: number;
  /** What the operator's process remembers to have applied; 0: nothing. */
  appliedInfrastructure: number;
  appliedSet: number;
  hasSecret: boolean;
  /** NAME-authority (certificates.ts). */
  authority: 0 | 1 | 2 | 3;
  /** NAME-certificates (certificates.ts). */
  certificates: number;
  /** `caOverlap` is over since NAME-certificates was written. */
  isOverlapOver: boolean;
  /** What the annotation says that asks for a cluster out of one survivor, an index of FORCE_WORDS; 0: it is not there. */
  asks: number;
  /** Clusters that were made of one survivor. */
  recovery: 0 | 1;
  /** The pods are nobody's: their StatefulSet was deleted without them. */
  isOrphaned: boolean;
  /** Ordinal; -1: none. */
  leader: number;
  /** The ordinal whose place is being changed; -1: none. */
  changing: number;
  before: Place;
  /** Left of each. */
  faults: number;
  losses: number;
  crashes: number;
  sites: Site[];
  /** Catalogue number of the StatefulSet of the read replicas; 0: it is not there. As `isSetSeen` and those behind it are of the members'. */
  readSet: number;
  isReadSetSeen: boolean;
  seenReadTemplate: number;
  appliedReadSet: number;
  /** Read replicas, whose ordinals count from FIRST_READ_ORDINAL. */
  readers: Site[];
}

export const NO_PLACE: Place = { role: Role.none, isBound: false, generation: 0, data: Data.empty };

export const EMPTY_SITE: Site = {
  pod: Pod.none,
  deleting: false,
  ready: false,
  late: false,
  template: 0,
  isIn: false,
  caughtUp: false,
  mute: false,
  byOperator: false,
  mounted: 0,
  file: 0,
  claim: false,
  data: Data.empty,
  requested: 0,
  capacity: 0,
  isLeaving: false,
  isRenewed: false,
  isPast: false,
  role: Role.none,
  isBound: false,
  generation: 0,
};

/** Without a volume. */
export const NO_CLAIM: Pick<Site, 'claim' | 'data' | 'requested' | 'capacity' | 'isLeaving' | 'isPast'> = {
  claim: false,
  data: Data.empty,
  requested: 0,
  capacity: 0,
  isLeaving: false,
  isPast: false,
};

export function copyOf(world: World): World {
  return {
    ...world,
    sites: world.sites.map((site) => ({ ...site })),
    readers: world.readers.map((site) => ({ ...site })),
  };
}

/** Of a member or of a read replica. */
export function siteOf({ sites, readers }: World, ordinal: number): Site {
  return ordinal < FIRST_READ_ORDINAL ? sites[ordinal]! : readers[ordinal - FIRST_READ_ORDINAL]!;
}

/** The process of the pod runs, whatever it has come to. */
export function runs({ pod }: Site): boolean {
  return pod === Pod.running;
}

/** It votes if it is asked to: nothing else counts for a majority. */
export function isUp(site: Site): boolean {
  return runs(site) && site.isIn && site.data === Data.current;
}

/** It was taken out and has not heard of it. */
export function isFormer(site: Site): boolean {
  return runs(site) && site.isIn && site.data === Data.outdated;
}

/** Ordinals of the voters; with `before`, of the configuration that is being left. */
export function votersOf(world: World, before = false): number[] {
  return ordinals(world).filter((ordinal) => {
    const place = before && ordinal === world.changing ? world.before : world.sites[ordinal]!;
    return place.role === Role.voter;
  });
}

export function ordinals({ sites }: World): number[] {
  return sites.map((_, ordinal) => ordinal);
}

export function readOrdinals({ readers }: World): number[] {
  return readers.map((_, at) => FIRST_READ_ORDINAL + at);
}

export function everyOrdinal(world: World): number[] {
  return [...ordinals(world), ...readOrdinals(world)];
}

export function isMajority(some: number, all: number): boolean {
  return some * 2 > all;
}

/** Of both configurations while one is being left for another: who is to go votes until the end. */
export function hasQuorum(world: World): boolean {
  return [false, true].every((before) => {
    const voters = votersOf(world, before);
    const votes = (ordinal: number): boolean => {
      const site = world.sites[ordinal]!;
      return isUp(site) || (before && ordinal === world.changing && isFormer(site));
    };
    return isMajority(voters.filter(votes).length, voters.length);
  });
}

/** Ids differ from server ids, and those of the first members are the server ids of others. */
export function raftIdOf(world: World, ordinal: number): number {
  const { generation } = siteOf(world, ordinal);
  if (ordinal >= FIRST_READ_ORDINAL) return ordinal + 60 * (1 + generation);
  return generation === 0 ? world.sites.length - ordinal : 40 + ordinal;
}

/** What cannot hold any longer, after something has changed. */
export function settle(world: World): World {
  const all = [...world.sites, ...world.readers];
  for (const site of all) {
    if (site.pod !== Pod.heldUp) site.late = false;
    if (!runs(site)) {
      site.isIn = false;
      site.mute = false;
      site.file = 0;
      site.mounted = 0;
      if (site.data === Data.granted) site.data = Data.empty;
    }
    if (site.ready && site.caughtUp) site.byOperator = false;
  }
  const leader = world.sites[world.leader];
  const isOne = leader !== undefined && isUp(leader) && leader.role === Role.voter;
  const quorum = hasQuorum(world);
  if (!isOne || !quorum) world.leader = -1;
  for (const site of all) {
    if (!isUp(site) || site.role === Role.none || !quorum) site.ready = false;
  }
  return world;
}
