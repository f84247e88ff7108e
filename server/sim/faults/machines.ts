import { down, downtime, type Fault, restartLater, running } from './fault.ts';

export const crash: Fault = (world, prng) => {
  const up = running(world);
  if (up.length === 0) return false;
  down(world, prng.pick(up), downtime(prng), prng.chance(0.5));
  return true;
};

export const crashLeader: Fault = (world, prng) => {
  const { leader } = world.ensemble;
  if (leader === undefined) return false;
  down(world, leader, downtime(prng), prng.chance(0.5));
  return true;
};

export const crashAll: Fault = (world, prng) => {
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
export const crashInDiskCall: Fault = (world, prng) => {
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
export const stopAndStart: Fault = (world, prng) => {
  const up = running(world);
  if (up.length === 0) return false;
  const host = prng.pick(up);
  const pauseMs = prng.between(10, 500);
  host.stop(() => restartLater(world, host, pauseMs));
  return true;
};

export const stall: Fault = (world, prng) => {
  const up = running(world);
  if (up.length === 0) return false;
  const host = prng.pick(up);
  const forMs = prng.chance(0.6) ? prng.between(20, 500) : prng.between(500, 4_000);
  world.trace.add(host.name, `stalls for ${forMs.toFixed(0)} ms`);
  host.process?.stall(forMs);
  return true;
};

export const jumpClock: Fault = (world, prng) => {
  const host = prng.pick(world.ensemble.members);
  const byMs = prng.pick([-86_400_000, -60_000, -500, 500, 60_000, 86_400_000]);
  world.trace.add(host.name, `its time of day jumps by ${byMs} ms`);
  host.clock.jump(byMs);
  return true;
};
