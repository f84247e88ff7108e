import { compare, type Difference } from './compare.ts';
import type { NormalEntry } from './normalise.ts';
import { agrees, type Verdict } from './verdict.ts';

/** What each side told in one scenario. */
export interface Play {
  readonly theirs: readonly NormalEntry[];
  readonly ours: readonly NormalEntry[];
}

export interface Settled {
  /** How often it was played. */
  readonly plays: number;
  /** Of the last time. */
  readonly play: Play;
  readonly verdict: Verdict;
  /** What Rookery told otherwise than the first time, which stands where ZooKeeper's would. */
  readonly inconstant: readonly Difference[];
}

/**
 * Plays until the sides agree, each time on new ensembles, for as long as there may be any (`startAnew` says so). 3.9.5 tells a few things in more than
 * one way: by a race of its own between a session's move and its commits ("Committed proposal cached out of order") it loses
 * replies, gives them to the wrong connection, and its members end. Rookery has to tell each thing in one way only.
 */
export async function settle(
  playOnce: () => Promise<Play>,
  judge: (play: Play) => Verdict,
  startAnew: () => Promise<boolean>,
): Promise<Settled> {
  const first = await playOnce();
  let settled: Settled = { plays: 1, play: first, verdict: judge(first), inconstant: [] };
  while (!agrees(settled.verdict) && settled.inconstant.length === 0 && (await startAnew())) {
    const play = await playOnce();
    const inconstant = compare('', first.ours, play.ours);
    settled = { plays: settled.plays + 1, play, verdict: judge(play), inconstant };
  }
  return settled;
}
