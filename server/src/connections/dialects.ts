import { OpCode } from '@rookery/protocol';
import type { DialectsConfig } from '../config/config.ts';
import { answerChildrenPaginated } from './children-paginated.ts';
import { type Operation, operationOf, read } from './operations.ts';

/** Of LinkedIn's ZooKeeper. */
const PAGED_CHILDREN: readonly Operation[] = [
  read(OpCode.getChildrenPaginated, 'GETC', answerChildrenPaginated),
];

/** Operations that Apache ZooKeeper does not have, whatever is switched on. */
export const dialectOperations: readonly Operation[] = PAGED_CHILDREN;

/** What clients of a member may ask for: ZooKeeper's operations, and those that its configuration switches on. */
export class OperationTable {
  readonly #more: ReadonlyMap<number, Operation>;

  constructor({ pagedChildren }: DialectsConfig) {
    const more = pagedChildren ? PAGED_CHILDREN : [];
    this.#more = new Map(more.map((operation) => [operation.op, operation]));
  }

  /** undefined: see `operationOf`. */
  of(op: number, isOwn = false): Operation | undefined {
    return operationOf(op, isOwn) ?? this.#more.get(op);
  }
}
