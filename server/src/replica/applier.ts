import { OpCode } from '@rookery/protocol';
import { type Entry, EntryKind } from 'raft-ts-lite';
import type { Bounds } from '../bounds/bounds.ts';
import type { Applied } from './applied.ts';
import type { OwnCommands } from './own-commands.ts';
import type { ReplicaEvents } from './replica-parts.ts';
import type { Requests } from './requests.ts';
import type { StateMachine } from './state-machine.ts';
import { Steps } from './steps.ts';
import { UnusableData } from './unusable-data.ts';

export interface ApplierParts {
  readonly raftId: number;
  readonly machine: StateMachine;
  readonly requests: Requests;
  readonly bounds: Pick<Bounds, 'turnSteps' | 'pieceNodes'>;
  readonly events: ReplicaEvents;
  /** undefined: nobody wants to hear of them. */
  readonly own: OwnCommands | undefined;
  /** This build cannot apply what comes next: nothing more is applied. */
  fail(error: UnusableData): void;
  /** It is about to be applied. */
  beginEntry(entry: Entry): void;
}

const nothing: readonly Entry[] = [];
/** A chunk of a restore is some thousand nodes. */
const RESTORE_STEPS = 5_000;

/**
 * Applies committed entries, as many in a turn of the loop as its steps allow; the rest waits for the next turns, so that neither many entries nor a
 * long one keep heartbeats from leaving. Each entry is whole for whoever reads: while one has been begun and is not through, which may take
 * several turns, requests of clients are held.
 *
 *   apply ──► its watchers are told ──► reply, end of the entry ──► the next one
 *     ╰─ goOn (more nodes of its session) ─◄─╯
 */
export class Applier {
  readonly #parts: ApplierParts;
  readonly #steps = new Steps();
  #entries = nothing;
  /** The one of `entries` that is being applied, or is next. */
  #at = 0;
  /** It was begun and is not through. */
  #current: Applied | undefined;
  /** Changes of its piece of which watchers have heard. */
  #told = 0;
  #isHolding = false;

  constructor(parts: ApplierParts) {
    this.#parts = parts;
  }

  /** Something that was taken is not applied. */
  get isBusy(): boolean {
    return this.#at < this.#entries.length;
  }

  /**
   * A turn begins. Of `behind` entries that are committed and not applied it may apply a quarter, however small its steps: who is slower than
   * the others would otherwise fall behind without end, and keep in memory what it has not applied.
   */
  beginTurn(behind: number): void {
    this.#steps.left = Math.max(this.#parts.bounds.turnSteps, behind >> 2);
  }

  /** Takes what comes next; only while not busy. */
  enqueue(entries: readonly Entry[]): void {
    this.#entries = entries;
    this.#at = 0;
  }

  /** Goes on until all is applied, or the turn's steps are spent. */
  run(): void {
    try {
      this.#applyEntries();
    } catch (error) {
      if (!(error instanceof UnusableData)) throw error;
      this.#parts.fail(error);
    }
    if (!this.isBusy) this.#entries = nothing;
    this.#hold(this.#current !== undefined);
  }

  #applyEntries(): void {
    const steps = this.#steps;
    const parts = this.#parts;
    while (this.isBusy && !steps.areSpent) {
      if (this.#current === undefined) this.#begin(this.#entries[this.#at]!);
      else if (this.#told < (this.#current.changes?.changeCount ?? 0)) this.#tell(this.#current);
      else this.#piece(parts.machine.goOn());
    }
  }

  /** A snapshot takes the place of all that was taken. Requests stay held where the state is between two entries', until `overtaken`. */
  drop(): void {
    this.#entries = nothing;
    this.#current = undefined;
  }

  /** The state is the snapshot's. */
  overtaken(): void {
    this.#hold(false);
  }

  #begin(entry: Entry): void {
    const parts = this.#parts;
    if (entry.index <= parts.machine.appliedIndex) {
      this.#at++;
      return;
    }
    parts.beginEntry(entry);
    if (entry.kind === EntryKind.command) {
      this.#piece(parts.machine.apply(entry));
      return;
    }
    this.#steps.spend(1);
    parts.machine.skip(entry);
    if (entry.kind === EntryKind.configuration) parts.events.configured();
    this.#at++;
  }

  #piece(result: Applied): void {
    this.#current = result;
    this.#told = 0;
    const seenSteps =
      result.changes === undefined ? this.#silentSteps(result) : 1 + result.changes.changeCount;
    this.#steps.spend(seenSteps + result.unseenSteps);
    const { own } = this.#parts;
    if (own !== undefined) this.#steps.spend(own.changed(result, this.#entries[this.#at]!));
    this.#tell(result);
  }

  /** Of a piece without a change. */
  #silentSteps({ op }: Applied): number {
    const { machine, bounds } = this.#parts;
    // It has put as many nodes in order.
    if (machine.isAmid) return bounds.pieceNodes;
    return op === OpCode.restore ? RESTORE_STEPS : 1;
  }

  /** Watchers hear of a change before anybody is answered from the new state. */
  #tell(result: Applied): void {
    const { machine, events } = this.#parts;
    const { changes } = result;
    if (changes !== undefined) {
      this.#told = events.changed(result, this.#told, this.#steps);
      if (this.#told < changes.changeCount) return;
    }
    if (!machine.isAmid) this.#through(result);
  }

  #through(result: Applied): void {
    const { raftId, requests, events, own } = this.#parts;
    if (own !== undefined) this.#steps.spend(own.applied(result, this.#entries[this.#at]!));
    this.#current = undefined;
    this.#at++;
    this.#hold(false);
    if (result.origin === raftId) requests.settle(result.requestNumber)?.applied(result);
    events.commandApplied(result);
  }

  #hold(isHolding: boolean): void {
    if (this.#isHolding === isHolding) return;
    this.#isHolding = isHolding;
    this.#parts.events.held(isHolding);
  }
}
