import type { OpName } from '../requests.ts';

/** One field of a request that a program sent. Data is known by its size alone: it may hold anything. */
export type RecordedPart =
  | { readonly path: string }
  | { readonly size: number | null }
  | { readonly text: string | null }
  | { readonly int: number }
  | { readonly long: number }
  | { readonly bool: boolean };

/** One operation with its fields; of a multi, those of its items. */
export interface RecordedRequest {
  readonly op: OpName;
  readonly parts: readonly RecordedPart[];
  readonly items?: readonly RecordedRequest[];
}

export interface RecordedConnect {
  readonly timeoutMs: number;
  readonly readOnly: boolean | 'absent';
  /** An earlier session goes on. */
  readonly isAgain: boolean;
}

/** What a program said, and, of a request, the code that it was answered with. */
export type RecordedStep =
  | { readonly connect: RecordedConnect }
  | { readonly request: RecordedRequest; readonly error: number };

/** Each shape of what a program says, once, in the order in which it came first. */
export interface Recording {
  /** As its makers write it, with its version. */
  readonly program: string;
  /** How many requests it was gathered from. */
  readonly requests: number;
  /** Codes of operations that are not Apache ZooKeeper's, by how often they came. */
  readonly unknown: Readonly<Record<string, number>>;
  readonly steps: readonly RecordedStep[];
}
