let last = 0;

/** One after another, as wide as those of the operator. */
export function newSerial(): string {
  return (++last).toString(16).padStart(32, '0');
}
