import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/**
 * Bodies of the commands about sessions, behind the command's header. The session itself stands in the header, but for
 * createSession, whose session's id is the entry's own zxid.
 *
 *   createSession   int timeoutMs
 *   attachSession   empty
 *   closeSession    empty
 *   expireSession   long attachIndex that the leader saw
 */
export const CREATE_SESSION_BYTES = 4;
export const EXPIRE_SESSION_BYTES = 8;

const reader = new Reader();

export function createSessionBody(timeoutMs: number): Uint8Array {
  const writer = new Writer(CREATE_SESSION_BYTES);
  writer.writeInt(timeoutMs);
  return writer.copy();
}

/** The time-out in `bytes[start, end)`; undefined where there is none. */
export function readCreateSessionBody(bytes: Uint8Array, start: number, end: number): number | undefined {
  const timeoutMs = reader.reset(bytes, start, end).readInt();
  return reader.failed ? undefined : timeoutMs;
}

export function expireSessionBody(attachIndex: number): Uint8Array {
  const writer = new Writer(EXPIRE_SESSION_BYTES);
  writer.writeLong(attachIndex);
  return writer.copy();
}

export function readExpireSessionBody(bytes: Uint8Array, start: number, end: number): number | undefined {
  const attachIndex = reader.reset(bytes, start, end).readLong();
  return reader.failed ? undefined : attachIndex;
}
