import { MemberErrorCode } from '../errors/error-codes.ts';

/** Where a value was written, so that a message can point at it. */
export interface Origin {
  /** A file's path as the user gave it, or `command line`, or `environment`, or `default`. */
  readonly file: string;
  /** The name that was used there: `tickTime`, `--tick-time-ms`, `ROOKERY_TICK_TIME_MS`. */
  readonly key: string;
  /** Counted from 1; absent where there are no lines. */
  readonly line?: number;
}

export const DEFAULT_ORIGIN = 'default';

export function describeOrigin(origin: Origin): string {
  if (origin.file === DEFAULT_ORIGIN) return DEFAULT_ORIGIN;
  const place = origin.line === undefined ? origin.file : `${origin.file} line ${origin.line}`;
  return `${place}: ${origin.key}`;
}

/**
 * A setting that this member must not start with. `message` is one whole line for a person: file, line, key, what is
 * wrong and what is allowed. The process prints it and exits with 2.
 */
export class ConfigError extends Error {
  override readonly name: string = 'ConfigError';
  readonly code = MemberErrorCode.configuration;
  readonly file: string;
  readonly key: string;
  readonly line: number | undefined;

  constructor(origin: Origin, problem: string) {
    super(`${describeOrigin(origin)}: ${problem}`);
    this.file = origin.file;
    this.key = origin.key;
    this.line = origin.line;
  }
}

/** `--help` or `--version`: nothing is wrong, `text` is printed and the process exits with 0. */
export class UsageRequested extends Error {
  override readonly name: string = 'UsageRequested';
  readonly text: string;

  constructor(text: string) {
    super('usage requested');
    this.text = text;
  }
}
