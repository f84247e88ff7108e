/** A life for each write costs minutes: the night lives them all (CRASH_POINTS=all), other runs every third, from another one on with each `salt`. */
const isWhole = process.env.CRASH_POINTS === 'all';
const STEP = 3;

/** After which of a life's writes its operator ends; the first is 1. Never none. */
export function crashPoints(writes: number, salt: number): number[] {
  const all = Array.from({ length: writes }, (_, index) => index + 1);
  return isWhole ? all : all.filter((point) => point % STEP === salt % STEP);
}
