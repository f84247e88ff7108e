import {
  type AclList,
  OpCode,
  type Reader,
  readAclList,
  type Writer,
  writePathRequest,
  writeSetAclRequest,
} from '@rookery/protocol';
import { Call } from './call.ts';
import { type NodeStat, readNodeStat } from './node-stat.ts';

export interface NodeAcl {
  readonly acl: AclList;
  readonly stat: NodeStat;
}

export class GetAclCall extends Call<NodeAcl> {
  override readonly isRepeatable = true;
  readonly #serverPath: string;

  constructor(path: string, serverPath: string) {
    super('getAcl', path);
    this.#serverPath = serverPath;
  }

  write(writer: Writer, xid: number): void {
    writePathRequest(writer, xid, OpCode.getAcl, this.#serverPath);
  }

  read(reader: Reader): NodeAcl {
    return { acl: readAclList(reader) ?? [], stat: readNodeStat(reader) };
  }
}

export class SetAclCall extends Call<NodeStat> {
  override readonly isRepeatable = false;
  readonly #serverPath: string;
  readonly #acl: AclList;
  readonly #version: number;

  /** @param version the access list's, `stat.aversion`; -1 for any */
  constructor(path: string, serverPath: string, acl: AclList, version: number) {
    super('setAcl', path);
    this.#serverPath = serverPath;
    this.#acl = acl;
    this.#version = version;
  }

  write(writer: Writer, xid: number): void {
    writeSetAclRequest(writer, xid, this.#serverPath, this.#acl, this.#version);
  }

  read(reader: Reader): NodeStat {
    return readNodeStat(reader);
  }
}
