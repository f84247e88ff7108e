import { FIRST_READ_ORDINAL } from '../../src/model/cluster-names.ts';
import type { Catalogue } from './catalogue.ts';
import { type Moves, podName } from './move.ts';
import { handOver } from './raft.ts';
import {
  Data,
  EMPTY_SITE,
  everyOrdinal,
  NO_CLAIM,
  ordinals,
  Pod,
  type Site,
  siteOf,
  type World,
} from './world.ts';

/** What Kubernetes does of its own accord, and always will: the controller of StatefulSets, the garbage collector, the kubelets, the driver of the volumes. */
export function kubernetesMoves(catalogue: Catalogue, world: World, moves: Moves): void {
  if (world.deletion === 2) {
    goneWithTheCluster(world, moves);
    return;
  }
  setController(catalogue, world, moves);
  readSetController(catalogue, world, moves);
  for (const ordinal of everyOrdinal(world)) {
    kubelet(catalogue, world, ordinal, moves);
    const { requested, capacity } = siteOf(world, ordinal);
    if (capacity > 0 && capacity < requested)
      moves.fair(`the volume of ${podName(ordinal)} has grown`, (next) => {
        siteOf(next, ordinal).capacity = requested;
      });
  }
}

function setController(catalogue: Catalogue, world: World, moves: Moves): void {
  const { set, isSetSeen, isOrphaned } = world;
  if (set === 0) {
    if (!isOrphaned && world.sites.some(({ pod, deleting }) => pod !== Pod.none && !deleting))
      moves.fair('the pods go after their StatefulSet', deleteAllPods);
    return;
  }
  if (!isSetSeen) {
    moves.fair('the StatefulSet is seen', (next) => {
      next.isSetSeen = true;
      next.seenTemplate = catalogue.templateOf(set);
      next.isOrphaned = false;
      // It tells what it has seen when it has acted on it.
      for (const site of next.sites.slice(catalogue.replicasOf(set)))
        if (site.pod !== Pod.none) site.deleting = true;
    });
    return;
  }
  if (isOrphaned) return;
  const replicas = catalogue.replicasOf(set);
  for (const ordinal of ordinals(world)) {
    if (ordinal < replicas && world.sites[ordinal]!.pod === Pod.none)
      moves.fair(`${podName(ordinal)} is made`, (next) =>
        makePod(catalogue, next.sites[ordinal]!, next.seenTemplate, next.set),
      );
  }
}

/** The same for the read replicas, whose StatefulSet nobody deletes but the operator. */
function readSetController(catalogue: Catalogue, world: World, moves: Moves): void {
  const { readSet, isReadSetSeen, readers } = world;
  if (readSet === 0) return;
  const replicas = catalogue.replicasOf(readSet);
  if (!isReadSetSeen) {
    moves.fair('the StatefulSet of the read replicas is seen', (next) => {
      next.isReadSetSeen = true;
      next.seenReadTemplate = catalogue.templateOf(readSet);
      for (const site of next.readers.slice(replicas)) if (site.pod !== Pod.none) site.deleting = true;
    });
    return;
  }
  for (const [at, { pod }] of readers.slice(0, replicas).entries()) {
    if (pod !== Pod.none) continue;
    moves.fair(`${podName(FIRST_READ_ORDINAL + at)} is made`, (next) =>
      makePod(catalogue, next.readers[at]!, next.seenReadTemplate, next.readSet),
    );
  }
}

function makePod(catalogue: Catalogue, site: Site, template: number, set: number): void {
  site.pod = Pod.made;
  site.template = template;
  if (site.claim) return;
  Object.assign(site, {
    claim: true,
    data: Data.empty,
    requested: catalogue.claimSizeOf(set),
    capacity: 0,
  });
}

function kubelet(catalogue: Catalogue, world: World, ordinal: number, moves: Moves): void {
  const site = siteOf(world, ordinal);
  const name = podName(ordinal);
  if (site.deleting) {
    moves.fair(`${name} is gone`, (next) => removePod(next, ordinal));
    return;
  }
  const isBroken = site.template !== 0 && catalogue.isBroken(site.template);
  if (site.pod === Pod.made && isBroken)
    moves.fair(`${name} cannot start`, (next) => {
      siteOf(next, ordinal).pod = Pod.heldUp;
    });
  // The Secret is mounted.
  if (site.pod !== Pod.none && site.pod !== Pod.running && !isBroken && world.hasSecret)
    moves.fair(`${name} starts`, (next) => startProcess(catalogue, next, ordinal));
  if (site.pod === Pod.heldUp && isBroken && !site.late)
    moves.fair(`${name} has been held up for long`, (next) => {
      siteOf(next, ordinal).late = true;
    });
  if (isServing(world, ordinal) && !site.ready)
    moves.fair(`${name} is ready`, (next) => {
      siteOf(next, ordinal).ready = true;
    });
}

function startProcess(catalogue: Catalogue, next: World, ordinal: number): void {
  const site = siteOf(next, ordinal);
  site.pod = Pod.running;
  site.mounted = next.certificates;
  site.file = next.infrastructure === 0 ? 0 : catalogue.infrastructures.of(next.infrastructure).members;
  if (site.capacity === 0) site.capacity = site.requested;
}

/** It takes part, and has all that its leader has. */
function isServing(world: World, ordinal: number): boolean {
  const { isIn, data, role, caughtUp } = siteOf(world, ordinal);
  return world.leader >= 0 && isIn && data === Data.current && role !== 0 && caughtUp;
}

/** A member that is told to stop hands over first, where it can. */
export function removePod(next: World, ordinal: number): void {
  if (next.leader === ordinal) handOver(next);
  const { pod, deleting, ready, template, mute, isIn } = EMPTY_SITE;
  const site: Site = siteOf(next, ordinal);
  Object.assign(site, { pod, deleting, ready, template, mute, isIn });
  if (site.isLeaving) Object.assign(site, NO_CLAIM, { isRenewed: true });
}

export function deleteAllPods(next: World): void {
  for (const site of next.sites) site.deleting = site.pod !== Pod.none;
}

export function deleteReadPods(next: World): void {
  for (const site of next.readers) site.deleting = site.pod !== Pod.none;
}

function goneWithTheCluster(world: World, moves: Moves): void {
  const all = [...world.sites, ...world.readers];
  if (all.some(({ pod, deleting }) => pod !== Pod.none && !deleting))
    moves.fair('the pods go after their cluster', (next) => {
      deleteAllPods(next);
      deleteReadPods(next);
    });
  for (const ordinal of everyOrdinal(world)) {
    if (siteOf(world, ordinal).deleting)
      moves.fair(`${podName(ordinal)} is gone`, (next) => removePod(next, ordinal));
  }
}
