/** In milliseconds. */
export interface FrameTimes {
  readonly frames: number;
  readonly median: number;
  /** Of 95 in a hundred. */
  readonly most: number;
  readonly worst: number;
}

/** Throws where there are none. */
export function frameTimes(deltas: readonly number[]): FrameTimes {
  const sorted = deltas.toSorted((a, b) => a - b);
  const worst = sorted.at(-1);
  if (worst === undefined) throw new Error('no frame was drawn');
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? worst;
  return { frames: sorted.length, median: at(0.5), most: at(0.95), worst };
}

export function tell({ frames, median, most, worst }: FrameTimes): string {
  return `${frames} frames, median ${median.toFixed(1)} ms, 95 % below ${most.toFixed(1)} ms, worst ${worst.toFixed(1)} ms`;
}
