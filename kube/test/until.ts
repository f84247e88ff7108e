import { setImmediate as turn } from 'node:timers/promises';

/** Lets the event loop turn until the condition holds; sockets and promises go on meanwhile, the manual clock does not. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`waited in vain for ${what}`);
    await turn();
  }
}

/** Lets everything that is on its way arrive, where nothing must happen. */
export async function settle(): Promise<void> {
  for (let count = 0; count < 50; count++) await turn();
}
