import type { AclList, Step } from '@rookery/client';
import { comparePaths, isSameAcl } from '@rookery/client/subtree';
import type { NodeThen } from './node-then.ts';

/** A node as it is now. */
export interface NodeNow {
  readonly path: string;
  readonly version: number;
  readonly czxid: number;
  readonly isEphemeral: boolean;
  readonly data: Buffer;
  readonly acl: AclList;
}

export interface Undoing {
  readonly steps: readonly Step[];
  /** Why it cannot be done, one reason for each node that stands in the way. */
  readonly obstacles: readonly { readonly path: string; readonly why: string }[];
}

/**
 * Pure: the steps of one transaction that make a subtree what it was, checked against the versions of now: whoever writes one of these nodes in between
 * has the whole of it refused. Values are set back, nodes made again and removed; what no write can set back is an obstacle.
 */
export function undoing(
  then: ReadonlyMap<string, NodeThen>,
  now: ReadonlyMap<string, NodeNow>,
  hidden: ReadonlySet<string>,
): Undoing {
  const steps: Step[] = [];
  const obstacles = [...hidden].map((path) => ({ path, why: 'you may not read what it was, or is' }));
  const paths = [...new Set([...then.keys(), ...now.keys()])].sort(comparePaths);
  // Children before their parents.
  for (const path of [...paths].reverse()) {
    const node = now.get(path);
    if (node === undefined || then.has(path)) continue;
    if (node.isEphemeral)
      obstacles.push({ path, why: 'it is an ephemeral node, which goes with its session' });
    else steps.push({ do: 'delete', path, version: node.version });
  }
  for (const path of paths) {
    const node = then.get(path);
    if (node === undefined) continue;
    const current = now.get(path);
    const why = obstacleOf(node, current);
    if (why !== undefined) obstacles.push({ path, why });
    // It is what its session says of itself.
    else if (node.kind === 'ephemeral') continue;
    else if (current === undefined) steps.push(creationOf(node));
    else if (!current.data.equals(node.value ?? Buffer.alloc(0)))
      steps.push({ do: 'set', path, data: node.value ?? '', version: current.version });
  }
  return { steps, obstacles };
}

function obstacleOf(then: NodeThen, now: NodeNow | undefined): string | undefined {
  if (then.kind === 'ephemeral')
    return now !== undefined && now.czxid === then.stat.czxid
      ? undefined
      : 'it was an ephemeral node, whose session alone could make it';
  if (now?.isEphemeral === true) return 'it is an ephemeral node now, of somebody else';
  if (then.acl === undefined)
    return 'you may not know its access list of then: that takes the right to change it';
  if (now !== undefined)
    return isSameAcl(then.acl, now.acl)
      ? undefined
      : 'its access list is another: set that back by rookery acl set';
  return then.creations > then.stat.numChildren
    ? 'it counted its sequential children, and would begin again from 0'
    : undefined;
}

function creationOf({ path, value, acl, kind, ttlMs }: NodeThen): Step {
  return {
    do: 'create',
    path,
    data: value ?? '',
    ...(acl === undefined ? {} : { acl }),
    ...(kind === 'container' ? { kind } : {}),
    ...(ttlMs === undefined ? {} : { ttlMs }),
  };
}
