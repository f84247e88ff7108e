import type { Slot } from '@rookery/protocol';
import type { Prng } from '../../sim/prng.ts';
import { Int, Real } from '../../src/tree/node-table.ts';
import { CONTAINER_OWNER, isEphemeral, isTransient, ttlOf } from '../../src/tree/owner.ts';
import type { ZookeeperState } from '../../src/zookeeper-log/state.ts';
import { emptyNode, NO_DATABASE } from '../../src/zookeeper-snapshot/format.ts';
import { setContainer, setPersistent, setTtl } from '../../src/zookeeper-snapshot/owners.ts';
import { ZookeeperSnapshotWriter } from '../../src/zookeeper-snapshot/writer.ts';

/**
 * A snapshot as ZooKeeper takes it while writes go on: sessions as they are when it begins, and each node with its list of children as they are when the walk
 * comes to it, some writes later.
 *
 * @param states by zxid; the walk begins at the first one
 */
export function fuzzySnapshot(
  states: readonly ZookeeperState[],
  prng: Prng,
): { bytes: Uint8Array; ended: number } {
  const writer = new ZookeeperSnapshotWriter();
  let now = 0;
  const pass = (): void => {
    while (now < states.length - 1 && prng.chance(0.4)) now++;
  };
  const { sessions, ids } = states[0]!;
  writer.sessions(sessions.size, NO_DATABASE);
  for (const { id, timeoutMs } of sessions.values()) {
    const { high, low } = ids.theirs(id)!;
    writer.session(high, low, timeoutMs);
  }
  const lists = new Map<string, number>();
  for (const state of states) {
    const { nodes, acls } = state.tree.znodes;
    for (let slot = 0 as Slot; slot < nodes.highWater; slot++) {
      if (nodes.isUsed(slot)) keyOf(acls.list(nodes.int(slot, Int.acl)));
    }
  }
  function keyOf(list: unknown): number {
    const key = JSON.stringify(list);
    const known = lists.get(key) ?? lists.size + 1;
    lists.set(key, known);
    return known;
  }
  writer.accessLists(lists.size);
  for (const [key, id] of lists) writer.accessList(id, JSON.parse(key));
  const visit = (path: string): void => {
    pass();
    const state = states[now]!;
    const { znodes } = state.tree;
    const { nodes } = znodes;
    const slot = state.tree.lookupText(path);
    if (slot < 0) return;
    const children: string[] = [];
    for (
      let child = nodes.int(slot, Int.firstChild) as Slot;
      child >= 0;
      child = nodes.int(child, Int.next) as Slot
    )
      children.push(nodes.path(child));
    writeNode(writer, state, slot, keyOf(znodes.acls.list(nodes.int(slot, Int.acl))));
    for (const child of children) visit(child);
  };
  visit('/');
  pass();
  const ended = states[now]!.zxid;
  writer.end(ended);
  return { bytes: writer.take(), ended };
}

function writeNode(
  writer: ZookeeperSnapshotWriter,
  { tree, ids }: ZookeeperState,
  slot: Slot,
  acl: number,
): void {
  const { nodes } = tree.znodes;
  const path = Buffer.from(nodes.path(slot));
  const length = nodes.int(slot, Int.dataLength);
  const data = new Uint8Array(Math.max(0, length));
  nodes.copyData(slot, data, 0);
  const node = emptyNode();
  node.bytes = path;
  node.pathStart = path.length === 1 ? 1 : 0;
  node.pathEnd = path.length;
  node.dataBytes = data;
  node.dataStart = length < 0 ? -1 : 0;
  node.dataEnd = length;
  node.acl = acl;
  node.version = nodes.int(slot, Int.version);
  node.cversion = nodes.int(slot, Int.creations);
  node.aversion = nodes.int(slot, Int.aversion);
  node.czxid = nodes.real(slot, Real.czxid);
  node.mzxid = nodes.real(slot, Real.mzxid);
  node.pzxid = nodes.real(slot, Real.pzxid);
  node.ctime = nodes.real(slot, Real.ctime);
  node.mtime = nodes.real(slot, Real.mtime);
  const owner = nodes.real(slot, Real.owner);
  if (isEphemeral(owner)) {
    const { high, low } = ids.theirs(owner)!;
    node.ownerHigh = high;
    node.ownerLow = low;
  } else if (owner === CONTAINER_OWNER) setContainer(node);
  else if (isTransient(owner)) setTtl(node, ttlOf(owner));
  else setPersistent(node);
  writer.node(node);
}
