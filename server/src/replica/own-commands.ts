import { OpCode } from '@rookery/protocol';
import type { Entry } from 'raft-ts-lite';
import type { Applied } from './applied.ts';
import type { Requests } from './requests.ts';

/** Told of what this member brings about. `result` is the state machine's and is valid during the call only. */
export interface OwnCommandsWitness {
  /** A command was applied. `command` is what the log holds. */
  applied(result: Applied, command: Uint8Array): void;
  /** Of the end of a session: a piece of its changes came about. */
  sessionsNodesGone(result: Applied): void;
  /** It was handed to a leader, and this member cannot learn any more whether it was applied. */
  lost(command: Uint8Array): void;
}

export interface OwnCommandsParts {
  readonly raftId: number;
  readonly requests: Pick<Requests, 'isOfThisLife'>;
  /** Whether this life of the member was the leader of that term. */
  readonly hasLed: (term: number) => boolean;
  readonly witness: OwnCommandsWitness;
}

/** A line of a log takes as long as so many steps of applying. */
const STEPS_PER_LINE = 4;

/**
 * Which applied commands are this member's own: those that it took from its clients in this life, and those that it decided as the leader. So
 * each command is one member's, and a replay of the log is nobody's. Returns the steps that telling of them took.
 */
export class OwnCommands {
  readonly #parts: OwnCommandsParts;

  constructor(parts: OwnCommandsParts) {
    this.#parts = parts;
  }

  /** A piece of it was applied. */
  changed(result: Applied, { term }: Entry): number {
    const { op, changes } = result;
    if (changes === undefined || (op !== OpCode.closeSession && op !== OpCode.expireSession)) return 0;
    if (!this.#isOwn(result, term)) return 0;
    this.#parts.witness.sessionsNodesGone(result);
    return STEPS_PER_LINE * changes.changeCount;
  }

  /** All of it was applied. */
  applied(result: Applied, { term, data }: Entry): number {
    if (!this.#isOwn(result, term)) return 0;
    this.#parts.witness.applied(result, data);
    return STEPS_PER_LINE * (result.outcome?.count ?? 1);
  }

  #isOwn({ op, origin, requestNumber }: Applied, term: number): boolean {
    const { raftId, requests, hasLed } = this.#parts;
    if (op === OpCode.expireSession || op === OpCode.deleteContainer || op === OpCode.checkpoint)
      return hasLed(term);
    return origin === raftId && requests.isOfThisLife(requestNumber);
  }
}
