import {
  type AclList,
  type CheckNotExistsWrite,
  type CheckStatWrite,
  type CheckWrite,
  type CreateWrite,
  type DeleteWrite,
  encodeUtf8,
  isSequential,
  isValidPath,
  type MultiWrite,
  OPEN_ACL,
  OpCode,
  type RemoveRecursiveWrite,
  type SetAclWrite,
  type SetDataWrite,
  type SingleWrite,
  STAT_FIELDS,
  type Stat,
  type TryRemoveWrite,
} from '@rookery/protocol';

/** Writes as the wire would decode them, from text. */
function range(path: string, data?: Uint8Array | string | null, sequential = false) {
  const head = encodeUtf8(path);
  const body = typeof data === 'string' ? encodeUtf8(data) : (data ?? new Uint8Array(0));
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return {
    bytes,
    pathStart: 0,
    pathEnd: head.length,
    pathValid: isValidPath(bytes, 0, head.length, sequential),
    dataStart: data === null ? -1 : head.length,
    dataEnd: data === null ? -1 : bytes.length,
  };
}

export interface CreateOptions {
  readonly data?: Uint8Array | string | null;
  readonly acl?: AclList | null;
  readonly flags?: number;
  readonly op?: CreateWrite['op'];
  readonly ttlMs?: number;
}

export function create(path: string, options: CreateOptions = {}): CreateWrite {
  const flags = options.flags ?? 0;
  return {
    op: options.op ?? OpCode.create,
    ...range(path, options.data, isSequential(flags)),
    aclStart: 0,
    acl: options.acl === null ? undefined : (options.acl ?? OPEN_ACL),
    flags,
    ttlMs: options.ttlMs ?? -1,
  };
}

export function remove(path: string, version = -1): DeleteWrite {
  const { bytes, pathStart, pathEnd, pathValid } = range(path);
  return { op: OpCode.delete, bytes, pathStart, pathEnd, pathValid, version };
}

export function check(path: string, version = -1): CheckWrite {
  const { bytes, pathStart, pathEnd, pathValid } = range(path);
  return { op: OpCode.check, bytes, pathStart, pathEnd, pathValid, version };
}

export function setData(path: string, data: Uint8Array | string | null, version = -1): SetDataWrite {
  return { op: OpCode.setData, ...range(path, data), version };
}

export function setAcl(path: string, acl: AclList | null, version = -1): SetAclWrite {
  const { bytes, pathStart, pathEnd, pathValid } = range(path);
  return {
    op: OpCode.setAcl,
    bytes,
    pathStart,
    pathEnd,
    pathValid,
    aclStart: 0,
    acl: acl ?? undefined,
    version,
  };
}

export function multi(...writes: SingleWrite[]): MultiWrite {
  return { op: OpCode.multi, writes };
}

export function checkNotExists(path: string, version = -1): CheckNotExistsWrite {
  const { bytes, pathStart, pathEnd, pathValid } = range(path);
  return { op: OpCode.checkNotExists, bytes, pathStart, pathEnd, pathValid, version };
}

/** What `fields` does not say may be anything. */
export function checkStat(path: string, fields: Partial<Stat> = {}, version = -1): CheckStatWrite {
  const { bytes, pathStart, pathEnd, pathValid } = range(path);
  const stat = {
    ...(Object.fromEntries(STAT_FIELDS.map((field) => [field, -1])) as unknown as Stat),
    ...fields,
  };
  return { op: OpCode.checkStat, bytes, pathStart, pathEnd, pathValid, version, stat };
}

export function tryRemove(path: string, version = -1): TryRemoveWrite {
  const { bytes, pathStart, pathEnd, pathValid } = range(path);
  return { op: OpCode.tryRemove, bytes, pathStart, pathEnd, pathValid, version };
}

export function removeRecursive(path: string, limit = 1_000): RemoveRecursiveWrite {
  const { bytes, pathStart, pathEnd, pathValid } = range(path);
  return { op: OpCode.removeRecursive, bytes, pathStart, pathEnd, pathValid, limit };
}
