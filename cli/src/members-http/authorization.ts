import { readFileSync } from 'node:fs';
import { UsageError } from '../failures.ts';

/** The header that says who asks; undefined: there is no token. Throws UsageError where the file cannot be read. */
export function authorizationOf(
  tokenFile: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const file =
    tokenFile ?? (env.ROOKERY_ADMIN_TOKEN === undefined ? env.ROOKERY_ADMIN_TOKEN_FILE : undefined);
  const token = file === undefined || file === '' ? env.ROOKERY_ADMIN_TOKEN : firstLineOf(file);
  return token === undefined || token.trim() === '' ? undefined : `Bearer ${token.trim()}`;
}

/** While tokens change a file has two of them, a line each, and members take both. */
function firstLineOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().split(/\r?\n/, 1)[0] ?? '';
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
