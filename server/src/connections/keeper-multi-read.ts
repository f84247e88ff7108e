import {
  ErrorCode,
  OpCode,
  REPLY_HEADER_BYTES,
  Reader,
  readReplyHeader,
  Writer,
  writeHeaderReply,
  writeMultiHeader,
  writeReplyHeader,
  writeResultsEnd,
} from '@rookery/protocol';
import {
  answerFilteredList,
  answerFilteredListWithStatsAndData,
  answerListRecursive,
} from './keeper-reads.ts';
import type { AnswerRead, ReadState } from './read.ts';
import { answerExists, answerGetChildren, answerGetChildren2, answerGetData } from './reads.ts';
import { LOOK_BYTES } from './turns.ts';

interface Item {
  readonly answer: AnswerRead;
  /** Of its record, behind the path. */
  readonly restBytes: number;
  /** The type of its result. */
  readonly resultType: number;
}

/** What ClickHouse's clients put together. The result of a filtered list is that of a getChildren2, as ClickHouse Keeper has it. */
const ITEMS: ReadonlyMap<number, Item> = new Map<number, Item>([
  [OpCode.exists, { answer: answerExists, restBytes: 1, resultType: OpCode.exists }],
  [OpCode.getData, { answer: answerGetData, restBytes: 1, resultType: OpCode.getData }],
  [OpCode.getChildren, { answer: answerGetChildren, restBytes: 1, resultType: OpCode.getChildren }],
  [OpCode.getChildren2, { answer: answerGetChildren2, restBytes: 1, resultType: OpCode.getChildren2 }],
  [OpCode.filteredList, { answer: answerFilteredList, restBytes: 2, resultType: OpCode.getChildren2 }],
  [
    OpCode.filteredListWithStatsAndData,
    {
      answer: answerFilteredListWithStatsAndData,
      restBytes: 4,
      resultType: OpCode.filteredListWithStatsAndData,
    },
  ],
  [OpCode.listRecursive, { answer: answerListRecursive, restBytes: 4, resultType: OpCode.listRecursive }],
]);

const LENGTH_BYTES = 4;
const FIRST_BYTES = 4096;
const single = new Writer(FIRST_BYTES);
const singleReader = new Reader();
const MAX_KEPT_BYTES = 1024 * 1024;

/**
 * A multiRead of ClickHouse's clients: more kinds of reads than ZooKeeper takes there, and their watches are left. Each is answered as it would be by itself, with an error of its
 * own, as far as the whole answer, and what was looked at for it, goes with `answerBytes`. False where the record cannot be read, or holds anything else: no watch is left then.
 */
export const answerKeeperMultiRead: AnswerRead = (writer, xid, reader, state, client) => {
  const { lastZxid: zxid, bounds } = state;
  const record = reader.position;
  if (!isWhole(reader)) return false;
  reader.reset(reader.bytes, record, reader.end);
  const looks = new CountedLooks(state);
  const counted = countingIn(state, looks);
  const frame = writer.beginFrame();
  writeReplyHeader(writer, xid, zxid, ErrorCode.ok);
  for (let item = next(reader); item !== undefined; item = next(reader)) {
    single.clear();
    item.answer(single, xid, reader, counted, client);
    copyResult(writer, item.resultType);
    if (writer.length - frame + looks.bytes <= bounds.answerBytes) continue;
    writer.length = frame;
    writeHeaderReply(writer, xid, zxid, ErrorCode.systemError);
    return true;
  }
  writeResultsEnd(writer);
  writer.endFrame(frame);
  return true;
};

/** A request of a megabyte may look at all children of the same large node forty thousand times, and find none of them. */
class CountedLooks {
  readonly #turns: ReadState['turns'];
  bytes = 0;

  constructor({ turns }: ReadState) {
    this.#turns = turns;
  }

  spendLooks(count: number): void {
    this.bytes += count * LOOK_BYTES;
    this.#turns.spendLooks(count);
  }
}

function countingIn(state: ReadState, turns: CountedLooks): ReadState {
  const { tree, treeMark, bounds, lastZxid, watches, configNode, keeperNodes, places } = state;
  return { tree, treeMark, bounds, lastZxid, watches, configNode, keeperNodes, places, turns };
}

function isWhole(reader: Reader): boolean {
  for (;;) {
    const op = reader.readInt();
    const isDone = reader.readBool();
    reader.readInt();
    if (reader.failed) return false;
    if (isDone) return true;
    const item = ITEMS.get(op);
    if (item === undefined) return false;
    reader.readRange();
    for (let left = item.restBytes; left > 0; left--) reader.readByte();
  }
}

/** Of a record that is whole; undefined at its end. `reader` stands at the item's own record. */
function next(reader: Reader): Item | undefined {
  const item = ITEMS.get(reader.readInt());
  const isDone = reader.readBool();
  reader.readInt();
  return isDone ? undefined : item;
}

function copyResult(writer: Writer, resultType: number): void {
  const { bytes, length } = single;
  const { err } = readReplyHeader(singleReader.reset(bytes, LENGTH_BYTES, length));
  // Of one that failed nothing stands behind the header, and its type is that of its result: clients of ClickHouse take no other one for it.
  writeMultiHeader(writer, resultType, false, err);
  writer.writeRaw(bytes, LENGTH_BYTES + REPLY_HEADER_BYTES, length);
  if (bytes.length > MAX_KEPT_BYTES) single.detach(FIRST_BYTES);
}
