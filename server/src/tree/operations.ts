import {
  type AclList,
  type CheckWrite,
  type CreateWrite,
  type DeleteWrite,
  ErrorCode,
  hasNul,
  type Identities,
  isSequential,
  lastSlash,
  NO_SLOT,
  OpCode,
  Permission,
  type PlainWrite,
  parentEnd,
  type SetAclWrite,
  type SetDataWrite,
  type Slot,
  type TryRemoveWrite,
  type WriteResult,
} from '@rookery/protocol';
import { permits } from '../model/access.ts';
import { resolveAcl } from '../model/acl-rules.ts';
import type { SessionId, Zxid } from '../model/ids.ts';
import { ownerOf, refusesFlags } from './create-mode.ts';
import { Int, Real } from './node-table.ts';
import { ChangeKind, type Outcome } from './outcome.ts';
import { isEphemeral } from './owner.ts';
import { mayBeQuotaNode } from './quota-paths.ts';
import { checkQuota, count, countGone, isFitForQuotas, statsMade, statsSettled } from './quota-rules.ts';
import { SEQUENCE_DIGITS, writeSequence } from './sequence.ts';
import { isSpecialPath } from './special-nodes.ts';
import type { Znodes } from './znodes.ts';

/** What a write knows beside its own bytes: everything that decides an outcome comes from the log entry. */
export interface WriteContext {
  zxid: Zxid;
  timeMs: number;
  session: SessionId;
  identities: Identities;
  /** Znodes that there may be; the same on every member. */
  maxNodes: number;
  /** What goes beyond a hard limit of a quota is refused, not only told. */
  enforcesQuotas: boolean;
  /** What it may still remove with nodes that it does not name; the same on every member. */
  readonly removals: { nodes: number; pathBytes: number };
}

/**
 * One operation by ZooKeeper's rules, each with its checks in ZooKeeper's order (PrepRequestProcessor of 3.9), because a request
 * that breaks several rules must get the same code. Nothing has changed where the answer is not ok.
 */
export function applySingle(
  znodes: Znodes,
  outcome: Outcome,
  context: WriteContext,
  write: PlainWrite,
  result: WriteResult,
): ErrorCode {
  switch (write.op) {
    case OpCode.delete:
      return applyDelete(znodes, outcome, context, write);
    case OpCode.setData:
      return applySetData(znodes, outcome, context, write, result);
    case OpCode.setAcl:
      return applySetAcl(znodes, context, write, result);
    case OpCode.check:
      return applyCheck(znodes, context, write);
    default:
      return applyCreate(znodes, outcome, context, write, result);
  }
}

