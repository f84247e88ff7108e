import {
  type CheckNotExistsWrite,
  type CheckStatWrite,
  ErrorCode,
  emptyStat,
  hasNul,
  type Identities,
  lastSlash,
  NO_SLOT,
  OpCode,
  Permission,
  parentEnd,
  type RemoveRecursiveWrite,
  type SingleWrite,
  type Slot,
  STAT_FIELDS,
  type Stat,
  type TryRemoveWrite,
  type WriteResult,
} from '@rookery/protocol';
import { Int, type NodeTable } from './node-table.ts';
import {
  allowed,
  applyDelete,
  applySingle,
  refusesVersion,
  removeNode,
  type WriteContext,
} from './operations.ts';
import type { Outcome } from './outcome.ts';
import { isSpecialPath } from './special-nodes.ts';
import type { Znodes } from './znodes.ts';

const scratch = emptyStat();

/**
 * One operation: ZooKeeper's, or one of those that ClickHouse Keeper has besides, which check what ZooKeeper's own check and in its order. Nothing has
 * changed where the answer is not ok.
 */
export function applyWrite(
  znodes: Znodes,
  outcome: Outcome,
  context: WriteContext,
  write: SingleWrite,
  result: WriteResult,
): ErrorCode {
  switch (write.op) {
    case OpCode.tryRemove:
      return applyTryRemove(znodes, outcome, context, write, result);
    case OpCode.removeRecursive:
      return applyRemoveRecursive(znodes, outcome, context, write, result);
    case OpCode.checkNotExists:
    case OpCode.checkStat:
      return keeperCheck(znodes, context.identities, write);
    default:
      return applySingle(znodes, outcome, context, write, result);
  }
}

/** A delete that is content with a node that is not there, has children or another version. */
function applyTryRemove(
  znodes: Znodes,
  outcome: Outcome,
  context: WriteContext,
  write: TryRemoveWrite,
  result: WriteResult,
): ErrorCode {
  const err = applyDelete(znodes, outcome, context, write);
  switch (err) {
    case ErrorCode.noNode:
    case ErrorCode.badVersion:
    case ErrorCode.notEmpty:
      result.isVoid = true;
      return ErrorCode.ok;
    default:
      return err;
  }
}

/**
 * As if each node was deleted by itself, those below it first. All of it is looked at before anything goes: who may not delete one of them deletes none, and where there
 * are more than the limit, or than a write may remove, none goes either.
 */
function applyRemoveRecursive(
  znodes: Znodes,
  outcome: Outcome,
  context: WriteContext,
  write: RemoveRecursiveWrite,
  result: WriteResult,
): ErrorCode {
  const { bytes, pathStart, pathEnd } = write;
  const slash = lastSlash(bytes, pathStart, pathEnd);
  if (slash < 0 || (!write.pathValid && hasNul(bytes, pathStart, pathEnd))) return ErrorCode.badArguments;
  if (isSpecialPath(bytes, pathStart, pathEnd)) return ErrorCode.badArguments;
  const { nodes, index } = znodes;
  const parent = index.find(bytes, pathStart, parentEnd(pathStart, slash));
  const isFound = parent !== NO_SLOT;
  if (isFound && !allowed(znodes, parent, Permission.delete, context.identities)) return ErrorCode.noAuth;
  const top = isFound ? index.find(bytes, pathStart, pathEnd) : NO_SLOT;
  if (top === NO_SLOT) {
    result.isVoid = true;
    return ErrorCode.ok;
  }
  const err = mayGo(znodes, outcome, context, top, write.limit);
  if (err !== ErrorCode.ok) return err;
  for (const slot of fromTheLast(nodes, top)) removeNode(znodes, outcome, context.zxid, slot);
  return ErrorCode.ok;
}

/** The last path first, which no path below it follows: in the same order on every member, whatever the order of a node's children is there. */
function fromTheLast(nodes: NodeTable, top: Slot): Slot[] {
  const found: { readonly slot: Slot; readonly path: string }[] = [];
  for (let slot = top; slot !== NO_SLOT; slot = nextBelow(nodes, slot, top))
    found.push({ slot, path: nodes.path(slot) });
  return found.sort((a, b) => (a.path < b.path ? 1 : -1)).map(({ slot }) => slot);
}

/** Counts what is there against what may still be removed. A node alone may always go, as in ClickHouse Keeper. */
function mayGo(znodes: Znodes, outcome: Outcome, context: WriteContext, top: Slot, limit: number): ErrorCode {
  const { nodes } = znodes;
  const { removals } = context;
  const most = Math.min(Math.max(1, limit), removals.nodes);
  let count = 0;
  let pathBytes = 0;
  let next = top;
  while (next !== NO_SLOT && count <= most && pathBytes <= removals.pathBytes) {
    count++;
    pathBytes += nodes.int(next, Int.pathLength);
    next = nextBelow(nodes, next, top);
  }
  outcome.look(count);
  if (count > most || pathBytes > removals.pathBytes) return ErrorCode.notEmpty;
  for (let at = top; at !== NO_SLOT; at = nextBelow(nodes, at, top)) {
    if (nodes.int(at, Int.children) > 0 && !allowed(znodes, at, Permission.delete, context.identities))
      return ErrorCode.noAuth;
  }
  removals.nodes -= count;
  removals.pathBytes -= pathBytes;
  return ErrorCode.ok;
}

/** Depth first, each node before those below it; NO_SLOT behind the last one. */
function nextBelow(nodes: NodeTable, slot: Slot, top: Slot): Slot {
  const child = nodes.int(slot, Int.firstChild) as Slot;
  if (child !== NO_SLOT) return child;
  for (let at = slot; at !== top; at = nodes.int(at, Int.parent) as Slot) {
    const sibling = nodes.int(at, Int.next) as Slot;
    if (sibling !== NO_SLOT) return sibling;
  }
  return NO_SLOT;
}

/** Who may not read a node does not learn its version by it. */
export function keeperCheck(
  znodes: Znodes,
  identities: Identities,
  write: CheckNotExistsWrite | CheckStatWrite,
): ErrorCode {
  if (!write.pathValid) return ErrorCode.badArguments;
  const { nodes } = znodes;
  const slot = znodes.index.find(write.bytes, write.pathStart, write.pathEnd);
  if (slot !== NO_SLOT && !allowed(znodes, slot, Permission.read, identities)) return ErrorCode.noAuth;
  const isOther = slot !== NO_SLOT && refusesVersion(nodes.int(slot, Int.version), write.version);
  if (write.op === OpCode.checkNotExists)
    return slot === NO_SLOT || isOther ? ErrorCode.ok : ErrorCode.nodeExists;
  if (slot === NO_SLOT) return ErrorCode.noNode;
  nodes.readStat(slot, scratch);
  return isOther || !agrees(scratch, write.stat) ? ErrorCode.badVersion : ErrorCode.ok;
}

function agrees(actual: Stat, wanted: Stat): boolean {
  for (const field of STAT_FIELDS)
    if (wanted[field] !== ANYTHING && wanted[field] !== actual[field]) return false;
  return true;
}

const ANYTHING = -1;
