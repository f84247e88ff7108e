import { expect, test, vi } from 'vitest';
import { observeEventLoopDelay } from '../../src/platform/event-loop-delay.ts';

/** Long beside the probe's period. */
const TURN_MS = 250;

test('a turn that takes long is observed as a delay of about that', async () => {
  const delays: number[] = [];
  observeEventLoopDelay((delayMs) => delays.push(delayMs));
  await vi.waitFor(() => expect(delays).not.toEqual([]));
  delays.length = 0;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TURN_MS);
  await vi.waitFor(() => expect(delays).not.toEqual([]));
  expect(Math.max(...delays)).toBeGreaterThan(TURN_MS / 2);
});
