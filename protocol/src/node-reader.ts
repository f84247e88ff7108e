import type { AclList } from './records/acl.ts';
import type { Stat } from './records/stat.ts';

declare const brand: unique symbol;
/** A server's own number of a znode. It differs between members and means nothing outside one process. */
export type Slot = number & { readonly [brand]: 'Slot' };
/** What a lookup answers where there is no such znode. */
export const NO_SLOT = -1 as Slot;

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
