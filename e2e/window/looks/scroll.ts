import type { Locator } from 'playwright-core';
import { type FrameTimes, frameTimes } from './frame-times.ts';

/**
 * Scrolls an element by `step` pixels a frame until it goes no further, or for `most` frames, and measures what is between two frames: what a person would see
 * as a page that stops.
 */
export async function scrollThrough(list: Locator, step: number, most: number): Promise<FrameTimes> {
  const deltas = await list.evaluate(
    (element, [pixels, limit]) =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        let before = performance.now();
        const frame = (now: number): void => {
          times.push(now - before);
          before = now;
          const at = element.scrollTop;
          element.scrollTop = at + pixels;
          const isAtEnd = element.scrollTop === at;
          if (times.length >= limit || isAtEnd) resolve(times.slice(1));
          else requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
    [step, most] as const,
  );
  return frameTimes(deltas);
}
