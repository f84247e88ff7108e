import type { Slot } from '@rookery/protocol';
import { asSessionId } from '../model/ids.ts';
import { NO_BYTES_REF } from '../tree/byte-store.ts';
import { Int, Real } from '../tree/node-table.ts';
import { CONTAINER_OWNER, isTransient, PERSISTENT_OWNER, ttlOf } from '../tree/owner.ts';
import type { Znodes } from '../tree/znodes.ts';
import { emptyNode, type SnapshotNode } from '../zookeeper-snapshot/format.ts';
import { setContainer, setPersistent, setTtl } from '../zookeeper-snapshot/owners.ts';
import type { SessionIds } from '../zookeeper-snapshot/session-ids.ts';
import { ZookeeperTreeDigest } from '../zookeeper-snapshot/tree-digest.ts';

const ROOT_BYTES = 1;

/** The digest that ZooKeeper has of the same nodes, in step with each change. */
export class DigestedNodes {
  readonly digest = new ZookeeperTreeDigest();
  readonly #znodes: Znodes;
  readonly #ids: SessionIds;
  readonly #node = emptyNode();

  constructor(znodes: Znodes, ids: SessionIds) {
    this.#znodes = znodes;
    this.#ids = ids;
    const { nodes } = znodes;
    for (let slot = 0; slot < nodes.highWater; slot++) if (nodes.isUsed(slot as Slot)) this.add(slot as Slot);
  }

  add(slot: Slot): void {
    this.digest.add(this.#look(slot));
  }

  /** As it was when it was added. */
  subtract(slot: Slot): void {
    this.digest.subtract(this.#look(slot));
  }

  /** `how` changes the node itself, for this digest and for our own. */
  change(slot: Slot, how: () => void): void {
    this.subtract(slot);
    this.#znodes.beginChange(slot);
    how();
    this.#znodes.endChange(slot);
    this.add(slot);
  }

  #look(slot: Slot): SnapshotNode {
    const { nodes } = this.#znodes;
    const { bytes } = nodes;
    const node = this.#node;
    const pathRef = nodes.int(slot, Int.pathRef);
    node.bytes = bytes.arrayOf(pathRef);
    node.pathStart = bytes.offsetOf(pathRef);
    node.pathEnd = node.pathStart + nodes.int(slot, Int.pathLength);
    if (node.pathEnd - node.pathStart === ROOT_BYTES) node.pathStart = node.pathEnd;
    const dataRef = nodes.int(slot, Int.dataRef);
    const hasData = dataRef !== NO_BYTES_REF;
    node.dataBytes = hasData ? bytes.arrayOf(dataRef) : node.bytes;
    node.dataStart = hasData ? bytes.offsetOf(dataRef) : -1;
    node.dataEnd = hasData ? node.dataStart + nodes.int(slot, Int.dataLength) : -1;
    node.version = nodes.int(slot, Int.version);
    node.cversion = nodes.int(slot, Int.creations);
    node.aversion = nodes.int(slot, Int.aversion);
    node.czxid = nodes.real(slot, Real.czxid);
    node.mzxid = nodes.real(slot, Real.mzxid);
    node.pzxid = nodes.real(slot, Real.pzxid);
    node.ctime = nodes.real(slot, Real.ctime);
    node.mtime = nodes.real(slot, Real.mtime);
    this.#lookAtOwner(node, nodes.real(slot, Real.owner));
    return node;
  }

  #lookAtOwner(node: SnapshotNode, owner: number): void {
    if (owner === PERSISTENT_OWNER) setPersistent(node);
    else if (owner === CONTAINER_OWNER) setContainer(node);
    else if (isTransient(owner)) setTtl(node, ttlOf(owner));
    else {
      const theirs = this.#ids.theirs(asSessionId(owner));
      node.ownerHigh = theirs?.high ?? 0;
      node.ownerLow = theirs?.low ?? 0;
    }
  }
}
