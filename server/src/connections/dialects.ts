import { OpCode } from '@rookery/protocol';
import type { DialectsConfig } from '../config/config.ts';
import { answerChildrenPaginated } from './children-paginated.ts';
import { answerKeeperMultiRead } from './keeper-multi-read.ts';
import {
  answerCheckNotExists,
  answerCheckStat,
  answerFilteredList,
  answerFilteredListWithStatsAndData,
  answerListRecursive,
} from './keeper-reads.ts';
import { type Operation, operationOf, read, write } from './operations.ts';

/** Of LinkedIn's ZooKeeper. */
const PAGED_CHILDREN: readonly Operation[] = [
  read(OpCode.getChildrenPaginated, 'GETC', answerChildrenPaginated),
];

const CLICKHOUSE_KEEPER: readonly Operation[] = [
  read(OpCode.filteredList, 'GETC', answerFilteredList),
  read(OpCode.checkNotExists, 'CHKN', answerCheckNotExists),
  write(OpCode.createIfNotExists, 'CREA'),
  write(OpCode.removeRecursive, 'DELE'),
  read(OpCode.checkStat, 'CHKS', answerCheckStat),
  write(OpCode.tryRemove, 'DELE'),
  read(OpCode.filteredListWithStatsAndData, 'GETC', answerFilteredListWithStatsAndData),
  read(OpCode.listRecursive, 'GETC', answerListRecursive),
];

/** In the place of ZooKeeper's. */
const KEEPER_MULTI_READ = read(OpCode.multiRead, 'MLTR', answerKeeperMultiRead);

/** Operations that Apache ZooKeeper does not have, whatever is switched on. */
export const dialectOperations: readonly Operation[] = [...PAGED_CHILDREN, ...CLICKHOUSE_KEEPER];

/** What clients of a member may ask for: ZooKeeper's operations, and those that its configuration switches on. */
export class OperationTable {
  readonly #more = new Map<number, Operation>();
  readonly #isKeeper: boolean;

  constructor({ clickHouseKeeper, pagedChildren }: DialectsConfig) {
    this.#isKeeper = clickHouseKeeper;
    const more = [...(pagedChildren ? PAGED_CHILDREN : []), ...(clickHouseKeeper ? CLICKHOUSE_KEEPER : [])];
    for (const operation of more) this.#more.set(operation.op, operation);
  }

  /** undefined: see `operationOf`. */
  of(op: number, isOwn = false): Operation | undefined {
    if (this.#isKeeper && op === OpCode.multiRead) return KEEPER_MULTI_READ;
    return operationOf(op, isOwn) ?? this.#more.get(op);
  }
}
