import { OpCode } from '@rookery/protocol';
import { answerChildrenPage } from './children-page.ts';
import { answerMultiRead } from './multi-read.ts';
import type { AnswerRead } from './read.ts';
import {
  answerExists,
  answerGetAcl,
  answerGetAllChildrenNumber,
  answerGetChildren,
  answerGetChildren2,
  answerGetData,
  answerGetEphemerals,
  answerPing,
  answerWhoAmI,
} from './reads.ts';
import {
  answerAddWatch,
  answerCheckWatches,
  answerRemoveWatches,
  answerSetWatches,
  answerSetWatches2,
} from './watch-requests.ts';

/** How a request is carried out. */
export const OperationKind = {
  /** Answered from this member's own tree. */
  read: 0,
  /** Goes through the log; the protocol's `records/writes.ts` has its records. */
  write: 1,
  /** Answered once the tree holds all that was committed when it came. */
  barrier: 2,
  /** The end of the session. */
  session: 3,
  authentication: 4,
  /** The leader changes the membership. */
  reconfiguration: 5,
} as const;
export type OperationKind = (typeof OperationKind)[keyof typeof OperationKind];

/** An operation that clients may ask for. */
export interface Operation {
  readonly op: OpCode;
  /** As ZooKeeper's `cons` names it. */
  readonly shortName: string;
  readonly kind: OperationKind;
  /** read: writes the reply. */
  readonly answer?: AnswerRead;
}

export function read(op: OpCode, shortName: string, answer: AnswerRead): Operation {
  return { op, shortName, kind: OperationKind.read, answer };
}

export function write(op: OpCode, shortName: string): Operation {
  return { op, shortName, kind: OperationKind.write };
}

/** What clients may ask for of ZooKeeper's operations; a new one is a row here and a file of the protocol's `records/`. */
export const operations: readonly Operation[] = [
  read(OpCode.ping, 'PING', answerPing),
  read(OpCode.getData, 'GETD', answerGetData),
  read(OpCode.exists, 'EXIS', answerExists),
  read(OpCode.getChildren, 'GETC', answerGetChildren),
  read(OpCode.getChildren2, 'GETC', answerGetChildren2),
  read(OpCode.getAcl, 'GETA', answerGetAcl),
  read(OpCode.getAllChildrenNumber, 'GETACN', answerGetAllChildrenNumber),
  read(OpCode.getEphemerals, 'GETE', answerGetEphemerals),
  read(OpCode.multiRead, 'MLTR', answerMultiRead),
  read(OpCode.whoAmI, 'HOMI', answerWhoAmI),
  read(OpCode.addWatch, 'ADDW', answerAddWatch),
  read(OpCode.checkWatches, 'CHKW', answerCheckWatches),
  read(OpCode.removeWatches, 'REMW', answerRemoveWatches),
  read(OpCode.setWatches, 'SETW', answerSetWatches),
  read(OpCode.setWatches2, 'STW2', answerSetWatches2),
  write(OpCode.create, 'CREA'),
  write(OpCode.create2, 'CREA'),
  write(OpCode.createContainer, 'CREA'),
  write(OpCode.createTtl, 'CREA'),
  write(OpCode.delete, 'DELE'),
  write(OpCode.setData, 'SETD'),
  write(OpCode.setAcl, 'SETA'),
  write(OpCode.multi, 'MULT'),
  { op: OpCode.sync, shortName: 'SYNC', kind: OperationKind.barrier },
  { op: OpCode.closeSession, shortName: 'CLOS', kind: OperationKind.session },
  { op: OpCode.auth, shortName: 'AUTH', kind: OperationKind.authentication },
  { op: OpCode.sasl, shortName: 'SASL', kind: OperationKind.authentication },
  { op: OpCode.reconfig, shortName: 'RECO', kind: OperationKind.reconfiguration },
];

/** What this member's own doors may ask for besides. */
export const ownOperations: readonly Operation[] = [
  read(OpCode.getChildrenPage, 'GETCP', answerChildrenPage),
];

/** The smallest number of one is negative. */
const FIRST = OpCode.closeSession;
const byNumber: (Operation | undefined)[] = [];
for (let number: number = FIRST; number <= OpCode.whoAmI; number++)
  byNumber.push(operations.find(({ op }) => op === number));

/**
 * undefined: a number that no client may ask for (a bare check, the server's own, unknown ones), or one of a dialect (see dialects.ts). ZooKeeper answers
 * unimplemented (-6) under the zxid −1, and closes.
 *
 * @param isOwn whether one of this member's own doors asks
 */
export function operationOf(op: number, isOwn = false): Operation | undefined {
  const place = op - FIRST;
  if (place >= 0 && place < byNumber.length) return byNumber[place];
  return isOwn ? ownOperations.find((operation) => operation.op === op) : undefined;
}
