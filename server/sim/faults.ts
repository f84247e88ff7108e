import { segmentHeaderBytes } from '../src/storage/log-format.ts';
import type { Ensemble } from './ensemble.ts';
import type { Host } from './host.ts';
import type { Route } from './network/route.ts';
import type { Prng } from './prng.ts';
import type { VirtualTime } from './scheduler.ts';
import type { Totals } from './totals.ts';
import type { Trace } from './trace.ts';
import type { SimClient } from './workload/client.ts';

export interface FaultWorld {
  readonly time: VirtualTime;
  readonly ensemble: Ensemble;
  readonly clients: readonly SimClient[];
  readonly trace: Trace;
  readonly totals: Totals;
}

/** Does harm and undoes it later; false where it cannot be done now. */
type Fault = (world: FaultWorld, prng: Prng) => boolean;

/** How long a machine stays away: mostly shorter than it takes others to give up waiting, sometimes longer than any time-out. */
function downtime(prng: Prng): number {
  return prng.chance(0.6) ? prng.between(10, 400) : prng.between(400, 6_000);
}

function span(prng: Prng): number {
  return prng.chance(0.5) ? prng.between(50, 900) : prng.between(900, 7_000);
}

function running({ ensemble }: FaultWorld): Host[] {
  return ensemble.hosts.filter((host) => host.up);
}

function restartLater(world: FaultWorld, host: Host, afterMs: number): void {
  world.time.after(afterMs, () => {
    if (!host.up) host.start();
  });
}

function down(world: FaultWorld, host: Host, afterMs: number, power: boolean): void {
  if (power && !world.ensemble.copyMissing) {
    host.losePower();
    world.totals.add('crashes (power)');
  } else {
    host.kill();
    world.totals.add('crashes (kill -9)');
  }
  restartLater(world, host, afterMs);
}

const crash: Fault = (world, prng) => {
  const up = running(world);
  if (up.length === 0) return false;
  down(world, prng.pick(up), downtime(prng), prng.chance(0.5));
  return true;
};

const crashLeader: Fault = (world, prng) => {
  const { leader } = world.ensemble;
  if (leader === undefined) return false;
  down(world, leader, downtime(prng), prng.chance(0.5));
  return true;
};

const crashAll: Fault = (world, prng) => {
  const together = prng.chance(0.5);
  const power = prng.chance(0.5);
  for (const host of running(world)) {
    world.time.after(together ? 0 : prng.between(0, 30), () => {
      if (host.up) down(world, host, prng.between(10, 1_500), power || prng.chance(0.5));
    });
  }
  return true;
};

/** Stops the machine at one of its next disk calls: before, during or after it. */
const crashInDiskCall: Fault = (world, prng) => {
  const up = running(world);
  if (up.length === 0 || world.ensemble.copyMissing) return false;
  const host = prng.pick(up);
  let calls = prng.below(12);
  host.volume.decide = (call) => {
    const fate = host.disk.decide(call);
    if (calls-- > 0) return fate;
    host.volume.decide = host.disk.decide;
    if (world.ensemble.copyMissing) return fate;
    world.trace.add(host.name, `loses its power in a disk call (${call.kind} ${call.name})`);
    world.totals.add('crashes (in a disk call)');
    restartLater(world, host, downtime(prng));
    return { ...fate, crash: prng.pick(['before', 'during', 'after'] as const) };
  };
  return true;
};

/** SIGTERM and a start soon after, as in a rolling upgrade. */
const stopAndStart: Fault = (world, prng) => {
  const up = running(world);
  if (up.length === 0) return false;
  const host = prng.pick(up);
  const pauseMs = prng.between(10, 500);
  host.stop(() => restartLater(world, host, pauseMs));
  return true;
};

const transferLeadership: Fault = (world, prng) => {
  const { leader } = world.ensemble;
  const replica = leader?.member?.running?.replica;
  if (leader === undefined || replica === undefined) return false;
  const others = replica.raft.configuration.voters.filter((id) => id !== replica.raft.id);
  if (others.length === 0) return false;
  leader.process?.post(() => {
    replica.raft.transferLeadership(prng.pick(others));
    replica.wake();
  });
  world.trace.add(leader.name, 'is asked to hand leadership over');
  return true;
};

const breakLinks: Fault = (world, prng) => {
  const { hosts, network } = world.ensemble;
  for (let count = 1 + prng.below(6); count > 0; count--) {
    const [a, b] = [prng.pick(hosts), prng.pick(hosts)];
    if (a === b) continue;
    world.time.after(prng.between(0, 300), () => {
      world.trace.add('network', `the link of ${a.name} and ${b.name} breaks`);
      network.breakLink(a.label, b.label);
    });
  }
  return true;
};

