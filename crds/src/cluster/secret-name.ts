import { optional, text } from '../schema/builder.ts';
import { MAX_OBJECT_NAME_LENGTH } from './names.ts';

/** Of a Secret of the same namespace, where one is used. */
export function secretName(description: string) {
  return optional(text(description, { minLength: 1, maxLength: MAX_OBJECT_NAME_LENGTH }));
}
