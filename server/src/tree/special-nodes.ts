import { encodeUtf8, equalBytes, NO_SLOT, OPEN_ACL, READ_ACL } from '@rookery/protocol';
import { Int } from './node-table.ts';
import type { Znodes } from './znodes.ts';

/** Nodes that are there from the beginning and cannot be deleted. Only the server itself writes the last one. */
const CONFIG_PATH = '/zookeeper/config';
export const ROOT_PATH = encodeUtf8('/');
const CHILDREN = [
  { path: encodeUtf8('/zookeeper'), acl: OPEN_ACL, aversion: 0 },
  { path: encodeUtf8(CONFIG_PATH), acl: READ_ACL, aversion: -1 },
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

/**
 * What every tree begins with. As in ZooKeeper these nodes do not count as creations of their parents: a new tree's root has
 * cversion −1, and its first sequential child gets number 0.
 */
export function insertSpecialNodes(znodes: Znodes): void {
  const { nodes, index } = znodes;
  const root = znodes.insert(ROOT_PATH, 0, ROOT_PATH.length, OPEN_ACL);
  for (const { path, acl, aversion } of CHILDREN) {
    const parent =
      path.length === CHILDREN[0]!.path.length ? root : index.find(path, 0, CHILDREN[0]!.path.length);
    if (parent === NO_SLOT) throw new Error('special nodes are listed before their parents');
    const slot = znodes.insert(path, 0, path.length, acl);
    nodes.link(slot, parent);
    nodes.setInt(parent, Int.children, nodes.int(parent, Int.children) + 1);
    nodes.setInt(slot, Int.aversion, aversion);
    znodes.putData(slot, path, 0, 0);
    znodes.endChange(slot);
  }
  znodes.putData(root, ROOT_PATH, 0, 0);
  znodes.endChange(root);
}
