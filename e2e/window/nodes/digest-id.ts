import { createHash } from 'node:crypto';

/** As access lists of the scheme `digest` have a user. */
export function digestId(user: string, password: string): string {
  return `${user}:${createHash('sha1').update(`${user}:${password}`).digest('base64')}`;
}
