import {
  AddWatchMode,
  CreateMode,
  ErrorCode,
  ListFilter,
  type MultiItem,
  OPEN_ACL,
  OpCode,
  type Reader,
  type ReplyHeader,
  readChildren,
  readGetAclReply,
  readGetDataReply,
  readMultiResults,
  readStat,
  readWhoAmIReply,
  WatcherType,
  type Writer,
  writeCreateRecord,
  writeCreateRequest,
  writeDeleteRequest,
  writeMultiHeader,
  writeMultiRequest,
  writePathRequest,
  writePathWatchKindRequest,
  writePathWatchRequest,
  writeRequestHeader,
  writeSetAclRequest,
  writeSetDataRequest,
  writeWhoAmIRequest,
} from '@rookery/protocol';
import type { Action, DialectStep, NodeStat, Part, PartResult, Result } from '../history/operation.ts';
import { decodeValue, encodeValue } from './value.ts';

/** Of a node's list. */
const ANY_VERSION = -1;

export function encodeAction(writer: Writer, xid: number, action: Action): void {
  switch (action.kind) {
    case 'create':
    case 'createSequential': {
      const sequential = action.kind === 'createSequential';
      const flags = sequential ? CreateMode.persistentSequential : CreateMode.persistent;
      const { path, value } = action;
      const acl = action.kind === 'create' ? (action.acl ?? OPEN_ACL) : OPEN_ACL;
      const op = xid % 2 === 0 ? OpCode.create : OpCode.create2;
      writeCreateRequest(writer, xid, op, { path, data: encodeValue(value), acl, flags });
      return;
    }
    case 'createEphemeral': {
      const { path, value, sequential } = action;
      const flags = sequential ? CreateMode.ephemeralSequential : CreateMode.ephemeral;
      const op = xid % 2 === 0 ? OpCode.create : OpCode.create2;
      writeCreateRequest(writer, xid, op, { path, data: encodeValue(value), acl: OPEN_ACL, flags });
      return;
    }
    case 'addWatch':
      writePathWatchKindRequest(writer, xid, OpCode.addWatch, action.path, modeOf(action.recursive));
      return;
    case 'removeWatches':
      writePathWatchKindRequest(writer, xid, OpCode.removeWatches, action.path, WatcherType.any);
      return;
    case 'set':
      writeSetDataRequest(writer, xid, action.path, encodeValue(action.value), action.version);
      return;
    case 'setAcl':
      writeSetAclRequest(writer, xid, action.path, action.acl, ANY_VERSION);
      return;
    case 'getAcl':
      writePathRequest(writer, xid, OpCode.getAcl, action.path);
      return;
    case 'whoAmI':
      writeWhoAmIRequest(writer, xid);
      return;
    case 'delete':
      writeDeleteRequest(writer, xid, action.path, action.version);
      return;
    case 'get':
      writePathWatchRequest(writer, xid, OpCode.getData, action.path, action.watch === true);
      return;
    case 'exists':
      writePathWatchRequest(writer, xid, OpCode.exists, action.path, action.watch === true);
      return;
    case 'children':
      if (action.isFiltered) writeFilteredList(writer, xid, action.path, action.watch === true);
      else writePathWatchRequest(writer, xid, OpCode.getChildren, action.path, action.watch === true);
      return;
    case 'sync':
      writePathRequest(writer, xid, OpCode.sync, action.path);
      return;
    case 'multi':
      writeMultiRequest(writer, xid, action.parts.map(item));
      return;
    case 'dialect':
      writeSteps(writer, xid, action.steps);
      return;
    default:
      action satisfies never;
  }
}

function writeFilteredList(writer: Writer, xid: number, path: string, watch: boolean): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, OpCode.filteredList);
  writer.writeString(path);
  writer.writeBool(watch);
  writer.writeByte(ListFilter.all);
  writer.endFrame(frame);
}

function writeSteps(writer: Writer, xid: number, steps: readonly DialectStep[]): void {
  const [first] = steps;
  const frame = writer.beginFrame();
  if (steps.length === 1 && first !== undefined) {
    writeRequestHeader(writer, xid, opOf(first));
    writeStep(writer, first);
  } else {
    writeRequestHeader(writer, xid, OpCode.multi);
    for (const step of steps) {
      writeMultiHeader(writer, opOf(step), false, -1);
      writeStep(writer, step);
    }
    writeMultiHeader(writer, -1, true, -1);
  }
  writer.endFrame(frame);
}