function applyCreate(
  znodes: Znodes,
  outcome: Outcome,
  context: WriteContext,
  write: CreateWrite,
  result: WriteResult,
): ErrorCode {
  const { bytes, pathStart, pathEnd } = write;
  if (refusesFlags(write)) return ErrorCode.badArguments;
  const slash = lastSlash(bytes, pathStart, pathEnd);
  if (slash < 0 || (!write.pathValid && hasNul(bytes, pathStart, pathEnd))) return ErrorCode.badArguments;
  const acl = resolveAcl(write.acl, context.identities);
  if (acl === undefined) return ErrorCode.invalidAcl;
  const { nodes, index } = znodes;
  const parent = index.find(bytes, pathStart, parentEnd(pathStart, slash));
  if (parent === NO_SLOT) return ErrorCode.noNode;
  if (!allowed(znodes, parent, Permission.create, context.identities)) return ErrorCode.noAuth;
  if (!write.pathValid) return ErrorCode.badArguments;

  const start = outcome.keepPath(bytes, pathStart, pathEnd, SEQUENCE_DIGITS);
  let end = start + pathEnd - pathStart;
  const path = outcome.pathBytes;
  if (isSequential(write.flags)) {
    end = writeSequence(path, end, nodes.int(parent, Int.creations));
    outcome.extendPath(end);
  }
  if (index.find(path, start, end) !== NO_SLOT) {
    if (write.op !== OpCode.createIfNotExists) return ErrorCode.nodeExists;
    result.pathStart = start;
    result.pathEnd = end;
    result.isVoid = true;
    return ErrorCode.ok;
  }
  if (isEphemeral(nodes.real(parent, Real.owner))) return ErrorCode.noChildrenForEphemerals;
  const { quotas } = znodes;
  const isQuotaNode = quotas.isInForce && mayBeQuotaNode(path, start);
  if (isQuotaNode && !isFitForQuotas(path, start, end, bytes, write.dataStart, write.dataEnd))
    return ErrorCode.badArguments;
  if (quotas.isActive) {
    const dataBytes = write.dataEnd - write.dataStart;
    const err = checkQuota(znodes, outcome, context, path, start, end, 1, dataBytes);
    if (err !== ErrorCode.ok) return err;
  }
  if (nodes.count >= context.maxNodes) return ErrorCode.quotaExceeded;

  const owner = ownerOf(write, context.session);
  const slot = znodes.create(parent, path, start, end, acl, owner, context.zxid, context.timeMs);
  znodes.putData(slot, bytes, write.dataStart, write.dataEnd);
  znodes.endChange(slot);
  if (quotas.isActive) count(znodes, slot, path, start, end, 1, write.dataEnd - write.dataStart);
  if (isQuotaNode) statsMade(znodes, slot, path, start, end);
  outcome.addChange(ChangeKind.created, start, end, aclOf(znodes, slot));
  outcome.addChange(
    ChangeKind.children,
    start,
    parentEnd(start, start + slash - pathStart),
    aclOf(znodes, parent),
  );
  result.pathStart = start;
  result.pathEnd = end;
  nodes.readStat(slot, result.stat);
  return ErrorCode.ok;
}

export function applyDelete(
  znodes: Znodes,
  outcome: Outcome,
  context: WriteContext,
  write: DeleteWrite | TryRemoveWrite,
): ErrorCode {
  const { bytes, pathStart, pathEnd } = write;
  const slash = lastSlash(bytes, pathStart, pathEnd);
  if (slash < 0 || (!write.pathValid && hasNul(bytes, pathStart, pathEnd))) return ErrorCode.badArguments;
  if (isSpecialPath(bytes, pathStart, pathEnd)) return ErrorCode.badArguments;
  const { nodes, index } = znodes;
  const parent = index.find(bytes, pathStart, parentEnd(pathStart, slash));
  if (parent === NO_SLOT) return ErrorCode.noNode;
  if (!allowed(znodes, parent, Permission.delete, context.identities)) return ErrorCode.noAuth;
  const slot = index.find(bytes, pathStart, pathEnd);
  if (slot === NO_SLOT) return ErrorCode.noNode;
  if (refusesVersion(nodes.int(slot, Int.version), write.version)) return ErrorCode.badVersion;
  if (nodes.int(slot, Int.children) > 0) return ErrorCode.notEmpty;
  removeNode(znodes, outcome, context.zxid, slot);
  return ErrorCode.ok;
}

/** Deletes a childless node and says so to the watches. */
export function removeNode(znodes: Znodes, outcome: Outcome, zxid: Zxid, slot: Slot): void {
  const { nodes } = znodes;
  const ref = nodes.int(slot, Int.pathRef);
  const from = nodes.bytes.offsetOf(ref);
  const length = nodes.int(slot, Int.pathLength);
  const start = outcome.keepPath(nodes.bytes.arrayOf(ref), from, from + length);
  const parent = nodes.int(slot, Int.parent) as Slot;
  const parentLength = nodes.int(parent, Int.pathLength);
  const acl = aclOf(znodes, slot);
  const dataBytes = znodes.quotas.isActive ? nodes.int(slot, Int.dataLength) : 0;
  znodes.remove(slot, zxid);
  if (znodes.quotas.isActive) countGone(znodes, slot, outcome.pathBytes, start, start + length, dataBytes);
  outcome.addChange(ChangeKind.deleted, start, start + length, acl);
  outcome.addChange(ChangeKind.children, start, start + parentLength, aclOf(znodes, parent));
}

