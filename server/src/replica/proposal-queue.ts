import type { Raft } from 'raft-ts-lite';
import type { Bounds } from '../bounds/bounds.ts';
import type { FieldReader } from '../codec/field-reader.ts';
import { CommandFlag, requestNumberOf, stampFlags, stampTime } from '../model/command.ts';
import { ZOOKEEPER_LEVEL } from '../model/feature-level.ts';
import type { Outbox } from './peers/outbox.ts';
import { PeerProtocolError } from './peers/peer-format.ts';
import { beginFrame, endFrame, PeerFrame } from './peers/peer-frames.ts';
import { endWithin } from './requests.ts';

/** Why a command of the member with this Raft id must not be proposed; undefined where it may. */
export type ForwardCheck = (command: Uint8Array, fromRaftId: number) => string | undefined;

export interface ProposalQueueParts {
  /** What is in force as of the last entry that was applied, and what may be proposed. */
  readonly machine: { readonly featureLevel: number; readonly whyUnfit: ForwardCheck };
  /** Of one proposal; a larger command goes alone. */
  readonly bounds: Pick<Bounds, 'forwardFrameBytes'>;
  /** The setting of this member, which counts while it leads. */
  readonly enforcesQuotas: boolean;
}

const LENGTH_BYTES = 4;
const MAX_REMEMBERED_TERMS = 16;

/**
 * Where a leader gathers what goes into its log next: its own requests, those that followers forward, and what the leader itself
 * decides (expiries). Proposed at the end of each turn.
 *
 * A forward names the term in which it was sent; another leader's proposal queue refuses it, for its sender sends it again by itself. Within
 * a term, `positions` says up to where each member's requests arrived, so that a member whose link broke goes on from there.
 */
export class ProposalQueue {
  #term = 0;
  /** Terms that this member has led, the newest last: entries of which may still come. */
  #led: number[] = [];
  readonly #positions = new Map<number, number>();
  #waiting: Uint8Array[] = [];
  readonly #parts: ProposalQueueParts;

  constructor(parts: ProposalQueueParts) {
    this.#parts = parts;
  }

  /** This member leads `term` from now on. */
  lead(term: number): void {
    this.#term = term;
    this.#led = [...this.#led.slice(-MAX_REMEMBERED_TERMS + 1), term];
    this.#positions.clear();
    this.#waiting = [];
  }

  /** It leads no longer: the senders find out by themselves. */
  cease(): void {
    this.#term = 0;
    this.#waiting = [];
  }

  get leadsTerm(): number {
    return this.#term;
  }

  /** Whether this life of the member has led that term, if it was lately. */
  hasLed(term: number): boolean {
    return this.#led.includes(term);
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** The array to which this member's own commands and the leader's decisions are added. */
  get own(): Uint8Array[] {
    return this.#waiting;
  }

  positionOf(raftId: number): number {
    return this.#positions.get(raftId) ?? 0;
  }

  /**
   * Takes a forward frame in; anything of another term is refused by silence. Throws PeerProtocolError where the frame or a command in it
   * is not what a member would send: nothing of it is proposed then, for what is in the log every member must be able to apply.
   */
  receive(fromRaftId: number, reader: FieldReader): void {
    const term = reader.f64();
    if (term !== this.#term || this.#term === 0) return;
    const count = reader.count(LENGTH_BYTES);
    const accepted: Uint8Array[] = [];
    let position = this.positionOf(fromRaftId);
    for (let i = 0; i < count; i++) {
      const command = reader.block();
      const unfit = this.#parts.machine.whyUnfit(command, fromRaftId);
      if (unfit !== undefined) throw new PeerProtocolError(`a peer forwarded ${unfit}`);
      const number = requestNumberOf(command);
      if (number <= position) continue;
      position = number;
      accepted.push(command);
    }
    reader.end();
    for (const command of accepted) this.#waiting.push(command);
    this.#positions.set(fromRaftId, position);
  }

  /**
   * Proposes what waits, stamped with one time (of LogClock), as far as the log takes it now; keeps the rest. Each entry says what this leader would
   * have of quotas, so that whoever applies it does the same; not where a member may read it that does not know how.
   */
  propose(raft: Raft, timeMs: number): void {
    const { machine, bounds, enforcesQuotas } = this.#parts;
    const saysFlags = machine.featureLevel >= ZOOKEEPER_LEVEL;
    const flags = enforcesQuotas ? CommandFlag.enforcesQuotas : 0;
    const waiting = this.#waiting;
    let from = 0;
    while (from < waiting.length) {
      const end = endWithin(waiting, from, bounds.forwardFrameBytes);
      for (let i = from; i < end; i++) {
        stampTime(waiting[i]!, 0, timeMs);
        if (saysFlags) stampFlags(waiting[i]!, 0, flags);
      }
      if ('refused' in raft.propose(end - from === waiting.length ? waiting : waiting.slice(from, end)))
        break;
      from = end;
    }
    if (from > 0) this.#waiting = waiting.slice(from);
  }
}

/** Tells a follower up to where its requests arrived in this term: [f64 term][f64 request number]. */
export function writeForwardPosition(writer: Outbox, term: number, position: number): void {
  const start = beginFrame(writer, PeerFrame.forwardPosition);
  writer.f64(term);
  writer.f64(position);
  endFrame(writer, start);
}
