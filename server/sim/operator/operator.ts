import type { FaultWorld } from '../faults/fault.ts';
import type { Prng } from '../prng.ts';
import { drain, transferLeadership } from './handover.ts';
import { DECISIONS, FEWEST_VOTERS, MembershipOperator } from './membership.ts';

/** Mean times between two things that are asked for. */
const GAPS_MS = [800, 2_500] as const;
/** What needs a calm moment waits for it so long. */
const PATIENCE_MS = 2_000;
const AGAIN_MS = 200;

/**
 * Those who run the ensemble while faults happen: they hand leadership on, announce stops, and where there are machines to spare decide who
 * is a member.
 */
export function operate(
  world: FaultWorld,
  prng: Prng,
  fromMs: number,
  untilMs: number,
): MembershipOperator | undefined {
  const { spares, voters } = world.ensemble.settings;
  // Of many voters some may go, and come back, without machines to spare.
  const decides = spares > 0 || (voters > FEWEST_VOTERS && prng.chance(0.5));
  const membership = decides ? new MembershipOperator(world, prng.fork('membership')) : undefined;
  if (membership !== undefined) {
    const meanGapMs = prng.pick(GAPS_MS);
    for (let atMs = fromMs; atMs < untilMs; atMs += prng.between(0.2, 1.8) * meanGapMs) {
      const stream = prng.fork('decision');
      const act = (): boolean => membership.decide(stream.pick(DECISIONS));
      attempt(world, atMs, Math.min(untilMs, atMs + PATIENCE_MS), act);
    }
  }
  if (voters > 1 && prng.chance(0.4)) {
    const meanGapMs = prng.pick(GAPS_MS);
    for (let atMs = fromMs; atMs < untilMs; atMs += prng.between(0.2, 1.8) * meanGapMs) {
      const act = prng.chance(0.5) ? transferLeadership : drain;
      const stream = prng.fork('handover');
      attempt(world, atMs, Math.min(untilMs, atMs + PATIENCE_MS), () => act(world, stream));
    }
  }
  return membership;
}

function attempt(world: FaultWorld, atMs: number, untilMs: number, act: () => boolean): void {
  world.time.at(atMs, () => {
    if (world.calm || world.time.nowMs >= untilMs) return;
    if (!act()) attempt(world, world.time.nowMs + AGAIN_MS, untilMs, act);
  });
}
