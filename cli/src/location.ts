import { normalised } from '@rookery/client/subtree';
import { UsageError } from './failures.ts';

/** A node, and where its ensemble is. */
export interface Location {
  /** undefined: the one that --server names. */
  readonly servers: string | undefined;
  readonly path: string;
}

/** Reads `/path`, `host:port,host:port/path` or `srv:NAME/path`. Throws UsageError. */
export function parseLocation(text: string): Location {
  const slash = text.indexOf('/');
  if (slash < 0) {
    throw new UsageError(`"${text}" is no path: /PATH is expected, or HOST:PORT/PATH for another ensemble`);
  }
  return { servers: slash === 0 ? undefined : text.slice(0, slash), path: normalised(text.slice(slash)) };
}
