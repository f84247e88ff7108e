import { type AclList, OPEN_ACL, OpCode, READ_ACL, Reader, type TreeWrite } from '@rookery/protocol';
import { isSetUp } from './schemes.ts';

const NUL = 0;
const reader = new Reader();

/**
 * Makes the ACL entries that no connection of this member could use, since their scheme is not set up here, into such as no member takes: in
 * the request, before it is proposed. Every member then answers them alike (-114, in its place among the checks), whatever it has set
 * up itself, and whatever that will be when the log is read again.
 */
export function strikeForeignSchemes(write: TreeWrite, schemes: ReadonlySet<string>): void {
  switch (write.op) {
    case OpCode.multi:
      for (const each of write.writes) strikeForeignSchemes(each, schemes);
      break;
    case OpCode.delete:
    case OpCode.setData:
    case OpCode.check:
    case OpCode.checkNotExists:
    case OpCode.checkStat:
    case OpCode.tryRemove:
    case OpCode.removeRecursive:
      break;
    default:
      if (needsStriking(write.acl, schemes)) strike(write.bytes, write.aclStart, write.acl, schemes);
  }
}

function needsStriking(list: AclList | undefined, schemes: ReadonlySet<string>): list is AclList {
  if (list === undefined || list === OPEN_ACL || list === READ_ACL) return false;
  return list.some((entry) => !isSetUp(entry, schemes));
}

/** No scheme begins with NUL. Lengths stay as they are. */
function strike(bytes: Uint8Array, aclStart: number, list: AclList, schemes: ReadonlySet<string>): void {
  reader.reset(bytes, aclStart, bytes.length);
  reader.readInt();
  for (const entry of list) {
    reader.readInt();
    reader.readRange();
    const { rangeStart, rangeEnd } = reader;
    if (rangeEnd > rangeStart && !isSetUp(entry, schemes)) bytes[rangeStart] = NUL;
    reader.readRange();
  }
}
