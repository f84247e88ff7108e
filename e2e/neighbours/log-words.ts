/** Judges a program by its own words: what it says of its coordination layer while members come and go. */
export interface LogWords {
  /** A line that this matches is a complaint about the coordination service (or a crash of the program's), unless it is tolerated. */
  readonly complaint: RegExp;
  /** What says no more than that a connection went and came back; each with why it may be said. */
  readonly tolerated: readonly { readonly words: RegExp; readonly because: string }[];
}

export interface Complaint {
  readonly log: string;
  readonly line: string;
}

const SHOWN = 300;

/** @param logs texts by name */
export function complaintsIn(
  logs: ReadonlyMap<string, string>,
  { complaint, tolerated }: LogWords,
): Complaint[] {
  return [...logs].flatMap(([log, text]) =>
    text
      .split('\n')
      .filter((line) => complaint.test(line) && !tolerated.some(({ words }) => words.test(line)))
      .map((line) => ({ log, line: line.slice(0, SHOWN) })),
  );
}
