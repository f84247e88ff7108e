const LOOK_EVERY_MS = 200;

/** Looks until it finds something, and resolves with that; rejects with `complaint` after `timeoutMs`, and with whatever `look` rejects with. */
export async function awaited<T>(
  timeoutMs: number,
  look: () => Promise<T | undefined>,
  complaint: () => string,
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadlineMs) throw new Error(`after ${timeoutMs} ms: ${complaint()}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
