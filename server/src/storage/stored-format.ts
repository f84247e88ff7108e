import type { FieldFormat } from '../codec/field-reader.ts';
import { MemberErrorCode } from '../errors/error-codes.ts';

/** Bytes that passed their checksum and yet do not decode: a defect of the writer, or a format that this version does not know. */
export class FieldError extends Error {
  override readonly name: string = 'FieldError';
  readonly code = MemberErrorCode.malformedField;
}

/** The fields of all files. */
export const storedFormat: FieldFormat = {
  littleEndian: true,
  malformed: (reason, cause) => new FieldError(`what was stored ${reason}`, { cause }),
};
