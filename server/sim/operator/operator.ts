import { attempt, type FaultWorld, moments } from '../faults/fault.ts';
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
  const ask = (atMs: number, act: () => boolean): void => {
    const giveUpMs = Math.min(untilMs, atMs + PATIENCE_MS);
    world.time.at(atMs, () => attempt(world.time, AGAIN_MS, giveUpMs, () => world.calm || act()));
  };
  // Of many voters some may go, and come back, without machines to spare.
  const decides = spares > 0 || (voters > FEWEST_VOTERS && prng.chance(0.5));
  const membership = decides ? new MembershipOperator(world, prng.fork('membership')) : undefined;
  if (membership !== undefined) {
    const meanGapMs = prng.pick(GAPS_MS);
    for (const atMs of moments(prng, fromMs, untilMs, meanGapMs)) {
      const stream = prng.fork('decision');
      const act = (): boolean => membership.decide(stream.pick(DECISIONS));
      ask(atMs, act);
    }
  }
  if (voters > 1 && prng.chance(0.4)) {
    const meanGapMs = prng.pick(GAPS_MS);
    for (const atMs of moments(prng, fromMs, untilMs, meanGapMs)) {
      const act = prng.chance(0.5) ? transferLeadership : drain;
      const stream = prng.fork('handover');
      ask(atMs, () => act(world, stream));
    }
  }
  return membership;
}
