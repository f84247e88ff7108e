import type { Readable, Writable } from 'node:stream';
import type { Client, ConnectOptions } from '@rookery/client';

export type Input = Readable & { readonly isTTY?: boolean };
export type Output = Writable & { readonly isTTY?: boolean };

/** All that the command has of the world: `main.ts` gives it the process's, tests give it theirs. */
export interface Surroundings {
  /** Without the program's own name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asked for where it is read: a process that never does must not wait for it. */
  readonly stdin: () => Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** The time of day, in ms since 1970. */
  readonly nowMs: () => number;
  readonly connect: (servers: string, options: ConnectOptions) => Promise<Client>;
}
