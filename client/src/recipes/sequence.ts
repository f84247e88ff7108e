/** The number that a server has put behind a name, given alone: ten digits, or fewer and a sign after 2^31 children. */
export function sequenceOf(text: string): number | undefined {
  return /^(?:\d{10}|-\d{9,10})$/.test(text) ? Number(text) | 0 : undefined;
}

/** Whether `a` was given out before `b`: numbers of 32 bits that wrap. */
export function isBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}
