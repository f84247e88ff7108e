import type { Host } from '../host.ts';
import type { Route } from '../network/route.ts';
import { type Fault, type FaultWorld, span } from './fault.ts';

export const breakLinks: Fault = (world, prng) => {
  const { members, network } = world.ensemble;
  for (let count = 1 + prng.below(6); count > 0; count--) {
    const [a, b] = [prng.pick(members), prng.pick(members)];
    if (a === b) continue;
    world.time.after(prng.between(0, 300), () => {
      if (world.calm) return;
      world.trace.add('network', `the link of ${a.name} and ${b.name} breaks`);
      network.breakLink(a.serverId, b.serverId);
    });
  }
  return true;
};

/** Bytes between two groups of machines vanish, in one direction or in both; no link goes down by itself. */
export const partition: Fault = (world, prng) => {
  const { members, leader } = world.ensemble;
  const apart = new Set(members.filter(() => prng.chance(0.4)));
  if (prng.chance(0.4) && leader !== undefined) {
    apart.clear();
    apart.add(leader);
  }
  if (apart.size === 0 || apart.size === members.length) return false;
  const direction = prng.pick(['both', 'out', 'in'] as const);
  if (direction !== 'both') world.totals.add('one-way partitions');
  cutOff(world, apart, direction, span(prng));
  return true;
};

/** A follower misses more than the others keep of the log, while patient clients stay with it: it goes on from a snapshot. */
export const leaveBehind: Fault = (world, prng) => {
  const { members, leader } = world.ensemble;
  if (!world.ensemble.whole) return false;
  const follower = prng.pick(members.filter((host) => host !== leader));
  cutOff(world, new Set([follower]), 'both', prng.between(2_000, 3_500));
  return true;
};

/** Bytes between these machines and all others vanish for a while. */
export function cutOff(
  world: FaultWorld,
  apart: ReadonlySet<Host>,
  direction: Direction,
  forMs: number,
): void {
  const rest = world.ensemble.hosts.filter((host) => !apart.has(host));
  world.time.after(forMs, part(world, [...apart], rest, direction));
}

type Direction = 'both' | 'out' | 'in';

/** Bytes from these to those (out), back (in), or both, vanish until that is called which this returns. */
export function part(
  { ensemble: { network }, trace }: Pick<FaultWorld, 'ensemble' | 'trace'>,
  these: readonly Host[],
  those: readonly Host[],
  direction: Direction = 'both',
): () => void {
  const names = these.map(({ serverId }) => serverId).join();
  trace.add(
    'network',
    `member(s) ${names} cut off from ${those.map(({ serverId }) => serverId).join()}, ${direction}`,
  );
  const ways = these.flatMap((host) => those.map((other) => network.ways(host.serverId, other.serverId)));
  for (const [out, back] of ways) {
    if (direction !== 'in') out.block();
    if (direction !== 'out') back.block();
  }
  return () => {
    trace.add('network', `member(s) ${names} no longer cut off`);
    for (const way of ways.flat()) way.open();
  };
}

export const slowNetwork: Fault = (world, prng) => {
  const { members, network } = world.ensemble;
  const slow = prng.pick(members);
  const factor = prng.pick([20, 100, 500]);
  const set = (value: number): void => {
    for (const other of members) {
      for (const way of network.ways(slow.serverId, other.serverId)) way.slowDown(value);
    }
  };
  world.trace.add('network', `the links of ${slow.name} become ${factor} times slower`);
  set(factor);
  world.time.after(span(prng), () => set(1));
  return true;
};

/** So many bytes pass between one machine and the others, and no more: what is large holds up what is behind it. */
export const narrowLinks: Fault = (world, prng) => {
  const { members, network } = world.ensemble;
  const narrow = prng.pick(members);
  const bytesPerMs = prng.pick([20, 100, 500]);
  const set = (value: number): void => {
    for (const other of members) {
      for (const way of network.ways(narrow.serverId, other.serverId)) way.limit(value);
    }
  };
  world.trace.add('network', `the links of ${narrow.name} carry ${bytesPerMs} kB/s`);
  set(bytesPerMs);
  world.time.after(span(prng), () => set(network.bytesPerMs));
  return true;
};

export const cutClients: Fault = (world, prng) => {
  for (const client of world.clients) {
    if (prng.chance(0.5)) world.time.after(prng.between(0, 50), () => client.lose('cut'));
  }
  return true;
};

export const hideMemberFromClients: Fault = (world, prng) => {
  const { members, network } = world.ensemble;
  const host = prng.pick(members);
  const direction = prng.pick(['both', 'there', 'back'] as const);
  const routes: Route[] = [];
  for (const { number } of world.clients) {
    if (direction !== 'back') routes.push(network.route(`client ${number}`, String(host.serverId)));
    if (direction !== 'there') routes.push(network.route(String(host.serverId), `client ${number}`));
  }
  world.trace.add('network', `clients are cut off from ${host.name} without a sign, ${direction}`);
  for (const route of routes) route.block();
  world.time.after(span(prng), () => {
    for (const route of routes) route.open();
  });
  return true;
};
