import type { HistoryRefusal } from '../errors/error-codes.ts';

/** The past cannot be told. The message says why. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
  readonly code: HistoryRefusal;

  constructor(code: HistoryRefusal, message: string) {
    super(message);
    this.code = code;
  }
}
