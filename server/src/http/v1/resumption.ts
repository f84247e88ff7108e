import type { Change } from '@rookery/client';

type Start = Change & { readonly type: 'start' };

/**
 * What whoever heard all up to `seenZxid` has to be told before the changes behind `start`: nothing that it has not missed, and `missed` where it
 * cannot be known what it has.
 *
 * A node's stat tells of the last change of each kind, as setWatches has it: earlier ones of the same kind are the same to whoever now looks. Of a node
 * that is gone, and of all that is below a node, no stat tells.
 */
export function toldSince(start: Start, seenZxid: number, isRecursive: boolean): Change[] {
  const { path, zxid, node } = start;
  if (seenZxid === zxid) return [];
  const missed: Change = { type: 'missed', path, fromZxid: Math.min(seenZxid, zxid), toZxid: zxid };
  if (seenZxid > zxid || isRecursive || node === undefined) return [missed, start];
  const { czxid, mzxid, pzxid } = node.stat;
  const changes: Change[] = [];
  const tell = (type: 'created' | 'changed' | 'children', at: number): void => {
    // What came behind the start is told by the stream.
    if (at > seenZxid && at <= zxid) changes.push({ type, path, zxid: at });
  };
  tell('created', czxid);
  if (mzxid !== czxid) tell('changed', mzxid);
  if (pzxid !== czxid) tell('children', pzxid);
  return changes.sort((one, other) => ('zxid' in one && 'zxid' in other ? one.zxid - other.zxid : 0));
}
