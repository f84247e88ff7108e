/** `wrong`: something is broken, or will be. `advice`: it works, and could be safer. */
export type Level = 'wrong' | 'advice';

export interface Finding {
  /** Which check found it, for programs. */
  readonly check: string;
  readonly level: Level;
  /** Server ids of the members that it is about; empty: it is about all of them. */
  readonly members: readonly number[];
  /** A sentence. */
  readonly what: string;
  /** What to do about it, a sentence. */
  readonly todo: string;
}

export function finding(
  check: string,
  level: Level,
  members: readonly (number | undefined)[],
  what: string,
  todo: string,
): Finding {
  return { check, level, members: members.filter((id) => id !== undefined), what, todo };
}

/** As a sentence begins. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
