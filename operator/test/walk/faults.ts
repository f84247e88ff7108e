import type { Catalogue } from './catalogue.ts';
import { deleteAllPods, removePod } from './kubernetes.ts';
import { type Moves, podName } from './move.ts';
import { lead, mayLead } from './raft.ts';
import { Data, everyOrdinal, isUp, NO_CLAIM, Pod, runs, siteOf, votersOf, type World } from './world.ts';

export const FAULTS = [
  'crash',
  'eviction',
  'lost volume',
  'other leader',
  'slow member',
  'unreachable member',
  'pod held up',
  'scaled by hand',
  'restarted by hand',
  'StatefulSet deleted',
  'Secret deleted',
] as const;
export type Fault = (typeof FAULTS)[number];

/** What nobody promises and everybody has seen. Each way has a few of them at most. */
export function faultMoves(
  catalogue: Catalogue,
  world: World,
  among: ReadonlySet<Fault>,
  moves: Moves,
): void {
  if (world.faults === 0 || world.deletion === 2) return;
  for (const ordinal of everyOrdinal(world))
    for (const fault of among) SITE_FAULTS[fault]?.(catalogue, world, ordinal, moves);
  for (const fault of among) WORLD_FAULTS[fault]?.(catalogue, world, moves);
}

type SiteFault = (catalogue: Catalogue, world: World, ordinal: number, moves: Moves) => void;

const SITE_FAULTS: Partial<Record<Fault, SiteFault>> = {
  crash: (_catalogue, world, ordinal, moves) => {
    if (!runs(siteOf(world, ordinal))) return;
    moves.fault(`the process of ${podName(ordinal)} crashes`, (next) => {
      const site = siteOf(next, ordinal);
      site.isIn = false;
      site.ready = false;
      if (site.data === Data.granted) site.data = Data.empty;
    });
  },
  eviction: (_catalogue, world, ordinal, moves) => {
    const { pod, deleting } = siteOf(world, ordinal);
    if (pod === Pod.none || deleting) return;
    moves.fault(`${podName(ordinal)} is evicted`, (next) => {
      siteOf(next, ordinal).deleting = true;
    });
  },
  // With the machine that it was on. Before the members know of their cluster they could begin another one.
  'lost volume': (catalogue, world, ordinal, moves) => {
    const { claim } = siteOf(world, ordinal);
    const { infrastructure } = world;
    if (!claim || infrastructure === 0 || !catalogue.infrastructures.of(infrastructure).hasClusterId) return;
    moves.fault(`${podName(ordinal)} is gone, and its volume with it`, (next) => {
      if (next.leader === ordinal) next.leader = -1;
      removePod(next, ordinal);
      Object.assign(siteOf(next, ordinal), NO_CLAIM);
    });
  },
  'other leader': (_catalogue, world, ordinal, moves) => {
    if (
      world.leader < 0 ||
      world.leader === ordinal ||
      ordinal >= world.sites.length ||
      !mayLead(world, ordinal)
    )
      return;
    moves.fault(`${podName(ordinal)} takes the lead`, (next) => lead(next, ordinal));
  },
  'slow member': (_catalogue, world, ordinal, moves) => {
    const site = siteOf(world, ordinal);
    if (ordinal === world.leader || !isUp(site) || !site.caughtUp) return;
    moves.fault(`${podName(ordinal)} falls behind`, (next) => {
      siteOf(next, ordinal).caughtUp = false;
    });
  },
  'unreachable member': (_catalogue, world, ordinal, moves) => {
    const site = siteOf(world, ordinal);
    if (!runs(site) || site.mute) return;
    moves.fault(`the operator cannot reach ${podName(ordinal)}`, (next) => {
      siteOf(next, ordinal).mute = true;
    });
  },
  'pod held up': (_catalogue, world, ordinal, moves) => {
    if (siteOf(world, ordinal).pod !== Pod.made) return;
    moves.fault(`no node takes ${podName(ordinal)}`, (next) => {
      siteOf(next, ordinal).pod = Pod.heldUp;
    });
  },
};

type WorldFault = (catalogue: Catalogue, world: World, moves: Moves) => void;

const WORLD_FAULTS: Partial<Record<Fault, WorldFault>> = {
  'scaled by hand': (catalogue, world, moves) => {
    if (world.set === 0) return;
    const object = catalogue.sets.of(world.set);
    for (const replicas of new Set([1, world.sites.length])) {
      if (replicas === object.spec.replicas) continue;
      moves.fault(`somebody scales the StatefulSet to ${replicas}`, (next) => {
        next.set = catalogue.setNumber({ ...object, spec: { ...object.spec, replicas } });
        next.isSetSeen = false;
      });
    }
  },
  'restarted by hand': (catalogue, world, moves) => {
    if (world.set === 0) return;
    const object = catalogue.sets.of(world.set);
    if ('restarted' in (object.spec.template ?? {})) return;
    moves.fault('somebody restarts the StatefulSet', (next) => {
      const template = { ...object.spec.template, restarted: true };
      next.set = catalogue.setNumber({ ...object, spec: { ...object.spec, template } });
      next.isSetSeen = false;
    });
  },
  // Before there are members nobody knows how many there were to be, and a person has to look.
  'StatefulSet deleted': (_catalogue, world, moves) => {
    if (world.set === 0 || votersOf(world).length === 0) return;
    moves.fault('somebody deletes the StatefulSet and keeps its pods', (next) => deleteSet(next, true));
    moves.fault('somebody deletes the StatefulSet', (next) => deleteSet(next, false));
  },
  'Secret deleted': (_catalogue, world, moves) => {
    if (!world.hasSecret) return;
    moves.fault('somebody deletes the Secret', (next) => {
      next.hasSecret = false;
    });
  },
};

export function deleteSet(next: World, keepsPods: boolean): void {
  Object.assign(next, { set: 0, isSetSeen: false, seenTemplate: 0 });
  next.isOrphaned = keepsPods && next.sites.some(({ pod }) => pod !== Pod.none);
  if (!keepsPods) deleteAllPods(next);
}
