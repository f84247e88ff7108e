import type { Samples } from '../members-http/prometheus-text.ts';

/** How many values were at most how large, in seconds. */
export interface Histogram {
  /** Ascending; each with the number of all values up to it. */
  readonly buckets: readonly { readonly most: number; readonly upTo: number }[];
  readonly count: number;
  /** Of all values. */
  readonly sum: number;
}

/** The histograms of a metric by the value of `label`; by '' where it has none. */
export function histogramsOf(samples: Samples, name: string, label?: string): ReadonlyMap<string, Histogram> {
  const keyOf = (labels: Readonly<Record<string, string>>): string =>
    label === undefined ? '' : (labels[label] ?? '');
  const sums = new Map((samples.get(`${name}_sum`) ?? []).map((each) => [keyOf(each.labels), each.value]));
  const buckets = new Map<string, { most: number; upTo: number }[]>();
  for (const { labels, value } of samples.get(`${name}_bucket`) ?? []) {
    const most = Number((labels.le ?? '').replace('Inf', 'Infinity'));
    const key = keyOf(labels);
    buckets.set(key, [...(buckets.get(key) ?? []), { most, upTo: value }]);
  }
  const counts = samples.get(`${name}_count`) ?? [];
  return new Map(
    counts.map(({ labels, value: count }) => {
      const key = keyOf(labels);
      const sorted = (buckets.get(key) ?? []).sort((a, b) => a.most - b.most);
      return [key, { buckets: sorted, count, sum: sums.get(key) ?? 0 }];
    }),
  );
}

/** What came to a histogram since it was `before`; all of it where the member has started anew meanwhile. */
export function since(now: Histogram, before: Histogram | undefined): Histogram {
  if (before === undefined || now.count < before.count) return now;
  const earlier = new Map(before.buckets.map(({ most, upTo }) => [most, upTo]));
  return {
    buckets: now.buckets.map(({ most, upTo }) => ({ most, upTo: upTo - (earlier.get(most) ?? 0) })),
    count: now.count - before.count,
    sum: now.sum - before.sum,
  };
}

export function sumOf(histograms: Iterable<Histogram>): Histogram {
  const upTo = new Map<number, number>();
  let count = 0;
  let sum = 0;
  for (const each of histograms) {
    count += each.count;
    sum += each.sum;
    for (const bucket of each.buckets) upTo.set(bucket.most, (upTo.get(bucket.most) ?? 0) + bucket.upTo);
  }
  const buckets = [...upTo].map(([most, all]) => ({ most, upTo: all })).sort((a, b) => a.most - b.most);
  return { buckets, count, sum };
}

/** The value in seconds below which that part of all is, as far as the buckets tell; undefined: there is none. */
export function quantile({ buckets, count }: Histogram, part: number): number | undefined {
  if (count === 0) return undefined;
  const rank = part * count;
  let least = 0;
  let below = 0;
  for (const { most, upTo } of buckets) {
    if (upTo >= rank && upTo > below) {
      if (most === Number.POSITIVE_INFINITY) return least;
      return least + ((most - least) * Math.max(0, rank - below)) / (upTo - below);
    }
    if (most !== Number.POSITIVE_INFINITY) least = most;
    below = upTo;
  }
  return least;
}
