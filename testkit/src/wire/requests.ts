/**
 * Requests of ZooKeeper's client protocol, written from the protocol's description alone and sharing nothing with
 * the server, so that a misunderstanding on either side shows as a failure here.
 *
 * Every function returns one whole frame: int length, then the record. Requests begin with int xid, int op.
 */

export const op = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getChildren: 8,
  sync: 9,
  ping: 11,
  check: 13,
  multi: 14,
  closeSession: -11,
} as const;

export const createFlags = { persistent: 0, ephemeral: 1, persistentSequential: 2 } as const;

/** Where the xid stands in a frame: after the length. Templates are patched there. */
export const XID_OFFSET = 4;

export const EVENT_XID = -1;
export const PING_XID = -2;

const ALL_PERMISSIONS = 31;
const PASSWORD_BYTES = 16;

/** A session as the server knows it; both are opaque bytes, since Apache ZooKeeper's ids exceed 2^53. */
export interface SessionIdentity {
  readonly id: Buffer;
  readonly password: Buffer;
}

export const noSession: SessionIdentity = { id: Buffer.alloc(8), password: Buffer.alloc(PASSWORD_BYTES) };

export function frame(...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([int(body.length), body]);
}

export function int(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** `value` must be a safe integer. */
export function long(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeInt32BE(Math.floor(value / 0x1_0000_0000), 0);
  bytes.writeUInt32BE(((value % 0x1_0000_0000) + 0x1_0000_0000) % 0x1_0000_0000, 4);
  return bytes;
}

export function bytes(value: Buffer | null): Buffer {
  return value === null ? int(-1) : Buffer.concat([int(value.length), value]);
}

export function text(value: string): Buffer {
  return bytes(Buffer.from(value, 'utf8'));
}

export function bool(value: boolean): Buffer {
  return Buffer.from([value ? 1 : 0]);
}

/** The list that lets everybody do everything. */
export function openAcl(): Buffer {
  return Buffer.concat([int(1), int(ALL_PERMISSIONS), text('world'), text('anyone')]);
}

export function connectRequest(session: SessionIdentity, timeoutMs: number, lastZxidSeen = 0): Buffer {
  return frame(
    int(0),
    long(lastZxidSeen),
    int(timeoutMs),
    session.id,
    bytes(session.password),
    bool(false), // not read-only
  );
}

export function request(xid: number, operation: number, ...body: readonly Buffer[]): Buffer {
  return frame(int(xid), int(operation), ...body);
}

export function createBody(path: string, data: Buffer, flags: number): Buffer {
  return Buffer.concat([text(path), bytes(data), openAcl(), int(flags)]);
}

export function setBody(path: string, data: Buffer, version: number): Buffer {
  return Buffer.concat([text(path), bytes(data), int(version)]);
}

/** getData, exists, getChildren: a path, and whether to leave a watch. */
export function readBody(path: string, watch = false): Buffer {
  return Buffer.concat([text(path), bool(watch)]);
}

/** A multi: each set behind a header (type, done, error), and one that says done. */
export function multiOfSets(sets: readonly { readonly path: string; readonly data: Buffer }[]): Buffer {
  const parts = sets.flatMap(({ path, data }) => [
    int(op.setData),
    bool(false),
    int(-1),
    setBody(path, data, -1),
  ]);
  return Buffer.concat([...parts, int(-1), bool(true), int(-1)]);
}

export function deleteBody(path: string, version: number): Buffer {
  return Buffer.concat([text(path), int(version)]);
}