function opOf(step: DialectStep) {
  return OpCode[step.do];
}

function writeStep(writer: Writer, step: DialectStep): void {
  if (step.do === 'createIfNotExists') {
    const flags = step.isEphemeral ? CreateMode.ephemeral : CreateMode.persistent;
    const fields = { path: step.path, data: encodeValue(step.value), acl: OPEN_ACL, flags };
    writeCreateRecord(writer, OpCode.createIfNotExists, fields);
    return;
  }
  writer.writeString(step.path);
  writer.writeInt(step.do === 'removeRecursive' ? step.limit : ANY_VERSION);
}

function modeOf(recursive: boolean): number {
  return recursive ? AddWatchMode.persistentRecursive : AddWatchMode.persistent;
}

function item(part: Part): MultiItem {
  switch (part.kind) {
    case 'create':
      return {
        op: OpCode.create,
        path: part.path,
        data: encodeValue(part.value),
        acl: OPEN_ACL,
        flags: CreateMode.persistent,
      };
    case 'set':
      return {
        op: OpCode.setData,
        path: part.path,
        data: encodeValue(part.value),
        version: part.version,
      };
    case 'delete':
      return { op: OpCode.delete, path: part.path, version: part.version };
    case 'check':
      return { op: OpCode.check, path: part.path, version: part.version };
    default:
      return part satisfies never;
  }
}

/**
 * Reads the record behind the header. The codes that say that nothing was proposed are `refused`; undefined where the data of a node are not
 * those that anybody wrote.
 */
export function decodeReply(
  reader: Reader,
  xid: number,
  { zxid, err }: ReplyHeader,
  action: Action,
): Result | undefined {
  if (err === ErrorCode.systemError || err === ErrorCode.throttledOp) {
    return { kind: 'refused', zxid, code: err };
  }
  if (err !== ErrorCode.ok) return { kind: 'error', zxid, code: err };
  switch (action.kind) {
    case 'create':
    case 'createSequential':
    case 'createEphemeral': {
      const path = reader.readString() ?? '';
      return xid % 2 === 0 ? { kind: 'ok', zxid, path } : { kind: 'ok', zxid, path, stat: stat(reader) };
    }
    case 'set':
    case 'setAcl':
    case 'exists':
      return { kind: 'ok', zxid, stat: stat(reader) };
    case 'getAcl':
      return { kind: 'ok', zxid, acl: readGetAclReply(reader).acl };
    case 'whoAmI':
      return {
        kind: 'ok',
        zxid,
        users: readWhoAmIReply(reader).map(({ scheme, user }) => `${scheme}:${user}`),
      };
    case 'get': {
      const reply = readGetDataReply(reader);
      const value = decodeValue(reply.data ?? new Uint8Array(0));
      return value === undefined ? undefined : { kind: 'ok', zxid, stat: pick(reply.stat), value };
    }
    case 'children':
      return { kind: 'ok', zxid, children: readChildren(reader) };
    case 'dialect':
      if (action.steps.length > 1) return partsOf(reader, zxid);
      if (action.steps[0]?.do !== 'createIfNotExists') return { kind: 'ok', zxid };
      return { kind: 'ok', zxid, path: reader.readString() ?? '' };
    case 'multi':
      return partsOf(reader, zxid);
    case 'delete':
    case 'sync':
    case 'addWatch':
    case 'removeWatches':
      return { kind: 'ok', zxid };
    default:
      return action satisfies never;
  }
}

function partsOf(reader: Reader, zxid: number): Result {
  const parts: PartResult[] = readMultiResults(reader).map((result) =>
    result.stat === undefined ? { code: result.err } : { code: result.err, stat: pick(result.stat) },
  );
  const failed = parts.find(({ code }) => code !== ErrorCode.ok && code !== ErrorCode.runtimeInconsistency);
  return failed === undefined
    ? { kind: 'ok', zxid, parts }
    : { kind: 'error', zxid, code: failed.code, parts };
}

function stat(reader: Reader): NodeStat {
  return pick(readStat(reader));
}

function pick({ czxid, mzxid, version }: NodeStat): NodeStat {
  return { czxid, mzxid, version };
}
