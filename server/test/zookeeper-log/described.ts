import type { Slot } from '@rookery/protocol';
import { Int, Real } from '../../src/tree/node-table.ts';
import { isEphemeral } from '../../src/tree/owner.ts';
import type { ZookeeperState } from '../../src/zookeeper-log/state.ts';

/** All of a state that anybody could see, sessions by their ids at ZooKeeper: two that say the same are equal. */
export function described({ tree, sessions, ids, zxid }: ZookeeperState) {
  const { nodes, acls } = tree.znodes;
  const found = new Map<string, unknown>();
  for (let slot = 0 as Slot; slot < nodes.highWater; slot++) {
    if (!nodes.isUsed(slot)) continue;
    const owner = nodes.real(slot, Real.owner);
    const data = new Uint8Array(Math.max(0, nodes.int(slot, Int.dataLength)));
    nodes.copyData(slot, data, 0);
    found.set(nodes.path(slot), {
      data: nodes.int(slot, Int.dataLength) < 0 ? null : Buffer.from(data).toString('latin1'),
      acl: acls.list(nodes.int(slot, Int.acl)),
      numbers: [Int.version, Int.aversion, Int.creations, Int.children].map((field) =>
        nodes.int(slot, field),
      ),
      times: [Real.czxid, Real.mzxid, Real.pzxid, Real.ctime, Real.mtime].map((field) =>
        nodes.real(slot, field),
      ),
      owner: isEphemeral(owner) ? ids.theirs(owner) : owner,
    });
  }
  const held = [...sessions.values()].map(({ id, timeoutMs }) => ({ ...ids.theirs(id), timeoutMs }));
  return { zxid, nodes: new Map([...found].toSorted()), sessions: held };
}
