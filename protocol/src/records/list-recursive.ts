import { NO_BYTES } from '../bytes.ts';
import type { Reader } from '../jute/reader.ts';
import { type PathRequest, readPath } from './path-request.ts';

/**
 * ListRecursiveRequest (507, ClickHouse Keeper's):  string path, unsigned int limit
 * ListRecursiveResponse:                            vector<string> paths
 *
 * Whole paths of what is below the node, those nearest to it first, and not more than `limit` of them.
 */
export interface ListRecursiveRequest extends PathRequest {
  limit: number;
}

export function emptyListRecursiveRequest(): ListRecursiveRequest {
  return { bytes: NO_BYTES, pathStart: 0, pathEnd: 0, watch: false, limit: 0 };
}

/** Fills `request`; `reader.failed` tells whether it could. */
export function readListRecursiveRequest(reader: Reader, request: ListRecursiveRequest): void {
  readPath(reader, request);
  request.limit = reader.readInt() >>> 0;
}
