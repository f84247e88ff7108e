import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';

/**
 * ConnectRequest: int protocolVersion, long lastZxidSeen, int timeOut (ms), long sessionId, buffer passwd [, bool readOnly]
 * ConnectResponse: int protocolVersion, int timeOut (ms), long sessionId, buffer passwd [, bool readOnly]
 *
 * The first frame each way, without headers. The response carries readOnly only if the request did.
 */
export const PASSWORD_BYTES = 16;

export interface ConnectRequest {
  readonly protocolVersion: number;
  readonly lastZxidSeen: number;
  readonly timeoutMs: number;
  /** 0 asks for a new session. */
  readonly sessionId: number;
  /** All 64 bits of it, as two signed halves: one of Apache ZooKeeper's uses them. */
  readonly sessionHigh: number;
  readonly sessionLow: number;
  readonly password: Uint8Array;
  /** undefined where the client does not know the field. */
  readonly readOnly: boolean | undefined;
}

export interface ConnectResponse {
  /** 0 together with session 0: the session has expired. */
  readonly timeoutMs: number;
  readonly sessionId: number;
  readonly password: Uint8Array;
  readonly readOnly: boolean | undefined;
}

/** undefined where the frame is no connect request. */
export function readConnectRequest(reader: Reader): ConnectRequest | undefined {
  const protocolVersion = reader.readInt();
  const lastZxidSeen = reader.readLong();
  const timeoutMs = reader.readInt();
  const sessionHigh = reader.readInt();
  const sessionLow = reader.readInt();
  const password = reader.readBuffer() ?? new Uint8Array(0);
  const readOnly = reader.remaining > 0 ? reader.readBool() : undefined;
  if (reader.failed) return undefined;
  const sessionId = sessionHigh * 0x1_0000_0000 + (sessionLow >>> 0);
  const halves = { sessionHigh, sessionLow };
  return { protocolVersion, lastZxidSeen, timeoutMs, sessionId, ...halves, password, readOnly };
}

export function writeConnectRequest(
  writer: Writer,
  request: Omit<ConnectRequest, 'sessionHigh' | 'sessionLow'>,
): void {
  const frame = writer.beginFrame();
  writer.writeInt(request.protocolVersion);
  writer.writeLong(request.lastZxidSeen);
  writer.writeInt(request.timeoutMs);
  writer.writeLong(request.sessionId);
  writer.writeBuffer(request.password);
  if (request.readOnly !== undefined) writer.writeBool(request.readOnly);
  writer.endFrame(frame);
}

export function writeConnectResponse(writer: Writer, response: ConnectResponse): void {
  const frame = writer.beginFrame();
  writer.writeInt(0);
  writer.writeInt(response.timeoutMs);
  writer.writeLong(response.sessionId);
  writer.writeBuffer(response.password);
  if (response.readOnly !== undefined) writer.writeBool(response.readOnly);
  writer.endFrame(frame);
}

export function readConnectResponse(reader: Reader): ConnectResponse | undefined {
  reader.readInt();
  const timeoutMs = reader.readInt();
  const sessionId = reader.readLong();
  const password = reader.readBuffer() ?? new Uint8Array(0);
  const readOnly = reader.remaining > 0 ? reader.readBool() : undefined;
  return reader.failed ? undefined : { timeoutMs, sessionId, password, readOnly };
}

/** How a client names a session: whole, where a server reads ids that it made itself. */
export interface SessionKey {
  /** 0n asks for a new session. */
  readonly id: bigint;
  readonly password: Uint8Array;
}

export interface AttachRequest extends SessionKey {
  readonly lastZxidSeen: number;
  readonly timeoutMs: number;
  /** Whether a member without a quorum will do. */
  readonly readOnly: boolean;
}

/** The connect request of a client. */
export function writeAttachRequest(writer: Writer, request: AttachRequest): void {
  const frame = writer.beginFrame();
  writer.writeInt(0);
  writer.writeLong(request.lastZxidSeen);
  writer.writeInt(request.timeoutMs);
  writer.writeWholeLong(request.id);
  writer.writeBuffer(request.password);
  writer.writeBool(request.readOnly);
  writer.endFrame(frame);
}

export interface AttachReply extends SessionKey {
  /** 0 or less: the session has expired. */
  readonly timeoutMs: number;
  readonly readOnly: boolean;
}

/** `reader.failed` tells whether it could be read. */
export function readAttachReply(reader: Reader): AttachReply {
  reader.readInt();
  const timeoutMs = reader.readInt();
  const id = reader.readWholeLong();
  const password = reader.readBuffer() ?? new Uint8Array(0);
  return { timeoutMs, id, password, readOnly: reader.remaining > 0 && reader.readBool() };
}
