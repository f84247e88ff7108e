import { MemberErrorCode } from '../errors/error-codes.ts';

/** What this member has stored cannot be used by it: going on would make its tree another one. The message says what to do. */
export class UnusableData extends Error {
  override readonly name: string = 'UnusableData';
  readonly code = MemberErrorCode.unusableData;
}

/** Continues a sentence that says what is wrong with the data. */
export const JOIN_ANEW =
  'keep a copy of the data folder, empty it, and start the member again; it joins as a new member';
