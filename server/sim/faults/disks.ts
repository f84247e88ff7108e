import { SEGMENT_HEADER_BYTES } from '../../src/storage/log/log-format.ts';
import type { Host } from '../host.ts';
import type { Prng } from '../prng.ts';
import type { Trace } from '../trace.ts';
import { down, downtime, type Fault, type FaultWorld, restartLater, running, span } from './fault.ts';

export const slowDisk: Fault = (world, prng) => {
  const host = prng.pick(world.ensemble.members);
  slowDown(world, host, 0.3, prng.pick([10, 100, 1_000]), span(prng));
  world.trace.add(host.name, 'its disk becomes slow');
  return true;
};

/** Nothing commits for a while, and what is decided meanwhile meets what waits. */
export const slowDisks: Fault = (world, prng) => {
  const [slowMs, forMs] = [prng.between(100, 400), prng.between(500, 2_500)];
  for (const host of world.ensemble.members) slowDown(world, host, 0.9, slowMs, forMs);
  world.trace.add('run', 'all disks become slow');
  return true;
};

/**
 * A client comes back for its session at the last moment, while nothing commits: the leader gives the session up behind an attachment that
 * is on its way.
 */
export const lateReturn: Fault = (world, prng) => {
  const client = prng.pick(world.clients);
  if (client.session === undefined) return false;
  const restMs = client.timeoutMs - prng.between(0, 250);
  client.nap(restMs);
  world.time.after(restMs - 20, () => {
    if (world.calm) return;
    for (const host of world.ensemble.members) slowDown(world, host, 1, prng.between(200, 350), 400);
    world.trace.add('run', 'all disks become slow');
  });
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

/** As a busy or worn disk: nothing fails, and each sync takes its time. */
export const slowSyncs: Fault = (world, prng) => {
  const host = prng.pick(world.ensemble.members);
  const syncMs = prng.pick([5, 20, 100, 350]);
  host.disk.rates = { ...host.disk.rates, syncMs };
  world.trace.add(host.name, `each sync of its disk takes about ${syncMs} ms`);
  world.time.after(span(prng), () => {
    host.disk.rates = { ...host.disk.rates, syncMs: 0 };
  });
  return true;
};

/** No error and no completion for a while; some processes are killed before it is over. */
export const hungDisk: Fault = (world, prng) => {
  const { members, leader } = world.ensemble;
  const host = prng.chance(0.5) && leader !== undefined ? leader : prng.pick(members);
  if (host.volume.hung) return false;
  const forMs = prng.between(300, 6_000);
  host.volume.hang();
  world.trace.add(host.name, 'its disk does not answer any more');
  if (prng.chance(0.25)) {
    world.time.after(prng.between(100, forMs), () => {
      if (host.up && host.volume.hung) down(world, host, forMs + downtime(prng), false);
    });
  }
  world.time.after(forMs, () => {
    world.trace.add(host.name, 'its disk answers again');
    host.volume.answerAgain();
  });
  return true;
};

/** Others take all descriptors of the process, or nearly all. */
export const fewDescriptors: Fault = (world, prng) => {
  const host = prng.pick(world.ensemble.members);
  const descriptorErrorRate = prng.pick([0.5, 1]);
  host.disk.rates = { ...host.disk.rates, descriptorErrorRate };
  world.trace.add(host.name, 'has no file descriptors left');
  world.time.after(span(prng), () => {
    host.disk.rates = { ...host.disk.rates, descriptorErrorRate: 0 };
    world.trace.add(host.name, 'has file descriptors again');
  });
  return true;
};

export const failingDisk: Fault = (world, prng) => {
  const host = prng.pick(world.ensemble.members);
  const rate = prng.pick([0.02, 0.3]);
  host.disk.rates = { ...host.disk.rates, syncErrorRate: rate, writeErrorRate: rate / 4 };
  world.trace.add(host.name, 'its disk begins to fail writes and syncs');
  world.time.after(prng.between(100, 2_500), () => {
    host.disk.rates = { ...host.disk.rates, syncErrorRate: 0, writeErrorRate: 0 };
    world.trace.add(host.name, 'its disk works again');
  });
  return true;
};

/** Somebody else fills it; the leader's as often as anybody's. */
export const fullDisk: Fault = (world, prng) => {
  const { members, leader } = world.ensemble;
  const host = prng.chance(0.4) && leader !== undefined ? leader : prng.pick(members);
  host.volume.capacityBytes = Math.min(host.diskBytes, host.volume.usedBytes() + prng.below(60_000));
  world.trace.add(host.name, 'its disk is nearly full');
  world.time.after(span(prng), () => {
    host.volume.capacityBytes = host.diskBytes;
    world.trace.add(host.name, 'its disk has room again');
  });
  return true;
};

/** Only while no other copy is missing: the ensemble survives the loss of a minority, not of two members after one another. */
export const wipeDisk: Fault = (world, prng) => {
  const { ensemble } = world;
  if (!ensemble.whole) return false;
  const host = prng.pick(ensemble.members);
  const raftId = host.member?.running?.identity.raftId;
  if (raftId === undefined) return false;
  ensemble.copyMissing = true;
  host.kill();
  ensemble.promises.lost(raftId);
  host.wipe();
  restartLater(world, host, prng.between(1, 800));
  return true;
};

/** Of a machine on which no process runs. */
export function damageNewestRecord({ name, volume }: Host, trace: Trace, prng: Prng): void {
  const segment = volume
    .fileNames()
    .filter((file) => /(^|\/)log-/.test(file))
    .at(-1);
  if (segment === undefined) return;
  const content = volume.content(segment);
  const end = content.findLastIndex((byte) => byte !== 0);
  // A header that goes bad is not at the tail: it stops the member for good, as it should.
  if (end < SEGMENT_HEADER_BYTES) return;
  volume.damage(segment, end, 1 << prng.below(8));
  trace.add(name, `the end of ${segment} goes bad`);
}

/** The newest record of the log goes bad while the machine is off: whether it was acknowledged nobody can tell. */
export const damageTail: Fault = (world, prng) => {
  const { ensemble } = world;
  if (!ensemble.whole) return false;
  const host = prng.pick(ensemble.members);
  ensemble.copyMissing = true;
  host.kill();
  damageNewestRecord(host, world.trace, prng);
  restartLater(world, host, prng.between(1, 1_500));
  if (prng.chance(0.5)) {
    // The others start again, too: somebody has to be elected while it is suspect.
    for (const other of running(world)) down(world, other, prng.between(10, 1_500), false);
  }
  return true;
};
