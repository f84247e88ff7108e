import type { ErrorCode } from '@rookery/protocol';
import type { FieldReader } from '../../codec/field-reader.ts';
import type { Outbox } from './outbox.ts';
import { beginFrame, endFrame, PeerFrame } from './peer-frames.ts';

/** A client's reconfig, on its way from the member that took it to the leader. */
export interface ReconfigAsked {
  /** Of this member's reconfigs; its answer names it. */
  readonly number: number;
  /** Whether the client may write `/zookeeper/config`: ZooKeeper finds out last. */
  readonly isPermitted: boolean;
  /** A ReconfigRequest, as the client sent it. */
  readonly record: Uint8Array;
}

/** What the leader says: why not, or which entry is to carry it out. */
export interface ReconfigAnswer {
  readonly number: number;
  readonly err: ErrorCode;
  /** 0 where it is not carried out. */
  readonly index: number;
}

export function writeReconfigAsked(writer: Outbox, { number, isPermitted, record }: ReconfigAsked): void {
  const start = beginFrame(writer, PeerFrame.reconfigAsked);
  writer.f64(number);
  writer.u8(isPermitted ? 1 : 0);
  writer.block(record);
  endFrame(writer, start);
}

/** The record is a view. */
export function readReconfigAsked(reader: FieldReader): ReconfigAsked {
  return { number: reader.whole(), isPermitted: reader.u8() === 1, record: reader.block() };
}

export function writeReconfigAnswer(writer: Outbox, { number, err, index }: ReconfigAnswer): void {
  const start = beginFrame(writer, PeerFrame.reconfigAnswer);
  writer.f64(number);
  writer.f64(-err);
  writer.f64(index);
  endFrame(writer, start);
}

export function readReconfigAnswer(reader: FieldReader): ReconfigAnswer {
  const number = reader.whole();
  return { number, err: (0 - reader.whole()) as ErrorCode, index: reader.whole() };
}
