/** A member did not answer. The message says why, in a few words. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly at: string;
  /** It was there, and took too long. */
  readonly isLate: boolean;

  constructor(at: string, message: string, isLate = false) {
    super(message);
    this.at = at;
    this.isLate = isLate;
  }
}
