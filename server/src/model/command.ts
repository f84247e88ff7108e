import { allocateBytes } from '@rookery/protocol';
import { asSessionId, NO_SESSION, type SessionId } from './ids.ts';

/**
 * The header of a log entry's command; behind it stands the client's own request record.
 *
 *   u8 version = 1 | u8 level | i16 op | u32 flags | i64 session | i64 attachIndex | i64 origin | i64 requestNumber | i64 timeMs
 *
 * Big-endian, 48 bytes. The 64-bit fields hold safe integers (|n| < 2^53).
 */
export const COMMAND_VERSION = 1;
export const COMMAND_HEADER_BYTES = 48;
const REQUEST_NUMBER_OFFSET = 32;
const FLAGS_OFFSET = 4;
const TIME_OFFSET = 40;

/** What a leader says of a command that it proposes, from feature level 2 on; nothing below that. */
export const CommandFlag = {
  /** Hard limits of quotas hold for it. */
  enforcesQuotas: 1,
} as const;

export interface CommandHeader {
  /** The feature level that a member must be able to run to apply it; 0: any. */
  level: number;
  /** An OpCode. */
  op: number;
  /** CommandFlags. */
  flags: number;
  session: SessionId;
  /** Log index of the session's attachment over which the request came. */
  attachIndex: number;
  /** Raft id of the member that took the request. */
  origin: number;
  /** Counts the requests of that member, so that it knows its own when they are applied. */
  requestNumber: number;
  /** The leader's time, ms since 1970, never before the previous entry's. */
  timeMs: number;
}

export function emptyCommandHeader(): CommandHeader {
  return {
    level: 0,
    op: 0,
    flags: 0,
    session: NO_SESSION,
    attachIndex: 0,
    origin: 0,
    requestNumber: 0,
    timeMs: 0,
  };
}

export function writeCommandHeader(bytes: Uint8Array, offset: number, header: CommandHeader): void {
  bytes[offset] = COMMAND_VERSION;
  bytes[offset + 1] = header.level;
  bytes[offset + 2] = header.op >> 8;
  bytes[offset + 3] = header.op;
  writeU32(bytes, offset + FLAGS_OFFSET, header.flags);
  writeI64(bytes, offset + 8, header.session);
  writeI64(bytes, offset + 16, header.attachIndex);
  writeI64(bytes, offset + 24, header.origin);
  writeI64(bytes, offset + 32, header.requestNumber);
  writeI64(bytes, offset + TIME_OFFSET, header.timeMs);
}

/** Fills `header`; false where these bytes are no command of a known version. */
export function readCommandHeader(bytes: Uint8Array, offset: number, header: CommandHeader): boolean {
  if (bytes.length - offset < COMMAND_HEADER_BYTES) return false;
  if (bytes[offset] !== COMMAND_VERSION) return false;
  header.level = bytes[offset + 1]!;
  header.op = ((bytes[offset + 2]! << 24) >> 16) | bytes[offset + 3]!;
  header.flags = readU32(bytes, offset + FLAGS_OFFSET);
  header.session = asSessionId(readI64(bytes, offset + 8));
  header.attachIndex = readI64(bytes, offset + 16);
  header.origin = readI64(bytes, offset + 24);
  header.requestNumber = readI64(bytes, offset + 32);
  header.timeMs = readI64(bytes, offset + TIME_OFFSET);
  return true;
}

/** Writes the leader's time into a command that is about to be proposed. */
export function stampTime(bytes: Uint8Array, offset: number, timeMs: number): void {
  writeI64(bytes, offset + TIME_OFFSET, timeMs);
}

/** Writes the leader's flags into such a command, whatever another leader has said before. */
export function stampFlags(bytes: Uint8Array, offset: number, flags: number): void {
  writeU32(bytes, offset + FLAGS_OFFSET, flags);
}

/** Of a command that has a whole header. */
export function versionOf(command: Uint8Array): number {
  return command[0]!;
}

/** The feature level that it needs; 0: any. */
export function levelOf(command: Uint8Array): number {
  return command[1]!;
}

/** An OpCode, where this version knows it. */
export function opOf(command: Uint8Array): number {
  return ((command[2]! << 24) >> 16) | command[3]!;
}

/** The request's number at that member. */
export function requestNumberOf(command: Uint8Array): number {
  return readI64(command, REQUEST_NUMBER_OFFSET);
}

/** A whole command: header, then `body[start, end)`. */
export function encodeCommand(
  header: CommandHeader,
  body: Uint8Array,
  start = 0,
  end = body.length,
): Uint8Array<ArrayBuffer> {
  const bytes = allocateBytes(COMMAND_HEADER_BYTES + end - start);
  writeCommandHeader(bytes, 0, header);
  bytes.set(body.subarray(start, end), COMMAND_HEADER_BYTES);
  return bytes;
}

function writeU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

function readU32(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!) >>>
    0
  );
}

function writeI64(bytes: Uint8Array, offset: number, value: number): void {
  writeU32(bytes, offset, Math.floor(value / 0x1_0000_0000));
  writeU32(bytes, offset + 4, value >>> 0);
}

function readI64(bytes: Uint8Array, offset: number): number {
  return (readU32(bytes, offset) | 0) * 0x1_0000_0000 + readU32(bytes, offset + 4);
}
