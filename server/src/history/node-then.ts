import { createHash } from 'node:crypto';
import { type AclList, emptyStat, Permission, type Slot } from '@rookery/protocol';
import { Int, Real } from '../tree/node-table.ts';
import { CONTAINER_OWNER, isTransient, ttlOf } from '../tree/owner.ts';
import type { Tree } from '../tree/tree.ts';

const PERMISSION_NAMES = ['read', 'write', 'create', 'delete', 'admin'] as const;

export interface NodeThen {
  readonly type: 'node';
  readonly path: string;
  /** In base64; undefined where values are not asked for. */
  readonly value?: string;
  /** The SHA-256 of its value. */
  readonly hash: string;
  readonly stat: Readonly<Record<string, number | string>>;
  readonly kind: 'persistent' | 'ephemeral' | 'container' | 'ttl';
  readonly ttlMs?: number;
  /** Children that it has had: the number of the next sequential one. */
  readonly creations: number;
  /** Changes where the access list is another one. */
  readonly aclHash: string;
}

export function nodeThen(tree: Tree, slot: Slot, hasValue: boolean): NodeThen {
  const { nodes } = tree.znodes;
  const data = Buffer.alloc(Math.max(0, tree.dataLength(slot)));
  tree.copyData(slot, data, 0);
  const { ephemeralOwner, ...stat } = emptyStatOf(tree, slot);
  const owner = nodes.real(slot, Real.owner);
  const isTtl = isTransient(owner) && owner !== CONTAINER_OWNER;
  return {
    type: 'node',
    path: tree.path(slot),
    ...(hasValue ? { value: data.toString('base64') } : {}),
    hash: hashOf(data),
    stat: { ...stat, ephemeralOwner: `0x${ephemeralOwner.toString(16)}` },
    kind: kindOf(owner),
    ...(isTtl ? { ttlMs: ttlOf(owner) } : {}),
    creations: nodes.int(slot, Int.creations),
    aclHash: hashOf(JSON.stringify(tree.acl(slot))),
  };
}

function emptyStatOf(tree: Tree, slot: Slot): ReturnType<typeof emptyStat> {
  const stat = emptyStat();
  tree.readStat(slot, stat);
  return stat;
}

function kindOf(owner: number): NodeThen['kind'] {
  if (owner > 0) return 'ephemeral';
  if (owner === CONTAINER_OWNER) return 'container';
  return owner < 0 ? 'ttl' : 'persistent';
}

function hashOf(value: Buffer | string): string {
  return createHash('sha256').update(value).digest('hex');
}

/** An empty list permits everything. */
export function aclThen(acl: AclList): readonly object[] {
  return acl.map(({ scheme, id, perms }) => ({
    scheme,
    id,
    permissions: PERMISSION_NAMES.filter((name) => (perms & Permission[name]) !== 0),
  }));
}
