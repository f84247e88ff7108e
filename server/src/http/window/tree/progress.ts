import type { ChangeLine } from '../shapes.ts';

/** First that it has begun, then how far work is, as often as somebody listens, and at last what it came to. @param work tells how much is done by now */
export async function* progressOf(
  work: (done: (count: number) => void) => Promise<Extract<ChangeLine, { readonly end: true }>>,
): AsyncGenerator<ChangeLine> {
  let count = 0;
  // Before anything is done, so that the answer begins.
  let told = -1;
  let wake = (): void => undefined;
  let outcome: { readonly end: ChangeLine } | { readonly error: unknown } | undefined;
  const over = (result: NonNullable<typeof outcome>): void => {
    outcome = result;
    wake();
  };
  work((done) => {
    count = done;
    wake();
  }).then(
    (end) => over({ end }),
    (error: unknown) => over({ error }),
  );
  while (outcome === undefined) {
    if (count === told) await new Promise<void>((resolve) => (wake = resolve));
    if (outcome !== undefined || count === told) continue;
    told = count;
    yield { done: count };
  }
  if ('error' in outcome) throw outcome.error;
  yield outcome.end;
}