/** Bytes between two groups of machines vanish, in one direction or in both; no link goes down by itself. */
const partition: Fault = (world, prng) => {
  const { hosts, network, leader } = world.ensemble;
  const apart = new Set(hosts.filter(() => prng.chance(0.4)));
  if (prng.chance(0.4) && leader !== undefined) {
    apart.clear();
    apart.add(leader);
  }
  if (apart.size === 0 || apart.size === hosts.length) return false;
  const direction = prng.pick(['both', 'out', 'in'] as const);
  const names = [...apart].map((host) => host.label).join();
  world.trace.add('network', `partition: member(s) ${names} from the rest, ${direction}`);
  if (direction !== 'both') world.totals.add('one-way partitions');
  for (const inside of apart) {
    for (const outside of hosts) {
      if (apart.has(outside)) continue;
      const out = network.route(String(inside.label), String(outside.label));
      const back = network.route(String(outside.label), String(inside.label));
      if (direction !== 'in') out.block();
      if (direction !== 'out') back.block();
    }
  }
  world.time.after(span(prng), () => {
    world.trace.add('network', `partition of member(s) ${names} ends`);
    for (const inside of apart) {
      for (const outside of hosts) {
        network.route(String(inside.label), String(outside.label)).open();
        network.route(String(outside.label), String(inside.label)).open();
      }
    }
  });
  return true;
};

const slowNetwork: Fault = (world, prng) => {
  const { hosts, network } = world.ensemble;
  const slow = prng.pick(hosts);
  const factor = prng.pick([20, 100, 500]);
  const set = (value: number): void => {
    for (const other of hosts) {
      network.route(String(slow.label), String(other.label)).slowDown(value);
      network.route(String(other.label), String(slow.label)).slowDown(value);
    }
  };
  world.trace.add('network', `the links of ${slow.name} become ${factor} times slower`);
  set(factor);
  world.time.after(span(prng), () => set(1));
  return true;
};

const stall: Fault = (world, prng) => {
  const up = running(world);
  if (up.length === 0) return false;
  const host = prng.pick(up);
  const forMs = prng.chance(0.6) ? prng.between(20, 500) : prng.between(500, 4_000);
  world.trace.add(host.name, `stalls for ${forMs.toFixed(0)} ms`);
  host.process?.stall(forMs);
  return true;
};

const jumpClock: Fault = (world, prng) => {
  const host = prng.pick(world.ensemble.hosts);
  const byMs = prng.pick([-86_400_000, -60_000, -500, 500, 60_000, 86_400_000]);
  world.trace.add(host.name, `its time of day jumps by ${byMs} ms`);
  host.clock.jump(byMs);
  return true;
};

const slowDisk: Fault = (world, prng) => {
  const host = prng.pick(world.ensemble.hosts);
  slowDown(world, host, 0.3, prng.pick([10, 100, 1_000]), span(prng));
  world.trace.add(host.name, 'its disk becomes slow');
  return true;
};

/** Nothing commits for a while, and what is decided meanwhile meets what waits. */
const slowDisks: Fault = (world, prng) => {
  const [slowMs, forMs] = [prng.between(100, 400), prng.between(500, 2_500)];
  for (const host of world.ensemble.hosts) slowDown(world, host, 0.9, slowMs, forMs);
  world.trace.add('run', 'all disks become slow');
  return true;
};

function slowDown(
  { time }: FaultWorld,
  { disk }: Host,
  slowRate: number,
  slowMs: number,
  forMs: number,
): void {
  disk.rates = { ...disk.rates, slowRate, slowMs };
  time.after(forMs, () => {
    disk.rates = { ...disk.rates, slowRate: 0, slowMs: 0 };
  });
}

const failingDisk: Fault = (world, prng) => {
  const host = prng.pick(world.ensemble.hosts);
  const rate = prng.pick([0.02, 0.3]);
  host.disk.rates = { ...host.disk.rates, syncErrorRate: rate, writeErrorRate: rate / 4 };
  world.trace.add(host.name, 'its disk begins to fail writes and syncs');
  world.time.after(prng.between(100, 2_500), () => {
    host.disk.rates = { ...host.disk.rates, syncErrorRate: 0, writeErrorRate: 0 };
    world.trace.add(host.name, 'its disk works again');
  });
  return true;
};

const fullDisk: Fault = (world, prng) => {
  const host = prng.pick(world.ensemble.hosts);
  host.volume.capacityBytes = host.volume.usedBytes() + prng.below(60_000);
  world.trace.add(host.name, 'its disk is nearly full');
  world.time.after(span(prng), () => {
    host.volume.capacityBytes = Number.POSITIVE_INFINITY;
    world.trace.add(host.name, 'its disk has room again');
  });
  return true;
};

