import { type Reader, Writer } from '@rookery/protocol';

/**
 * What goes over the quorum port of Apache ZooKeeper, both ways, one behind the other without a length in front:
 *
 *   int type, long zxid, buffer data, (string scheme, buffer id)*      the identities of a request that is passed on
 *
 * Behind a `snap` the sessions and nodes of a snapshot follow as they are, and the string `BenWasHere`.
 */
export const PacketType = {
  request: 1,
  proposal: 2,
  ack: 3,
  commit: 4,
  ping: 5,
  revalidate: 6,
  sync: 7,
  inform: 8,
  commitAndActivate: 9,
  newLeader: 10,
  followerInfo: 11,
  upToDate: 12,
  diff: 13,
  trunc: 14,
  snap: 15,
  observerInfo: 16,
  leaderInfo: 17,
  ackEpoch: 18,
  informAndActivate: 19,
} as const;
export type PacketType = (typeof PacketType)[keyof typeof PacketType];

/** One object is filled again and again: `bytes[dataStart, dataEnd)` are the next packet's once it was read. */
export interface Packet {
  type: number;
  zxid: number;
  bytes: Uint8Array;
  /** −1: null. */
  dataStart: number;
  dataEnd: number;
}

/** The version of the protocol since ZooKeeper 3.4, with epochs that are agreed upon first. */
export const PROTOCOL_VERSION = 0x10000;

const NO_IDENTITIES = -1;
/** Of a scheme and an id, both null. */
const LEAST_IDENTITY_BYTES = 8;
const FIRST_BYTES = 64;
export const EPOCH = 0x1_0000_0000;

/** Fills `packet`; false where not all of it is there yet (`reader.failed`). */
export function readPacket(reader: Reader, packet: Packet): boolean {
  packet.type = reader.readInt();
  packet.zxid = reader.readLong();
  packet.bytes = reader.bytes;
  reader.readRange();
  packet.dataStart = reader.rangeStart;
  packet.dataEnd = reader.rangeEnd;
  for (let left = reader.readCount(LEAST_IDENTITY_BYTES); left > 0 && !reader.failed; left--) {
    reader.readRange();
    reader.readRange();
  }
  return !reader.failed;
}

export function packetBytes(type: PacketType, zxid: number, data?: Uint8Array): Uint8Array {
  const out = new Writer(FIRST_BYTES + (data?.length ?? 0));
  out.writeInt(type);
  out.writeLong(zxid);
  out.writeBuffer(data);
  out.writeInt(NO_IDENTITIES);
  return out.copy();
}

/** Who registers: its id, and that it knows of no configuration that the leader does not know. */
export function learnerInfo(serverId: number): Uint8Array {
  const out = new Writer(FIRST_BYTES);
  out.writeLong(serverId);
  out.writeInt(PROTOCOL_VERSION);
  out.writeLong(0);
  return out.copy();
}

/** −1: what is acknowledged counts for no election of an epoch. */
export function acknowledgedEpoch(): Uint8Array {
  const out = new Writer(FIRST_BYTES);
  out.writeInt(-1);
  return out.copy();
}

/** A session and its timeout, as what is asked whether it is there. */
export function sessionToValidate(id: number, timeoutMs: number): Uint8Array {
  const out = new Writer(FIRST_BYTES);
  out.writeLong(id);
  out.writeInt(timeoutMs);
  return out.copy();
}
