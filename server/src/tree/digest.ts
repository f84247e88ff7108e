import { finishHash, mixWord } from '../model/hash.ts';
import type { Slot } from '../model/ids.ts';
import type { AclTable } from './acl-table.ts';
import { Int, type NodeTable, REALS, Real } from './node-table.ts';

const LOW_SEED = 0x2545f491;
const HIGH_SEED = 0x4f6cdd1d;
const TWO_32 = 0x1_0000_0000;

/**
 * The sum of a hash of every node, in two independent 32-bit halves: the same for the same tree, however it came about, and
 * kept up to date by subtracting a node before it changes and adding it after. A node's hash covers path, data, ACL, counters,
 * zxids, times and owner; how many children it has follows from the paths.
 */
export class TreeDigest {
  low = 0;
  high = 0;

  add(nodes: NodeTable, acls: AclTable, slot: Slot): void {
    this.low = (this.low + nodeHash(nodes, acls, slot, LOW_SEED)) | 0;
    this.high = (this.high + nodeHash(nodes, acls, slot, HIGH_SEED)) | 0;
  }

  subtract(nodes: NodeTable, acls: AclTable, slot: Slot): void {
    this.low = (this.low - nodeHash(nodes, acls, slot, LOW_SEED)) | 0;
    this.high = (this.high - nodeHash(nodes, acls, slot, HIGH_SEED)) | 0;
  }

  /** 16 hexadecimal digits. */
  text(): string {
    return digestText(this.high, this.low);
  }
}

export function digestText(high: number, low: number): string {
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0');
}

function nodeHash(nodes: NodeTable, acls: AclTable, slot: Slot, seed: number): number {
  const ints = nodes.intsAt(slot);
  const int = nodes.intOffset(slot);
  let hash = mixWord(seed, ints[int + Int.pathHash]!);
  hash = mixWord(hash, ints[int + Int.dataHash]!);
  hash = mixWord(hash, ints[int + Int.dataLength]!);
  hash = mixWord(hash, ints[int + Int.version]!);
  hash = mixWord(hash, ints[int + Int.aversion]!);
  hash = mixWord(hash, ints[int + Int.creations]!);
  hash = mixWord(hash, acls.hash(ints[int + Int.acl]!));
  const reals = nodes.realsAt(slot);
  const real = nodes.realOffset(slot);
  for (let field: Real = Real.czxid; field < REALS; field++) {
    const value = reals[real + field]!;
    hash = mixWord(hash, value >>> 0);
    hash = mixWord(hash, Math.floor(value / TWO_32));
  }
  return finishHash(hash);
}
