/** PURE: whether the API server took a write, or refused it, as the table of writes says. */
import type { Case } from '../../crds/test/cases.ts';
import type { ApiAnswer } from './api.ts';

const INVALID = 422;

interface Status {
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] };
}

/** In one line what is not as the table says; undefined where all is. */
export function complaintOf({ title, refused }: Case, { code, body }: ApiAnswer): string | undefined {
  const { message = '', details } = body as Status;
  if (refused === undefined) return code < 300 ? undefined : `${title}: refused with ${code}: ${message}`;
  if (code < 300) return `${title}: accepted, but ${refused.at} is wrong`;
  if (code !== INVALID) return `${title}: refused with ${code} instead of ${INVALID}: ${message}`;
  const there = (details?.causes ?? []).filter(({ field }) => field === refused.at);
  if (there.length === 0) return `${title}: refused, but not for ${refused.at}: ${message}`;
  if (refused.by === 'rule' && !there.some((cause) => cause.message?.includes(refused.says)))
    return `${title}: the message at ${refused.at} does not say "${refused.says}": ${message}`;
  return undefined;
}
