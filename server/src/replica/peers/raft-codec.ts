import {
  type Append,
  type Configuration,
  decodeConfiguration,
  type Entry,
  type EntryKind,
  encodeConfiguration,
  Fitness,
  isPlausibleTerm,
  type LogStatus,
  MalformedConfiguration,
  type Message,
  MessageType,
  type SnapshotMeta,
} from 'raft-ts-lite';
import type { FieldReader } from '../../codec/field-reader.ts';
import type { FieldWriter } from '../../codec/field-writer.ts';
import { PeerProtocolError } from './peer-format.ts';

/*
 * message  = u8 type, f64 from, f64 to, f64 term, fields
 * entry    = f64 index, f64 term, u8 kind, block data
 * snapshot = f64 index, f64 term, block configuration
 */

export function writeRaftMessage(writer: FieldWriter, message: Message): void {
  writer.u8(message.type);
  writer.f64(message.from);
  writer.f64(message.to);
  writer.f64(message.term);
  switch (message.type) {
    case MessageType.preVote:
    case MessageType.vote:
      writer.f64(message.lastIndex);
      writer.f64(message.lastTerm);
      writer.u8(message.transfer ? 1 : 0);
      return;
    case MessageType.preVoteResponse:
    case MessageType.voteResponse:
      writer.u8(message.granted ? 1 : 0);
      return;
    case MessageType.append: {
      writer.f64(message.prevIndex);
      writer.f64(message.prevTerm);
      writer.f64(message.commit);
      const entries = message.entries;
      writer.u32(entries.length);
      for (let i = 0; i < entries.length; i++) writeEntry(writer, entries[i]!);
      return;
    }
    case MessageType.appendResponse:
      writer.u8(message.accepted ? 1 : 0);
      writer.f64(message.index);
      writer.f64(message.hintIndex);
      writer.f64(message.hintTerm);
      return;
    case MessageType.heartbeat:
      writer.f64(message.commit);
      writer.f64(message.round);
      return;
    case MessageType.heartbeatResponse:
      writer.f64(message.round);
      writer.u8(message.fitness ?? Fitness.able);
      return;
    case MessageType.snapshotChunk:
      writeSnapshotMeta(writer, message.snapshot);
      writer.f64(message.offset);
      writer.u8(message.done ? 1 : 0);
      writer.block(message.data);
      return;
    case MessageType.snapshotResponse:
      writer.f64(message.index);
      writer.f64(message.offset);
      writer.u8(message.installed ? 1 : 0);
      return;
    case MessageType.timeoutNow:
      return;
    case MessageType.readIndex:
      writer.f64(message.token);
      return;
    case MessageType.readIndexResponse:
      writer.f64(message.token);
      writer.f64(message.index);
      return;
    case MessageType.logStatus:
      writer.f64(message.lastIndex);
      writer.f64(message.lastTerm);
      writer.u8(message.reply ? 1 : 0);
      writer.u32(message.voters.length);
      for (const voter of message.voters) writer.f64(voter);
      return;
    default:
      message satisfies never;
  }
}

/** Throws PeerProtocolError on anything that is not a message. Entry data are views of the frame. */
export function readRaftMessage(reader: FieldReader): Message {
  const type = reader.u8() as MessageType;
  const from = reader.f64();
  const to = reader.f64();
  const term = reader.f64();
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || !Number.isSafeInteger(term)) {
    throw new PeerProtocolError('a peer sent a Raft message whose ids or term are not whole numbers');
  }
  switch (type) {
    case MessageType.preVote:
    case MessageType.vote:
      return {
        type,
        from,
        to,
        term,
        lastIndex: reader.f64(),
        lastTerm: reader.f64(),
        transfer: readFlag(reader),
      };
    case MessageType.preVoteResponse:
    case MessageType.voteResponse:
      return { type, from, to, term, granted: readFlag(reader) };
    case MessageType.append:
      return readAppend(reader, from, to, term);
    case MessageType.appendResponse:
      return {
        type,
        from,
        to,
        term,
        accepted: readFlag(reader),
        index: reader.f64(),
        hintIndex: reader.f64(),
        hintTerm: reader.f64(),
      };
    case MessageType.heartbeat:
      return { type, from, to, term, commit: reader.f64(), round: reader.f64() };
    case MessageType.heartbeatResponse:
      return { type, from, to, term, round: reader.f64(), fitness: readFitness(reader) };
    case MessageType.snapshotChunk:
      return {
        type,
        from,
        to,
        term,
        snapshot: readSnapshotMeta(reader),
        offset: reader.f64(),
        done: readFlag(reader),
        data: reader.block(),
      };
    case MessageType.snapshotResponse:
      return {
        type,
        from,
        to,
        term,
        index: reader.f64(),
        offset: reader.f64(),
        installed: readFlag(reader),
      };
    case MessageType.timeoutNow:
      return { type, from, to, term };
    case MessageType.readIndex:
      return { type, from, to, term, token: reader.f64() };
    case MessageType.readIndexResponse:
      return { type, from, to, term, token: reader.f64(), index: reader.f64() };
    case MessageType.logStatus:
      return readLogStatus(reader, from, to, term);
    default:
      throw new PeerProtocolError(`a peer sent a Raft message of unknown type ${String(type)}`);
  }
}

