import { utf8Length, WATCH_LISTS, type WatchLists } from '@rookery/protocol';

const LENGTH_BYTES = 4;

/**
 * What a new connection has to be told, in pieces that each stay below `maxBytes` of paths: a server closes the connection for a frame above its
 * bound, however many watches a client has. A single path is never above it, since the server took it before.
 */
export function inPieces(all: readonly WatchLists[], maxBytes: number): WatchLists[] {
  const pieces: WatchLists[] = [];
  let piece: Record<string, string[]> = {};
  let bytes = 0;
  for (const lists of all) {
    for (const name of WATCH_LISTS) {
      for (const path of lists[name] ?? []) {
        const size = LENGTH_BYTES + utf8Length(path);
        if (bytes > 0 && bytes + size > maxBytes) {
          pieces.push(piece);
          piece = {};
          bytes = 0;
        }
        piece[name] ??= [];
        piece[name].push(path);
        bytes += size;
      }
    }
  }
  if (bytes > 0) pieces.push(piece);
  return pieces;
}
