import { equalBytes } from '@rookery/protocol';
import { crc32 } from '../codec/crc32.ts';
import type { SnapshotNode } from './format.ts';

/** `/zookeeper/`: what is below is in no digest. */
const SYSTEM_PREFIX = Uint8Array.from('/zookeeper/', (character) => character.charCodeAt(0));
const TWO_32 = 0x1_0000_0000;

const stat = new Uint8Array(60);
const view = new DataView(stat.buffer);

/**
 * The sum of a CRC-32 of each node, of its path, data and stat: what ZooKeeper compares where it loads a snapshot, and behind each transaction. As two
 * halves of 64 bits.
 */
export class ZookeeperTreeDigest {
  #high = 0;
  #low = 0;

  get high(): number {
    return this.#high | 0;
  }

  get low(): number {
    return this.#low | 0;
  }

  add(node: SnapshotNode): void {
    const sum = this.#low + crcOf(node);
    this.#low = sum % TWO_32;
    if (sum >= TWO_32) this.#high = (this.#high + 1) % TWO_32;
  }

  /** The node as it was when it was added. */
  subtract(node: SnapshotNode): void {
    this.#low -= crcOf(node);
    if (this.#low >= 0) return;
    this.#low += TWO_32;
    this.#high = (this.#high - 1 + TWO_32) % TWO_32;
  }
}

/** 0 of a node that is in no digest. */
function crcOf(node: SnapshotNode): number {
  const { bytes, pathStart, pathEnd, dataBytes } = node;
  if (isSystem(bytes, pathStart, pathEnd)) return 0;
  let crc = crc32(bytes, pathStart, pathEnd, 0);
  if (node.dataStart >= 0) crc = crc32(dataBytes, node.dataStart, node.dataEnd, crc);
  writeLong(0, node.czxid);
  writeLong(8, node.mzxid);
  writeLong(16, node.pzxid);
  writeLong(24, node.ctime);
  writeLong(32, node.mtime);
  view.setInt32(40, node.version);
  view.setInt32(44, node.cversion);
  view.setInt32(48, node.aversion);
  view.setInt32(52, node.ownerHigh);
  view.setInt32(56, node.ownerLow);
  return crc32(stat, 0, stat.length, crc);
}

function isSystem(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start >= SYSTEM_PREFIX.length && equalBytes(SYSTEM_PREFIX, 0, bytes, start, SYSTEM_PREFIX.length)
  );
}

function writeLong(at: number, value: number): void {
  view.setInt32(at, Math.floor(value / TWO_32));
  view.setInt32(at + 4, value | 0);
}
