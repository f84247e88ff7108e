import type { FieldReader } from '../../codec/field-reader.ts';
import type { Outbox } from './outbox.ts';
import { beginFrame, endFrame, PeerFrame } from './peer-frames.ts';

/** What one member wants to know of another, or to have done by it, for a person who looks at the ensemble. */
export interface Asked {
  /** Of this life of the member that asks; its answer names it. */
  readonly id: number;
  /** JSON. */
  readonly question: string;
}

export interface Told {
  readonly id: number;
  /** Then `text` says why there is no answer. */
  readonly isError: boolean;
  /** JSON, where it is the answer. */
  readonly text: string;
}

const LENGTH_BYTES = 4;

export function writeAsked(writer: Outbox, { id, question }: Asked): void {
  const start = beginFrame(writer, PeerFrame.asked);
  writer.f64(id);
  writer.text(question);
  endFrame(writer, start);
}

/** `question` is empty where it has more than `mostBytes`: what is too long to be looked at is not even decoded. */
export function readAsked(reader: FieldReader, mostBytes: number): Asked {
  return { id: reader.whole(), question: textWithin(reader, mostBytes) ?? '' };
}

export function writeTold(writer: Outbox, { id, isError, text }: Told): void {
  const start = beginFrame(writer, PeerFrame.told);
  writer.f64(id);
  writer.u8(isError ? 1 : 0);
  writer.text(text);
  endFrame(writer, start);
}

/** An answer of more than `mostBytes` is none. */
export function readTold(reader: FieldReader, mostBytes: number): Told {
  const [id, isError] = [reader.whole(), reader.u8() === 1];
  const text = textWithin(reader, mostBytes);
  return text === undefined
    ? { id, isError: true, text: 'its answer is longer than an answer may be' }
    : { id, isError, text };
}

function textWithin(reader: FieldReader, mostBytes: number): string | undefined {
  const isLonger = reader.remaining > LENGTH_BYTES + mostBytes;
  return isLonger ? undefined : reader.text();
}
