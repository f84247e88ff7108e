import type { HistoryRefusal } from '../errors/error-codes.ts';

/** Of a write. */
export interface Moment {
  readonly zxid: number;
  /** ms since 1970. */
  readonly timeMs: number;
}

/** The past cannot be told. The message says why. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
  readonly code: HistoryRefusal;
  /** Where what is kept begins; undefined: with the cluster, or nobody knows. */
  earliest: Moment | undefined;

  constructor(code: HistoryRefusal, message: string) {
    super(message);
    this.code = code;
  }
}
