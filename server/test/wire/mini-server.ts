import {
  ErrorCode,
  emptyPathRequest,
  isWriteOp,
  NO_SLOT,
  OpCode,
  Permission,
  Reader,
  readPath,
  readRequestHeader,
  readWrite,
  Writer,
  writeExistsReply,
  writeGetAclReply,
  writeGetChildrenReply,
  writeGetDataReply,
  writeHeaderReply,
  writeSyncReply,
  writeWriteReply,
} from '@rookery/protocol';
import { ANYONE } from '../../src/model/access.ts';
import { asSessionId, asZxid } from '../../src/model/ids.ts';
import { Tree } from '../../src/tree/tree.ts';

const SESSION = asSessionId(1);

/** The shortest way from request bytes to reply bytes: wire, tree, wire. No connection, no log, no session. */
export class MiniServer {
  readonly tree = new Tree();
  readonly out = new Writer(16);
  zxid = 1;
  timeMs = 0;
  readonly #reader = new Reader();
  readonly #header = { xid: 0, op: 0 };
  readonly #request = emptyPathRequest();

  /** Appends the reply to the message `bytes[start, end)` to `out`. */
  serve(bytes: Uint8Array, start: number, end: number): void {
    const reader = this.#reader.reset(bytes, start, end);
    readRequestHeader(reader, this.#header);
    const { xid, op } = this.#header;
    if (isWriteOp(op)) this.#write(reader, xid, op);
    else if (op === OpCode.ping) writeHeaderReply(this.out, xid, this.zxid, ErrorCode.ok);
    else if (op === OpCode.closeSession) {
      this.tree.closeSession(SESSION, asZxid(++this.zxid));
      writeHeaderReply(this.out, xid, this.zxid, ErrorCode.ok);
    } else this.#read(reader, xid, op);
  }

  #write(reader: Reader, xid: number, op: number): void {
    const write = readWrite(op, reader);
    this.zxid++;
    if (write === undefined) {
      writeHeaderReply(this.out, xid, this.zxid, ErrorCode.marshallingError);
      return;
    }
    const outcome = this.tree.apply(write, asZxid(this.zxid), this.timeMs, SESSION);
    writeWriteReply(this.out, xid, this.zxid, op, outcome);
  }

  #read(reader: Reader, xid: number, op: number): void {
    const { tree, out, zxid } = this;
    const request = this.#request;
    readPath(reader, request);
    const { bytes, pathStart, pathEnd } = request;
    const slot = tree.lookup(bytes, pathStart, pathEnd);
    if (reader.failed) writeHeaderReply(out, xid, zxid, ErrorCode.marshallingError);
    else if (op === OpCode.sync) writeSyncReply(out, xid, zxid, bytes, pathStart, pathEnd);
    else if (slot === NO_SLOT) writeHeaderReply(out, xid, zxid, ErrorCode.noNode);
    else if (op === OpCode.exists) writeExistsReply(out, xid, zxid, tree, slot);
    else if (op === OpCode.getData) writeGetDataReply(out, xid, zxid, tree, slot);
    else if (op === OpCode.getChildren) writeGetChildrenReply(out, xid, zxid, tree, slot, false);
    else if (op === OpCode.getChildren2) writeGetChildrenReply(out, xid, zxid, tree, slot, true);
    else if (op === OpCode.getAcl) {
      writeGetAclReply(out, xid, zxid, tree, slot, !tree.permits(slot, Permission.admin, ANYONE));
    } else writeHeaderReply(out, xid, zxid, ErrorCode.unimplemented);
  }
}
