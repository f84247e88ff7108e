import { type Fault, restartLater, running } from './fault.ts';

/** Machines on one circuit, with busy disks: at the moment at which it fails each has something that is written and not synced. */
export const powerFailure: Fault = (world, prng) => {
  const { ensemble, time, trace } = world;
  if (!ensemble.whole) return false;
  const hosts = prng.chance(0.5) ? running(world) : running(world).filter(() => prng.chance(0.6));
  const syncMs = prng.pick([5, 20, 80]);
  for (const { disk } of hosts) disk.rates = { ...disk.rates, syncMs };
  trace.add('run', `syncs take about ${syncMs} ms on ${hosts.length} machines`);
  time.after(prng.between(50, 400), () => {
    const spared = !ensemble.whole;
    if (!spared) ensemble.copyMissing = true;
    for (const host of hosts) {
      host.disk.rates = { ...host.disk.rates, syncMs: 0 };
      if (!host.up || world.calm || spared) continue;
      host.losePower();
      world.totals.add('crashes (power)');
      restartLater(world, host, prng.between(10, 1_500));
    }
  });
  return hosts.length > 0;
};
