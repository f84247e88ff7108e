import type { AclList } from './acl.ts';
import type { Slot } from './ids.ts';
import type { Stat } from './stat.ts';

/** What a reply may read of a znode. The tree offers it; replies copy straight from it into their buffer. */
export interface NodeReader {
  readStat(slot: Slot, stat: Stat): void;
  /** Bytes of data; -1 for null. */
  dataLength(slot: Slot): number;
  copyData(slot: Slot, target: Uint8Array, offset: number): void;
  acl(slot: Slot): AclList;
  childCount(slot: Slot): number;
  /** Children in no particular order, as in ZooKeeper; NO_SLOT at the end. */
  firstChild(slot: Slot): Slot;
  nextSibling(slot: Slot): Slot;
  nameLength(slot: Slot): number;
  copyName(slot: Slot, target: Uint8Array, offset: number): void;
}
