import type { Slot } from '@rookery/protocol';
import { finishHash } from '../codec/hash.ts';
import type { AclTable } from './acl-table.ts';
import { Int, type NodeTable, REALS, Real } from './node-table.ts';

const LOW_SEED = 0x2545f491;
const HIGH_SEED = 0x4f6cdd1d;
const TWO_32 = 0x1_0000_0000;
const INT_WORDS = 7;
const WORDS = INT_WORDS + 2 * REALS;

/** A node's content as words, and its hash: filled anew for each node. */
const words = new Int32Array(WORDS);
let lowHash = 0;
let highHash = 0;

/**
 * The sum of a hash of every node, in two different 32-bit halves: the same for the same tree, however it came about, and kept up
 * to date by subtracting a node before it changes and adding it after. A node's hash covers path, data, ACL, counters, zxids,
 * times and owner; how many children it has follows from the paths.
 */
export class TreeDigest {
  low = 0;
  high = 0;

  add(nodes: NodeTable, acls: AclTable, slot: Slot): void {
    hashNode(nodes, acls, slot);
    this.low = (this.low + lowHash) | 0;
    this.high = (this.high + highHash) | 0;
  }

  subtract(nodes: NodeTable, acls: AclTable, slot: Slot): void {
    hashNode(nodes, acls, slot);
    this.low = (this.low - lowHash) | 0;
    this.high = (this.high - highHash) | 0;
  }

  /** 16 hexadecimal digits. */
  text(): string {
    return digestText(this.high, this.low);
  }
}

function digestText(high: number, low: number): string {
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0');
}

function hashNode(nodes: NodeTable, acls: AclTable, slot: Slot): void {
  const ints = nodes.intsAt(slot);
  const int = nodes.intOffset(slot);
  words[0] = ints[int + Int.pathHash]!;
  words[1] = ints[int + Int.dataHash]!;
  words[2] = ints[int + Int.dataLength]!;
  words[3] = ints[int + Int.version]!;
  words[4] = ints[int + Int.aversion]!;
  words[5] = ints[int + Int.creations]!;
  words[6] = acls.hash(ints[int + Int.acl]!);
  const reals = nodes.realsAt(slot);
  const real = nodes.realOffset(slot);
  for (let field: Real = Real.czxid; field < REALS; field++) {
    const value = reals[real + field]!;
    words[INT_WORDS + 2 * field] = value;
    words[INT_WORDS + 2 * field + 1] = Math.floor(value / TWO_32);
  }
  let low = LOW_SEED;
  let high = HIGH_SEED;
  for (let i = 0; i < WORDS; i++) {
    const word = words[i]!;
    low = Math.imul(low ^ word, 0xcc9e2d51);
    high = Math.imul(high ^ word, 0x01000193);
    low = (low << 15) | (low >>> 17);
    high = (high << 11) | (high >>> 21);
  }
  lowHash = finishHash(low);
  highHash = finishHash(high);
}
