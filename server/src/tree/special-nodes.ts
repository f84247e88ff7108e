import { encodeUtf8, equalBytes, NO_SLOT, OPEN_ACL, READ_ACL, type Slot } from '@rookery/protocol';
import { Int } from './node-table.ts';
import type { Znodes } from './znodes.ts';

/** Nodes that are there from the beginning and cannot be deleted. Only the server itself writes the last one. */
const CONFIG_PATH = '/zookeeper/config';
export const ROOT_PATH = encodeUtf8('/');
const CONFIG = { path: encodeUtf8(CONFIG_PATH), acl: READ_ACL, aversion: -1 };
const CHILDREN = [
  { path: encodeUtf8('/zookeeper'), acl: OPEN_ACL, aversion: 0 },
  CONFIG,
  { path: encodeUtf8('/zookeeper/quota'), acl: OPEN_ACL, aversion: 0 },
];

export function isSpecialPath(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length === 1) return bytes[start] === ROOT_PATH[0];
  for (const { path } of CHILDREN) {
    if (path.length === length && equalBytes(path, 0, bytes, start, length)) return true;
  }
  return false;
}

/** Whether all of them are there but that which only the server writes. */
export function hasSpecialNodes({ index }: Znodes): boolean {
  const found = ({ path }: (typeof CHILDREN)[number]): boolean =>
    index.find(path, 0, path.length) !== NO_SLOT;
  return index.find(ROOT_PATH, 0, 1) !== NO_SLOT && CHILDREN.filter((child) => child !== CONFIG).every(found);
}

export function isConfigPath(bytes: Uint8Array, start: number, end: number): boolean {
  const { path } = CONFIG;
  return path.length === end - start && equalBytes(path, 0, bytes, start, path.length);
}

/** As in a new tree; the others must be there. */
export function insertConfigNode(znodes: Znodes): void {
  insertChild(znodes, CONFIG, znodes.index.find(CHILDREN[0]!.path, 0, CHILDREN[0]!.path.length));
}

function insertChild(znodes: Znodes, { path, acl, aversion }: (typeof CHILDREN)[number], parent: Slot): void {
  const { nodes } = znodes;
  if (parent === NO_SLOT) throw new Error('special nodes are listed before their parents');
  const slot = znodes.insert(path, 0, path.length, acl);
  nodes.link(slot, parent);
  nodes.setInt(parent, Int.children, nodes.int(parent, Int.children) + 1);
  nodes.setInt(slot, Int.aversion, aversion);
  znodes.putData(slot, path, 0, 0);
  znodes.endChange(slot);
}

/**
 * What every tree begins with. As in ZooKeeper these nodes do not count as creations of their parents: a new tree's root has
 * cversion −1, and its first sequential child gets number 0.
 */
export function insertSpecialNodes(znodes: Znodes): void {
  const { index } = znodes;
  const root = znodes.insert(ROOT_PATH, 0, ROOT_PATH.length, OPEN_ACL);
  const top = CHILDREN[0]!.path;
  for (const child of CHILDREN)
    insertChild(znodes, child, child.path === top ? root : index.find(top, 0, top.length));
  znodes.putData(root, ROOT_PATH, 0, 0);
  znodes.endChange(root);
}
