import { encodeUtf8, OpCode, type Slot, Writer } from '@rookery/protocol';
import { type CommandHeader, emptyCommandHeader, encodeCommand } from '../../model/command.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Tree } from '../../tree/tree.ts';
import type { Replica } from '../replica.ts';

/** Reviews come at least so often. */
const LONGEST_PERIOD_MS = 100;
/** So many nodes are looked at for each millisecond between two reviews, and so many removed: a million of them must not stop the loop. */
const LOOKS_PER_MS = 100;
const REMOVALS_PER_MS = 2;

/** What the manager needs of the replica. */
export type Decider = Pick<Replica, 'leading' | 'decide' | 'timeMs'>;

/**
 * The leader's broom: has empty containers and TTL nodes whose time is over removed. It only proposes; whether the node is still to go is
 * decided when the entry is applied, on every member alike, by the entry's time.
 *
 *   waiting ──intervalMs──► a pass over all such nodes, a slice per review ──► waiting
 */
export class ContainerManager {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  /** How often to review. */
  readonly periodMs: number;
  readonly #header: CommandHeader = emptyCommandHeader();
  readonly #body = new Writer(256);
  /** When the next pass begins, monotonic; undefined where this member does not lead. */
  #nextPassMs: number | undefined;
  #pass: Iterator<Slot> | undefined;
  /** The tree of the pass: a snapshot may have brought another one. */
  #tree: Tree | undefined;

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.periodMs = Math.min(intervalMs, LONGEST_PERIOD_MS);
  }

  /** Called every `periodMs`. */
  removeDue(replica: Decider, tree: Tree): void {
    if (!replica.leading) {
      this.#nextPassMs = undefined;
      this.#pass = undefined;
      return;
    }
    const now = this.#clock.monotonicMs();
    this.#nextPassMs ??= now + this.#intervalMs;
    if (this.#pass === undefined || this.#tree !== tree) {
      if (now < this.#nextPassMs) return;
      this.#nextPassMs = now + this.#intervalMs;
      this.#tree = tree;
      this.#pass = tree.transients();
    }
    if (!this.#sweep(this.#pass, replica, tree)) this.#pass = undefined;
  }

  /** One slice; false where the pass is complete. */
  #sweep(pass: Iterator<Slot>, replica: Decider, tree: Tree): boolean {
    // By the clock of the log, by which it is judged again: a former leader's may have been ahead.
    const timeMs = replica.timeMs();
    const maxRemovals = REMOVALS_PER_MS * this.periodMs;
    let removals = 0;
    for (let looks = LOOKS_PER_MS * this.periodMs; looks > 0 && removals < maxRemovals; looks--) {
      const next = pass.next();
      if (next.done === true) return false;
      if (!tree.isOver(next.value, timeMs)) continue;
      removals++;
      replica.decide(this.#removalOf(tree.path(next.value)));
    }
    return true;
  }

  #removalOf(path: string): Uint8Array {
    this.#header.op = OpCode.deleteContainer;
    this.#body.clear();
    this.#body.writeBuffer(encodeUtf8(path));
    return encodeCommand(this.#header, this.#body.view());
  }
}
