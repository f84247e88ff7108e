import { ConfigError, type Origin } from './config-error.ts';

/** Reads a whole file as UTF-8; throws as node:fs does. */
export type ReadFile = (path: string) => string;

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** A file that somebody named must be there. */
export function needFile(readFile: ReadFile, path: string, origin: Origin): string {
  try {
    return readFile(path);
  } catch (error) {
    throw new ConfigError(
      origin,
      `cannot read ${JSON.stringify(path)} (${errorCode(error) ?? String(error)})`,
    );
  }
}
