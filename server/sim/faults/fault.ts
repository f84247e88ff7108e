import type { Ensemble } from '../ensemble.ts';
import type { Host } from '../host.ts';
import type { Prng } from '../prng.ts';
import type { VirtualTime } from '../scheduler.ts';
import type { Totals } from '../totals.ts';
import type { Trace } from '../trace.ts';
import type { SimClient } from '../workload/client.ts';

export interface FaultWorld {
  readonly time: VirtualTime;
  readonly ensemble: Ensemble;
  readonly clients: readonly SimClient[];
  readonly trace: Trace;
  readonly totals: Totals;
  /** Faults are over: what was to begin later does not begin any more. */
  readonly calm: boolean;
}

/** Does harm and undoes it later; false where it cannot be done now. */
export type Fault = (world: FaultWorld, prng: Prng) => boolean;

/** Moments of a span of time, so far apart on average. */
export function* moments(
  prng: Prng,
  fromMs: number,
  untilMs: number,
  meanGapMs: number,
): Generator<number, void> {
  for (let atMs = fromMs; atMs < untilMs; atMs += prng.between(0.2, 1.8) * meanGapMs) yield atMs;
}

/** What needs a calm moment waits for it a little: tried every `againMs` until it is done, or `untilMs` has come. */
export function attempt(time: VirtualTime, againMs: number, untilMs: number, act: () => boolean): void {
  if (time.nowMs >= untilMs || act()) return;
  time.after(againMs, () => attempt(time, againMs, untilMs, act));
}

/** How long a machine stays away: mostly shorter than it takes others to give up waiting, sometimes longer than any timeout. */
export function downtime(prng: Prng): number {
  return prng.chance(0.6) ? prng.between(10, 400) : prng.between(400, 6_000);
}

export function span(prng: Prng): number {
  return prng.chance(0.5) ? prng.between(50, 900) : prng.between(900, 7_000);
}

export function running({ ensemble }: FaultWorld): Host[] {
  return ensemble.hosts.filter((host) => host.up);
}

export function restartLater(world: FaultWorld, host: Host, afterMs: number): void {
  world.time.after(afterMs, () => {
    host.startAgain();
  });
}

export function down(world: FaultWorld, host: Host, afterMs: number, power: boolean): void {
  if (power && !world.ensemble.copyMissing) {
    host.losePower();
    world.totals.add('crashes (power)');
  } else {
    host.kill();
    world.totals.add('crashes (kill -9)');
  }
  restartLater(world, host, afterMs);
}
