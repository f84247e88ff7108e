type Outcome<R> = { readonly value: R } | { readonly error: unknown };

/** What `work` makes of each of `source`, in their order, with at most `limit` under way. */
export async function* inOrder<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<Outcome<R>>[] = [];
  for await (const item of source) {
    underWay.push(outcomeOf(work(item)));
    if (underWay.length >= limit) yield unwrapped(await underWay.shift()!);
  }
  for (const outcome of underWay) yield unwrapped(await outcome);
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
