import { entryBytes } from './log.ts';
import type { RaftNode } from './node.ts';
import { Inflight, Progress } from './progress.ts';
import { membersOf } from './quorum.ts';
import type { Configuration, EntryKind } from './types.ts';

/** Appends one entry of the leader's own term and returns its index. It is sent and written by the next `ready()`. */
export function appendOwn(node: RaftNode, kind: EntryKind, data: Uint8Array): number {
  const { log } = node;
  const entry = { index: log.last + 1, term: node.term, kind, data };
  log.append(entry);
  node.uncommittedBytes += entryBytes(entry);
  return entry.index;
}

/** Begins to follow the members that the configuration adds, and stops with those that it removes. */
export function trackMembers(node: RaftNode, configuration: Configuration): void {
  const { log, now, options } = node;
  const { maxInflightMessages, maxInflightBytes } = options;
  const members = membersOf(configuration);
  for (const id of members) {
    if (id === node.id || node.progress.has(id)) continue;
    const progress = new Progress(id, log.last + 1, now, new Inflight(maxInflightMessages, maxInflightBytes));
    node.progress.set(id, progress);
  }
  for (const id of node.progress.keys()) {
    if (!members.includes(id)) node.progress.delete(id);
  }
  node.peers.length = 0;
  for (const progress of node.progress.values()) node.peers.push(progress);
}
