/** Settles once all promises that could have settled have: Node takes the next-tick queue only after all microtasks. */
export function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
