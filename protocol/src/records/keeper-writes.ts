import type { Reader } from '../jute/reader.ts';
import { OpCode } from '../op-codes.ts';
import { isValidPath } from '../path.ts';
import type {
  CheckNotExistsWrite,
  CheckStatWrite,
  RemoveRecursiveWrite,
  SingleWrite,
  TreeWrite,
  TryRemoveWrite,
} from '../write.ts';
import { readStat } from './stat.ts';

/**
 * ClickHouse Keeper's writes, and its checks, which change nothing and stand in multis:
 *
 * CheckNotExistsRequest (501):   string path, int version          fails (-110) where there is a node of that version, −1 for any
 * RemoveRecursiveRequest (503):  string path, unsigned int limit   removes a node and all below it, where that is not more than `limit`
 * CheckStatRequest (504):        string path, int version, Stat    fails (-103) where one of the stat's fields differs, but those that are −1
 * TryRemoveRequest (505):        string path, int version          removes a node if it can be
 *
 * Their replies are headers only. A CreateIfNotExistsRequest (502) is a CreateRequest, and its reply a CreateResponse.
 */
export function readCheckNotExists(reader: Reader): CheckNotExistsWrite {
  return { op: OpCode.checkNotExists, ...readPathRange(reader), version: reader.readInt() };
}

export function readRemoveRecursive(reader: Reader): RemoveRecursiveWrite {
  return { op: OpCode.removeRecursive, ...readPathRange(reader), limit: reader.readInt() >>> 0 };
}

export function readCheckStat(reader: Reader): CheckStatWrite {
  return {
    op: OpCode.checkStat,
    ...readPathRange(reader),
    version: reader.readInt(),
    stat: readStat(reader),
  };
}

export function readTryRemove(reader: Reader): TryRemoveWrite {
  return { op: OpCode.tryRemove, ...readPathRange(reader), version: reader.readInt() };
}

function readPathRange(reader: Reader) {
  if (!reader.readRange()) reader.fail();
  const { bytes, rangeStart: pathStart, rangeEnd: pathEnd } = reader;
  return { bytes, pathStart, pathEnd, pathValid: isValidPath(bytes, pathStart, pathEnd) };
}

/** Whether it is one of these, or holds one. */
export function isKeeperWrite(write: TreeWrite): boolean {
  return write.op === OpCode.multi ? write.writes.some(isKeepers) : isKeepers(write);
}

function isKeepers({ op }: SingleWrite): boolean {
  switch (op) {
    case OpCode.checkNotExists:
    case OpCode.createIfNotExists:
    case OpCode.removeRecursive:
    case OpCode.checkStat:
    case OpCode.tryRemove:
      return true;
    default:
      return false;
  }
}
