import {
  type AclList,
  type CreateFields,
  CreateMode,
  type CreateWrite,
  OpCode,
  type Reader,
  type Writer,
  writeCreateRequest,
} from '@rookery/protocol';
import { Call } from './call.ts';
import { type NodeStat, readNodeStat } from './node-stat.ts';
import { bytesOf, type Value } from './value.ts';

/** What becomes of a node by itself. */
export type NodeKind =
  | 'persistent'
  /** Gone with the session that made it. */
  | 'ephemeral'
  /** Its name gets a number that grows with each child of its parent, as in the next one. */
  | 'persistent-sequential'
  | 'ephemeral-sequential'
  /** Gone some time after its last child. */
  | 'container';

export interface CreateOptions {
  /** `persistent` where it is not said. */
  readonly kind?: NodeKind | undefined;
  /** Who may do what; everybody everything where it is not said. */
  readonly acl?: AclList | undefined;
  /** The node goes when it was not changed for so long and has no children. Only of persistent ones, and only where the server has them. */
  readonly ttlMs?: number | undefined;
}

export interface Created {
  /** The node's, with its number if it is sequential. */
  readonly path: string;
  readonly stat: NodeStat;
}

const modes: Readonly<Record<NodeKind, CreateMode>> = {
  persistent: CreateMode.persistent,
  ephemeral: CreateMode.ephemeral,
  'persistent-sequential': CreateMode.persistentSequential,
  'ephemeral-sequential': CreateMode.ephemeralSequential,
  container: CreateMode.container,
};
const ttlModes: Readonly<Partial<Record<NodeKind, CreateMode>>> = {
  persistent: CreateMode.persistentWithTtl,
  'persistent-sequential': CreateMode.persistentSequentialWithTtl,
};

export interface CreateRecord {
  readonly op: CreateWrite['op'];
  readonly fields: CreateFields;
}

/** Throws RangeError where kind and TTL do not go together. */
export function createRecord(
  serverPath: string,
  value: Value,
  options: CreateOptions,
  defaultAcl: AclList,
): CreateRecord {
  const kind = options.kind ?? 'persistent';
  const { ttlMs } = options;
  const flags = ttlMs === undefined ? modes[kind] : ttlModes[kind];
  if (flags === undefined) throw new RangeError(`a node of kind ${kind} has no ttlMs`);
  const data = bytesOf(value);
  const acl = options.acl ?? defaultAcl;
  if (ttlMs !== undefined) {
    return { op: OpCode.createTtl, fields: { path: serverPath, data, acl, flags, ttlMs } };
  }
  const op = kind === 'container' ? OpCode.createContainer : OpCode.create2;
  return { op, fields: { path: serverPath, data, acl, flags } };
}

export class CreateCall extends Call<Created> {
  override readonly isRepeatable = false;
  readonly #record: CreateRecord;
  readonly #chrootLength: number;

  /** Of the created path the first `chrootLength` characters are the chroot. */
  constructor(path: string, record: CreateRecord, chrootLength: number) {
    super('create', path);
    this.#record = record;
    this.#chrootLength = chrootLength;
  }

  write(writer: Writer, xid: number): void {
    writeCreateRequest(writer, xid, this.#record.op, this.#record.fields);
  }

  read(reader: Reader): Created {
    const path = (reader.readString() ?? '').slice(this.#chrootLength);
    return { path: path === '' ? '/' : path, stat: readNodeStat(reader) };
  }
}
