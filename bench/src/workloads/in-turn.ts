import type { ThroughputResult } from './throughput.ts';

/** Neighbouring slices of two loads. */
export interface Pair {
  readonly one: ThroughputResult;
  readonly other: ThroughputResult;
}

/** The median, and between which the middle half lies. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Runs two loads in turn, slice by slice, so that what else the machine does strikes both alike. Each is given the number of its slice, from 0. */
export async function inTurn(
  slices: number,
  one: (at: number) => Promise<ThroughputResult>,
  other: (at: number) => Promise<ThroughputResult>,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let at = 0; at < slices; at++) {
    // Who comes first changes from pair to pair.
    const first = at % 2 === 0 ? await other(at) : undefined;
    const ofOne = await one(at);
    pairs.push({ one: ofOne, other: first ?? (await other(at)) });
  }
  return pairs;
}

/** How one compares with the other, of each pair. */
export function ratios(pairs: readonly Pair[], figure: (result: ThroughputResult) => number): Spread {
  const values = pairs.map(({ one, other }) => figure(one) / figure(other));
  return { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/** The median with three places, and the middle half. */
export function describeSpread({ median, low, high }: Spread): string {
  return `${median.toFixed(3)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

/** The one whose figure is the median; of an even number the lower of the two in the middle. @param all at least one */
export function medianBy<T>(all: readonly T[], figure: (one: T) => number): T {
  const sorted = all.toSorted((a, b) => figure(a) - figure(b));
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at));
}
