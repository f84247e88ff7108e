/** Turns that take less are felt by nobody, and the probe itself costs next to nothing. */
const PROBE_MS = 20;

/** Tells by how many milliseconds a timer is late, which is for how long a turn kept everything else waiting. Does not keep the process alive. */
export function observeEventLoopDelay(observe: (delayMs: number) => void): void {
  let dueMs = performance.now() + PROBE_MS;
  setInterval(() => {
    const nowMs = performance.now();
    observe(Math.max(0, nowMs - dueMs));
    dueMs = nowMs + PROBE_MS;
  }, PROBE_MS).unref();
}
