/** A line and when it was written: streams are in its order, each for itself. */
export interface Timed {
  /** RFC 3339 in UTC. */
  readonly time: string;
}

export interface MergeSettings {
  /** How long a line waits for earlier ones of streams that are silent; Infinity: until they say something or end. */
  readonly patienceMs: number;
  /** Lines that a stream may be ahead. */
  readonly ahead: number;
  readonly after: (delayMs: number, task: () => void) => { readonly cancel: () => void };
}

interface Source<T> {
  readonly queue: T[];
  isOver: boolean;
  /** Has it read on. */
  more: (() => void) | undefined;
}

/**
 * The lines of all streams, by time. Nothing is given before all that was written earlier, as far as each stream has said by then; of streams that go on
 * for ever a silent one holds the others up for `patienceMs` at most. Rejects where a stream does.
 */
export async function* merged<T extends Timed>(
  streams: readonly AsyncIterable<T>[],
  { patienceMs, ahead, after }: MergeSettings,
): AsyncGenerator<T> {
  let wake: () => void = () => {};
  let failure: { readonly error: unknown } | undefined;
  let isLeft = false;
  const sources = streams.map((): Source<T> => ({ queue: [], isOver: false, more: undefined }));
  const pump = async (stream: AsyncIterable<T>, source: Source<T>): Promise<void> => {
    try {
      for await (const line of stream) {
        source.queue.push(line);
        wake();
        if (source.queue.length >= ahead)
          await new Promise<void>((resolve) => {
            source.more = resolve;
          });
        if (isLeft) return;
      }
    } catch (error) {
      failure ??= { error };
    } finally {
      source.isOver = true;
      wake();
    }
  };
  streams.forEach((stream, i) => void pump(stream, sources[i]!));
  try {
    for (;;) {
      if (failure !== undefined) throw failure.error;
      const first = firstOf(sources);
      if (first === undefined && sources.every(({ isOver }) => isOver)) return;
      const isComplete = sources.every(({ queue, isOver }) => isOver || queue.length > 0);
      if (first !== undefined && isComplete) {
        yield take(first);
        continue;
      }
      const isLate = await new Promise<boolean>((resolve) => {
        const timer =
          first === undefined || patienceMs === Number.POSITIVE_INFINITY
            ? undefined
            : after(patienceMs, () => resolve(true));
        wake = () => {
          timer?.cancel();
          resolve(false);
        };
      });
      wake = () => {};
      // Another one may have said something earlier meanwhile.
      const earliest = firstOf(sources);
      if (isLate && earliest !== undefined) yield take(earliest);
    }
  } finally {
    isLeft = true;
    for (const { more } of sources) more?.();
  }
}

/** The source whose next line is the earliest. */
function firstOf<T extends Timed>(sources: readonly Source<T>[]): Source<T> | undefined {
  let first: Source<T> | undefined;
  for (const source of sources) {
    const line = source.queue[0];
    if (line !== undefined && (first === undefined || isEarlier(line.time, first.queue[0]!.time)))
      first = source;
  }
  return first;
}

function take<T>(source: Source<T>): T {
  const line = source.queue.shift() as T;
  source.more?.();
  source.more = undefined;
  return line;
}

/** Of two times as `Timed` has them: fractions of a second have as many digits as they need. */
export function isEarlier(a: string, b: string): boolean {
  return a.replace(/Z$/, '') < b.replace(/Z$/, '');
}