function applySetData(
  znodes: Znodes,
  outcome: Outcome,
  context: WriteContext,
  write: SetDataWrite,
  result: WriteResult,
): ErrorCode {
  const { bytes, pathStart, pathEnd } = write;
  if (!write.pathValid) return ErrorCode.badArguments;
  const { nodes } = znodes;
  const slot = znodes.index.find(bytes, pathStart, pathEnd);
  if (slot === NO_SLOT) return ErrorCode.noNode;
  if (!allowed(znodes, slot, Permission.write, context.identities)) return ErrorCode.noAuth;
  const { quotas } = znodes;
  const isQuotaNode = quotas.isInForce && mayBeQuotaNode(bytes, pathStart);
  if (isQuotaNode && !isFitForQuotas(bytes, pathStart, pathEnd, bytes, write.dataStart, write.dataEnd))
    return ErrorCode.badArguments;
  let moreBytes = 0;
  if (quotas.isActive) {
    moreBytes = write.dataEnd - write.dataStart - Math.max(0, nodes.int(slot, Int.dataLength));
    const err = checkQuota(znodes, outcome, context, bytes, pathStart, pathEnd, 0, moreBytes);
    if (err !== ErrorCode.ok) return err;
  }
  const version = nodes.int(slot, Int.version);
  if (refusesVersion(version, write.version)) return ErrorCode.badVersion;

  znodes.beginChange(slot);
  znodes.putData(slot, bytes, write.dataStart, write.dataEnd);
  nodes.setInt(slot, Int.version, version + 1);
  nodes.setReal(slot, Real.mzxid, context.zxid);
  nodes.setReal(slot, Real.mtime, context.timeMs);
  znodes.endChange(slot);
  if (quotas.isActive) count(znodes, slot, bytes, pathStart, pathEnd, 0, moreBytes);
  if (isQuotaNode) statsSettled(znodes, slot, bytes, pathStart, pathEnd);
  const start = outcome.keepPath(bytes, pathStart, pathEnd);
  outcome.addChange(ChangeKind.data, start, start + pathEnd - pathStart, aclOf(znodes, slot));
  nodes.readStat(slot, result.stat);
  return ErrorCode.ok;
}

function applySetAcl(
  znodes: Znodes,
  context: WriteContext,
  write: SetAclWrite,
  result: WriteResult,
): ErrorCode {
  if (!write.pathValid) return ErrorCode.badArguments;
  const acl = resolveAcl(write.acl, context.identities);
  if (acl === undefined) return ErrorCode.invalidAcl;
  const { nodes } = znodes;
  const slot = znodes.index.find(write.bytes, write.pathStart, write.pathEnd);
  if (slot === NO_SLOT) return ErrorCode.noNode;
  if (!allowed(znodes, slot, Permission.admin, context.identities)) return ErrorCode.noAuth;
  const version = nodes.int(slot, Int.aversion);
  if (refusesVersion(version, write.version)) return ErrorCode.badVersion;

  znodes.beginChange(slot);
  znodes.putAcl(slot, acl);
  nodes.setInt(slot, Int.aversion, version + 1);
  znodes.endChange(slot);
  nodes.readStat(slot, result.stat);
  return ErrorCode.ok;
}

function applyCheck(znodes: Znodes, context: WriteContext, write: CheckWrite): ErrorCode {
  if (!write.pathValid) return ErrorCode.badArguments;
  const slot = znodes.index.find(write.bytes, write.pathStart, write.pathEnd);
  if (slot === NO_SLOT) return ErrorCode.noNode;
  if (!allowed(znodes, slot, Permission.read, context.identities)) return ErrorCode.noAuth;
  return refusesVersion(znodes.nodes.int(slot, Int.version), write.version)
    ? ErrorCode.badVersion
    : ErrorCode.ok;
}

export function allowed(znodes: Znodes, slot: Slot, permission: number, identities: Identities): boolean {
  return permits(aclOf(znodes, slot), permission, identities);
}

function aclOf({ acls, nodes }: Znodes, slot: Slot): AclList {
  return acls.list(nodes.int(slot, Int.acl));
}

export function refusesVersion(actual: number, expected: number): boolean {
  return expected !== -1 && expected !== actual;
}
