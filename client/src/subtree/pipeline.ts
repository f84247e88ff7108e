type Outcome<R> = { readonly value: R } | { readonly error: unknown };

/** What may be under way at a time: so many items, and where their weights are known so much of that, unless a single one is heavier. */
export interface InFlight<T> {
  readonly items: number;
  readonly weight: number;
  readonly weightOf: (item: T) => number;
}

/** What `work` makes of each of `source`, in their order, with at most so much under way. */
export async function* inOrder<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  limit: number | InFlight<T>,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const most = typeof limit === 'number' ? { items: limit, weight: 0, weightOf: () => 0 } : limit;
  const underWay: { readonly outcome: Promise<Outcome<R>>; readonly weight: number }[] = [];
  let weight = 0;
  const first = async (): Promise<R> => {
    const oldest = underWay.shift()!;
    const outcome = await oldest.outcome;
    weight -= oldest.weight;
    return unwrapped(outcome);
  };
  for await (const item of source) {
    const own = most.weightOf(item);
    while (underWay.length > 0 && weight + own > most.weight) yield await first();
    underWay.push({ outcome: outcomeOf(work(item)), weight: own });
    weight += own;
    if (underWay.length >= most.items) yield await first();
  }
  while (underWay.length > 0) yield await first();
}

/** The same items in lists of at most `maxItems`, and of at most `maxBytes` unless a single one is larger. */
export async function* inBatches<T>(
  source: AsyncIterable<T>,
  sizeOf: (item: T) => number,
  maxItems: number,
  maxBytes: number,
): AsyncGenerator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for await (const item of source) {
    const size = sizeOf(item);
    if (batch.length > 0 && (batch.length >= maxItems || bytes + size > maxBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** A failure is kept until its turn comes, so that none is ever unheard. */
function outcomeOf<R>(promise: Promise<R>): Promise<Outcome<R>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

function unwrapped<R>(outcome: Outcome<R>): R {
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}