/** Only while no other copy is missing: the ensemble survives the loss of a minority, not of two members after one another. */
const wipeDisk: Fault = (world, prng) => {
  const { ensemble } = world;
  if (!ensemble.whole) return false;
  const host = prng.pick(ensemble.hosts);
  const raftId = host.member?.running?.identity.raftId;
  if (raftId === undefined) return false;
  ensemble.copyMissing = true;
  host.kill();
  ensemble.promises.lost(raftId);
  host.wipe();
  restartLater(world, host, prng.between(1, 800));
  return true;
};

/** The newest record of the log goes bad while the machine is off: whether it was acknowledged nobody can tell. */
const damageTail: Fault = (world, prng) => {
  const { ensemble } = world;
  if (!ensemble.whole) return false;
  const host = prng.pick(ensemble.hosts);
  ensemble.copyMissing = true;
  host.kill();
  const { volume } = host;
  const segment = volume
    .fileNames()
    .filter((name) => /(^|\/)log-/.test(name))
    .at(-1);
  if (segment === undefined) return false;
  const content = volume.content(segment);
  const end = content.findLastIndex((byte) => byte !== 0);
  // A header that goes bad is not at the tail: it stops the member for good, as it should.
  if (end >= segmentHeaderBytes) {
    volume.damage(segment, end, 1 << prng.below(8));
    world.trace.add(host.name, `the end of ${segment} goes bad`);
  }
  restartLater(world, host, prng.between(1, 1_500));
  if (prng.chance(0.5)) {
    // The others start again, too: somebody has to be elected while it is suspect.
    for (const other of running(world)) down(world, other, prng.between(10, 1_500), false);
  }
  return true;
};

const cutClients: Fault = (world, prng) => {
  for (const client of world.clients) {
    if (prng.chance(0.5)) world.time.after(prng.between(0, 50), () => client.lose('cut'));
  }
  return true;
};

const hideMemberFromClients: Fault = (world, prng) => {
  const { hosts, network } = world.ensemble;
  const host = prng.pick(hosts);
  const direction = prng.pick(['both', 'there', 'back'] as const);
  const routes: Route[] = [];
  for (const { number } of world.clients) {
    if (direction !== 'back') routes.push(network.route(`client ${number}`, String(host.label)));
    if (direction !== 'there') routes.push(network.route(String(host.label), `client ${number}`));
  }
  world.trace.add('network', `clients are cut off from ${host.name} without a sign, ${direction}`);
  for (const route of routes) route.block();
  world.time.after(span(prng), () => {
    for (const route of routes) route.open();
  });
  return true;
};

/** Name as in the totals, weight, what it does. */
const FAULTS: readonly (readonly [string, number, Fault])[] = [
  ['crash', 4, crash],
  ['crash of the leader', 4, crashLeader],
  ['crash of all', 2, crashAll],
  ['crash in a disk call', 3, crashInDiskCall],
  ['stop and start', 2, stopAndStart],
  ['leadership transfer', 2, transferLeadership],
  ['broken links', 3, breakLinks],
  ['partition', 5, partition],
  ['slow network', 2, slowNetwork],
  ['stall', 3, stall],
  ['clock jump', 1, jumpClock],
  ['slow disk', 2, slowDisk],
  ['slow disks', 3, slowDisks],
  ['failing disk', 2, failingDisk],
  ['full disk', 2, fullDisk],
  ['wiped disk', 3, wipeDisk],
  ['damaged tail', 3, damageTail],
  ['clients cut', 2, cutClients],
  ['clients partitioned', 2, hideMemberFromClients],
];

export const FAULT_NAMES = FAULTS.map(([name]) => name);

/** Plans faults over a span of time: each run favours some kinds, so that rare combinations come about. */
export function planFaults(world: FaultWorld, prng: Prng, fromMs: number, untilMs: number): void {
  const favoured = FAULTS.map(([name, weight, fault]) => ({
    name,
    fault,
    weight: prng.chance(0.5) ? weight : weight * 0.1,
  }));
  const total = favoured.reduce((sum, { weight }) => sum + weight, 0);
  const meanGapMs = prng.pick([400, 1_200, 2_500]);
  for (let atMs = fromMs; atMs < untilMs; atMs += prng.between(0.2, 1.8) * meanGapMs) {
    let roll = prng.fraction() * total;
    const chosen = favoured.find(({ weight }) => {
      roll -= weight;
      return roll < 0;
    });
    if (chosen === undefined) continue;
    const stream = prng.fork(chosen.name);
    world.time.at(atMs, () => attempt(world, chosen, stream, untilMs));
  }
}

/** What needs a calm moment waits for it a little. */
function attempt(
  world: FaultWorld,
  chosen: { readonly name: string; readonly fault: Fault },
  prng: Prng,
  untilMs: number,
): void {
  if (world.time.nowMs >= untilMs) return;
  if (chosen.fault(world, prng)) {
    world.totals.add(`fault: ${chosen.name}`);
    world.totals.add('faults');
  } else
    world.time.after(250, () => attempt(world, chosen, prng, Math.min(untilMs, world.time.nowMs + 1_500)));
}
