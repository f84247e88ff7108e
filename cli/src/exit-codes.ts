/** What the command ends with; part of its interface. */
export const ExitCode = {
  ok: 0,
  /** The answer is no: nothing found, no such node, the two differ. */
  no: 1,
  usage: 2,
  /** No member could be reached, or none answered in time. */
  unreachable: 3,
  /** The server answered that it does not do that. */
  refused: 4,
  /** A bug of this command. */
  unexpected: 5,
  /** Ctrl-C, as shells have it. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
