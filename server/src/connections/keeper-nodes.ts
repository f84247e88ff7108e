import {
  type AclList,
  encodeUtf8,
  equalBytes,
  NO_SLOT,
  type NodeReader,
  OpCode,
  READ_ACL,
  type SingleWrite,
  type Slot,
  STAT_FIELDS,
  type Stat,
  type TreeWrite,
} from '@rookery/protocol';
import { KEEPER_LEVEL } from '../model/feature-level.ts';

/** What a client of ClickHouse looks for: in ClickHouse Keeper's numbers. Others of them are of what is not here. */
const FeatureFlag = {
  filteredList: 0,
  multiRead: 1,
  checkNotExists: 2,
  createIfNotExists: 3,
  removeRecursive: 4,
  multiWatches: 5,
  checkStat: 6,
  persistentWatches: 7,
  createWithStats: 8,
  tryRemove: 9,
  listWithStatAndData: 10,
  getChildrenRecursive: 11,
  createTtl: 12,
} as const;

/** What every member can that speaks the dialect, … */
const READS: readonly number[] = [
  FeatureFlag.filteredList,
  FeatureFlag.multiRead,
  FeatureFlag.multiWatches,
  FeatureFlag.persistentWatches,
  FeatureFlag.createWithStats,
  FeatureFlag.listWithStatAndData,
  FeatureFlag.getChildrenRecursive,
  FeatureFlag.createTtl,
];

/** … and what needs all members to know it. */
const WRITES: readonly number[] = [
  FeatureFlag.checkNotExists,
  FeatureFlag.createIfNotExists,
  FeatureFlag.removeRecursive,
  FeatureFlag.checkStat,
  FeatureFlag.tryRemove,
];

const FLAG_BYTES = 2;
/** Clients from before there were flags look at this one: lists with a filter, and many reads in one. */
const API_VERSION = '2';

const TOP = '/keeper';
const NAMES = ['', 'api_version', 'feature_flags'];
const PATHS = NAMES.map((name) => encodeUtf8(name === '' ? TOP : `${TOP}/${name}`));
const FLAGS_SLOT = 2;
const SLASH = 0x2f;

/** Such a node: its place among them, and what to read it from. */
export interface KeeperNode {
  readonly slot: Slot;
  readonly nodes: NodeReader;
}

/**
 * `/keeper` and what is below it, by which clients of ClickHouse learn what they may ask for. Like `/zookeeper/config` it is no part of the tree, and of no digest:
 * it is what this member says of itself. It stands in no list of the root's children, nobody may write there, and a node of the tree of that name is hidden.
 */
export class KeeperNodes {
  readonly #featureLevel: () => number;

  /** @param featureLevel the one in force */
  constructor(featureLevel: () => number) {
    this.#featureLevel = featureLevel;
  }

  /** The node at `path[start, end)`, if it is one of these. */
  find(path: Uint8Array, start: number, end: number): KeeperNode | undefined {
    if (!isWithin(path, start, end)) return undefined;
    const at = PATHS.findIndex(
      (own) => own.length === end - start && equalBytes(own, 0, path, start, own.length),
    );
    return at < 0 ? undefined : { slot: at as Slot, nodes: readerOf(this.#data(at)) };
  }

  #data(at: number): Uint8Array {
    if (at !== FLAGS_SLOT) return encodeUtf8(at === 0 ? '' : API_VERSION);
    const flags = this.#featureLevel() >= KEEPER_LEVEL ? [...READS, ...WRITES] : READS;
    const bytes = new Uint8Array(FLAG_BYTES);
    for (const flag of flags) bytes[flag >> 3]! |= 0x80 >> (flag & 7);
    return bytes;
  }
}

/** Whether it would change something there, or looks at it in a way that every member would have to answer alike. */
export function touchesKeeperNodes(write: TreeWrite): boolean {
  return write.op === OpCode.multi ? write.writes.some(isAbout) : isAbout(write);
}

function isAbout({ bytes, pathStart, pathEnd }: SingleWrite): boolean {
  return isWithin(bytes, pathStart, pathEnd);
}

function isWithin(path: Uint8Array, start: number, end: number): boolean {
  const top = PATHS[0]!;
  const length = end - start;
  if (length < top.length || !equalBytes(top, 0, path, start, top.length)) return false;
  return length === top.length || path[start + top.length] === SLASH;
}

function readerOf(data: Uint8Array): NodeReader {
  const isTop = (slot: Slot): boolean => slot === 0;
  return {
    readStat(slot: Slot, stat: Stat): void {
      for (const field of STAT_FIELDS) stat[field] = 0;
      stat.dataLength = data.length;
      stat.numChildren = isTop(slot) ? NAMES.length - 1 : 0;
    },
    dataLength: () => data.length,
    copyData: (_slot, target, offset) => target.set(data, offset),
    acl: (): AclList => READ_ACL,
    childCount: (slot) => (isTop(slot) ? NAMES.length - 1 : 0),
    firstChild: (slot) => (isTop(slot) ? (1 as Slot) : NO_SLOT),
    nextSibling: (slot) => (slot + 1 < NAMES.length ? ((slot + 1) as Slot) : NO_SLOT),
    nameLength: (slot) => NAMES[slot]!.length,
    copyName: (slot, target, offset) => target.set(encodeUtf8(NAMES[slot]!), offset),
  };
}
