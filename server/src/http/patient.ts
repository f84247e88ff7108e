import type { Readable } from 'node:stream';

/** A caller that sends nothing for so long is given up, as is one that takes nothing. */
export const PATIENCE_MS = 60_000;

/** A body, given up where nothing comes for too long. What nobody asks for any more is read and forgotten, so that the answer is heard. */
export async function* patient(body: Readable): AsyncGenerator<Uint8Array> {
  const late = setTimeout(
    () => body.destroy(new Error(`nothing came for ${PATIENCE_MS / 1000} seconds`)),
    PATIENCE_MS,
  );
  try {
    for await (const piece of body.iterator({ destroyOnReturn: false })) {
      late.refresh();
      yield piece as Uint8Array;
    }
  } finally {
    clearTimeout(late);
    body.resume();
  }
}
