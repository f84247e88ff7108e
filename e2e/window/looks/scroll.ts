import type { Locator } from 'playwright-core';
import { type FrameTimes, frameTimes } from './frame-times.ts';

const IDLE_FRAMES = 200;

/**
 * Scrolls an element by `step` pixels a frame until it goes no further, or for `most` frames, and measures what is between two frames: what a person would see
 * as a page that stops.
 */
export function scrollThrough(list: Locator, step: number, most: number): Promise<FrameTimes> {
  return measure(list, step, most);
}

/** What is between frames in which nothing is drawn: how smooth the machine is by itself. */
export function idleFrames(list: Locator): Promise<FrameTimes> {
  return measure(list, 0, IDLE_FRAMES);
}

async function measure(list: Locator, step: number, most: number): Promise<FrameTimes> {
  const deltas = await list.evaluate(
    (element, [pixels, limit]) =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        let before = performance.now();
        const frame = (now: number): void => {
          times.push(now - before);
          before = now;
          const at = element.scrollTop;
          if (pixels > 0) element.scrollTop = at + pixels;
          const isAtEnd = pixels > 0 && element.scrollTop === at;
          // What is before the first frame is none of them.
          if (times.length > limit || isAtEnd) resolve(times.slice(1));
          else requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
    [step, most] as const,
  );
  return frameTimes(deltas);
}
