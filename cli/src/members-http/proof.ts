import { digestOf } from '../connection.ts';
import type { Context } from '../context.ts';

/** What shows, in the header authorization, who asks for what access lists keep; undefined: the token does. */
export function proofOf({ settings, env, http }: Context): string | undefined {
  const proof = digestOf(settings, env);
  if (proof !== undefined) return `digest ${proof}`;
  if (http.hasAuthorization) return undefined;
  return settings.cert === undefined ? 'ip' : 'x509';
}