function readAppend(reader: FieldReader, from: number, to: number, term: number): Append {
  const prevIndex = reader.f64();
  const prevTerm = reader.f64();
  const commit = reader.f64();
  const count = reader.u32();
  if (count * ENTRY_HEADER_BYTES > reader.remaining)
    throw new PeerProtocolError(`a peer announced ${count} entries in ${reader.remaining} bytes`);
  const entries = new Array<Entry>(count);
  for (let i = 0; i < count; i++) entries[i] = readEntry(reader);
  return { type: MessageType.append, from, to, term, prevIndex, prevTerm, commit, entries };
}

function readLogStatus(reader: FieldReader, from: number, to: number, term: number): LogStatus {
  return {
    type: MessageType.logStatus,
    from,
    to,
    term,
    lastIndex: reader.f64(),
    lastTerm: reader.f64(),
    reply: readFlag(reader),
    voters: readIds(reader),
  };
}

/** Throws PeerProtocolError where no member of this cluster can be in `term` while this one is in `own`. */
export function checkTerm(term: number, own: number): void {
  if (isPlausibleTerm(term, own)) return;
  throw new PeerProtocolError(
    `a peer speaks of term ${term} while this member is in term ${own}: no elections lead there`,
  );
}

const ENTRY_HEADER_BYTES = 21;
const ID_BYTES = 8;

/** A member of an earlier build says nothing of its fitness; what a later one says and this one does not know is no recommendation. */
function readFitness(reader: FieldReader): Fitness {
  if (reader.remaining === 0) return Fitness.able;
  return Math.min(reader.u8(), Fitness.stalled) as Fitness;
}

function readFlag(reader: FieldReader): boolean {
  const byte = reader.u8();
  if (byte > 1) throw new PeerProtocolError(`a peer sent ${byte} where yes or no belongs`);
  return byte === 1;
}

function writeEntry(writer: FieldWriter, entry: Entry): void {
  writer.f64(entry.index);
  writer.f64(entry.term);
  writer.u8(entry.kind);
  writer.block(entry.data);
}

function readEntry(reader: FieldReader): Entry {
  return { index: reader.f64(), term: reader.f64(), kind: reader.u8() as EntryKind, data: reader.block() };
}

function readIds(reader: FieldReader): number[] {
  const ids: number[] = [];
  for (let left = reader.count(ID_BYTES); left > 0; left--) ids.push(reader.whole());
  return ids;
}

function writeSnapshotMeta(writer: FieldWriter, meta: SnapshotMeta): void {
  writer.f64(meta.index);
  writer.f64(meta.term);
  writer.block(encodeConfiguration(meta.configuration));
}

function readSnapshotMeta(reader: FieldReader): SnapshotMeta {
  return { index: reader.f64(), term: reader.f64(), configuration: readConfiguration(reader.block()) };
}

/** A configuration that a peer sent. Throws PeerProtocolError. */
export function readConfiguration(bytes: Uint8Array): Configuration {
  try {
    return decodeConfiguration(bytes);
  } catch (cause) {
    if (!(cause instanceof MalformedConfiguration)) throw cause;
    throw new PeerProtocolError(`a peer sent no configuration: ${cause.message}`, { cause });
  }
}
