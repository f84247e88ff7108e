import type { Catalogue } from './catalogue.ts';
import { type Moves, podName } from './move.ts';
import {
  Data,
  everyOrdinal,
  hasQuorum,
  isMajority,
  isUp,
  NO_PLACE,
  Role,
  runs,
  siteOf,
  votersOf,
  type World,
} from './world.ts';

/** What the members do of their own accord: begin, elect, admit who was added, catch up, end a change of the membership. */
export function raftMoves(catalogue: Catalogue, world: World, moves: Moves): void {
  begin(catalogue, world, moves);
  elect(world, moves);
  if (world.leader >= 0 && world.changing >= 0)
    moves.fair('the change of the membership is in force', (next) => endChange(next));
  for (const ordinal of everyOrdinal(world)) memberMoves(world, ordinal, moves);
}

/** Once, by all that the configuration file names, each with an empty disk; and never by one that knows of a cluster. */
function begin(catalogue: Catalogue, world: World, moves: Moves): void {
  if (world.infrastructure === 0 || world.sites.some(({ role }) => role !== Role.none)) return;
  const { members, hasClusterId } = catalogue.infrastructures.of(world.infrastructure);
  const initial = world.sites.slice(0, members);
  const areThere = initial.every((site) => runs(site) && site.data === Data.empty && site.file === members);
  if (hasClusterId || !areThere) return;
  moves.fair('the members form a cluster', (next) => {
    for (const site of next.sites.slice(0, members))
      Object.assign(site, { role: Role.voter, isBound: true, data: Data.current, isIn: true });
    lead(next, 0);
  });
}

function elect(world: World, moves: Moves): void {
  if (world.leader >= 0 || !hasQuorum(world)) return;
  const up = votersOf(world).filter((ordinal) => isUp(world.sites[ordinal]!));
  const whole = up.filter((ordinal) => world.sites[ordinal]!.caughtUp);
  for (const ordinal of whole.length > 0 ? whole : up) {
    moves.fair(`${podName(ordinal)} is elected`, (next) => lead(next, ordinal));
    // What had not come into force may be forgotten.
    if (world.changing >= 0 && wasVoter(world, ordinal))
      moves.fair(`${podName(ordinal)} is elected and knows of no change`, (next) => {
        revertChange(next);
        lead(next, ordinal);
      });
  }
}

function wasVoter(world: World, ordinal: number): boolean {
  return votersOf(world, true).includes(ordinal);
}

function memberMoves(world: World, ordinal: number, moves: Moves): void {
  const site = siteOf(world, ordinal);
  const { data, role, isBound, isIn, caughtUp, mute, isPast } = site;
  const name = podName(ordinal);
  if (mute)
    moves.fair(`${name} can be reached again`, (next) => {
      siteOf(next, ordinal).mute = false;
    });
  if (!runs(site)) return;
  const isLed = world.leader >= 0;
  // The cluster that was forced has no ear for it, and takes nothing of it into its own.
  if (isPast && isLed) return;
  if ((data === Data.current || data === Data.outdated) && !isIn)
    moves.fair(`${name} has read its data`, (next) => {
      siteOf(next, ordinal).isIn = true;
    });
  if (data === Data.outdated && isLed && world.changing !== ordinal)
    moves.fair(`${name} sets its data aside`, (next) => {
      Object.assign(siteOf(next, ordinal), { data: Data.empty, isIn: false });
    });
  if (data === Data.empty && role !== Role.none && !isBound && isLed && world.changing < 0)
    moves.fair(`${name} is admitted`, (next) => {
      Object.assign(siteOf(next, ordinal), { data: Data.granted, isBound: true });
    });
  if (data === Data.granted && isLed)
    moves.fair(`${name} gets its id`, (next) => {
      Object.assign(siteOf(next, ordinal), { data: Data.current, isIn: true });
    });
  if (isLed && isUp(site) && role !== Role.none && !caughtUp)
    moves.fair(`${name} catches up`, (next) => {
      siteOf(next, ordinal).caughtUp = true;
    });
}

/** A leader has heard from nobody at first. */
export function lead(next: World, ordinal: number): void {
  next.leader = ordinal;
  for (const other of everyOrdinal(next)) siteOf(next, other).caughtUp = other === ordinal;
}

/** To whoever can, or to nobody. */
export function handOver(next: World): void {
  const { leader } = next;
  const successor = votersOf(next).find((ordinal) => ordinal !== leader && mayLead(next, ordinal));
  if (successor === undefined) next.leader = -1;
  else lead(next, successor);
}

/** The leader hears of it, and it has all that the leader has: what Raft itself asks before it lets go of anybody. */
export function isHeard(world: World, ordinal: number): boolean {
  const site = world.sites[ordinal]!;
  return ordinal === world.leader || (isUp(site) && site.caughtUp);
}

/** One that is about to stop is never elected. */
export function mayLead(world: World, ordinal: number): boolean {
  const { role, deleting } = world.sites[ordinal]!;
  return role === Role.voter && !deleting && isHeard(world, ordinal);
}

export function endChange(next: World): void {
  next.changing = -1;
  next.before = NO_PLACE;
}

/** It is the only voter; what the others have is of the former cluster. */
export function force(next: World, ordinal: number): void {
  for (const other of everyOrdinal(next)) {
    const site = siteOf(next, other);
    if (other === ordinal) continue;
    if (site.data === Data.current || site.data === Data.outdated)
      Object.assign(site, { data: Data.outdated, isPast: true });
    Object.assign(site, { role: Role.none, isBound: false, caughtUp: false });
  }
  Object.assign(next.sites[ordinal]!, { role: Role.voter, isBound: true, caughtUp: true });
  endChange(next);
  next.recovery = 1;
}

function revertChange(next: World): void {
  const site = next.sites[next.changing]!;
  const { role, isBound, generation, data } = next.before;
  const isOutdatedOnly = site.data === Data.outdated && data === Data.current;
  Object.assign(site, { role, isBound, generation, ...(isOutdatedOnly ? { data } : {}) });
  endChange(next);
}

/** Raft's own rule: a majority of the voters that would be there has to be there, and to have all. */
export function leavesMajority(next: World): boolean {
  const voters = votersOf(next);
  return isMajority(voters.filter((ordinal) => isHeard(next, ordinal)).length, voters.length);
}
