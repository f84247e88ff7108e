import { expect, test } from 'vitest';
import { frameTimes, tell } from '../../window/looks/frame-times.ts';

test('of a hundred frames five may be slow before the figure of 95 in a hundred tells of it', () => {
  const smooth = Array.from({ length: 100 }, (_, at) => (at < 95 ? 16 : 80));
  expect(frameTimes(smooth)).toEqual({ frames: 100, median: 16, most: 80, worst: 80 });
  expect(frameTimes(smooth.with(95, 16)).most).toBe(16);
});

test('they are told in milliseconds, whatever their order was', () => {
  expect(tell(frameTimes([40, 16, 17]))).toBe('3 frames, median 17.0 ms, 95 % below 40.0 ms, worst 40.0 ms');
});

test('a page that drew nothing has not been fluid', () => {
  expect(() => frameTimes([])).toThrow('no frame was drawn');
});
