import { ApiError, errorOfStatus, LocalReason } from './api-error.ts';
import type { KubeObject } from './objects.ts';

/** One line of a watch. A bookmark carries nothing but how far the watch has come. */
export type WatchEvent<T extends KubeObject = KubeObject> =
  | { readonly type: 'changed'; readonly object: T; readonly resourceVersion: string }
  | { readonly type: 'deleted'; readonly object: T; readonly resourceVersion: string }
  | { readonly type: 'bookmark'; readonly resourceVersion: string }
  | { readonly type: 'error'; readonly error: ApiError };

/** Reads a line. What cannot be read is an `error` event: the watch can no longer be relied on. */
export function readWatchEvent<T extends KubeObject>(what: string, line: string): WatchEvent<T> {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch (error) {
    return unreadable(what, line, error);
  }
  if (typeof event !== 'object' || event === null) return unreadable(what, line);
  const { type, object } = event as Record<string, unknown>;
  if (type === 'ERROR') return { type: 'error', error: errorOfStatus(`WATCH ${what}`, object) };
  const resourceVersion = resourceVersionOf(object);
  if (resourceVersion === undefined) return unreadable(what, line);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return { type: 'changed', object: object as T, resourceVersion };
    case 'DELETED':
      return { type: 'deleted', object: object as T, resourceVersion };
    case 'BOOKMARK':
      return { type: 'bookmark', resourceVersion };
    default:
      return unreadable(what, line);
  }
}

function resourceVersionOf(object: unknown): string | undefined {
  if (typeof object !== 'object' || object === null || !('metadata' in object)) return undefined;
  const { metadata } = object;
  if (typeof metadata !== 'object' || metadata === null || !('resourceVersion' in metadata)) return undefined;
  return typeof metadata.resourceVersion === 'string' ? metadata.resourceVersion : undefined;
}

function unreadable(what: string, line: string, cause?: unknown): WatchEvent<never> {
  const shown = line.slice(0, 200);
  const error = new ApiError(0, LocalReason.badAnswer, `WATCH ${what}: cannot read the line ${shown}`, {
    cause,
  });
  return { type: 'error', error };
}
