import type { NodeId } from './types.ts';

export const ProgressState = {
  /** Where the logs agree is unknown: one append at a time. */
  probe: 'probe',
  /** They agree up to `next - 1` unless messages are lost: appends are pipelined. */
  replicate: 'replicate',
  /** Needs entries that the leader's storage no longer has. */
  snapshot: 'snapshot',
} as const;
export type ProgressState = (typeof ProgressState)[keyof typeof ProgressState];

/** What a leader knows of one other member. */
export class Progress {
  readonly id: NodeId;
  state: ProgressState = ProgressState.probe;
  /** Durable at the member and equal to the leader's log, up to here. */
  match = 0;
  /** First index of the next append. */
  next: number;
  /** probe: an append is under way. */
  paused = false;
  /** The commit index of the last append that carried it. */
  sentCommit = 0;
  /** Newest heartbeat round that it echoed. */
  round = 0;
  /** Tick at which it was last heard of. */
  heardTick: number;
  /** `match` when the last heartbeat was answered: no progress since may mean a lost append. */
  matchAtHeartbeat = 0;
  /** Entries have been asked of storage, from this index; 0: not. */
  readingFrom = 0;

  /** snapshot: which one (0: not known yet), how far the member has it, and since when nothing came back. */
  snapshotIndex = 0;
  snapshotOffset = 0;
  /** A piece is being read or is under way. */
  snapshotBusy = false;
  snapshotSilentTicks = 0;

  /** Last indices of the appends under way, a ring of fixed size. */
  readonly #inflight: number[];
  #oldest = 0;
  #count = 0;

  constructor(id: NodeId, next: number, heardTick: number, maxInflight: number) {
    this.id = id;
    this.next = next;
    this.heardTick = heardTick;
    this.#inflight = new Array<number>(maxInflight).fill(0);
  }

  get inflightFull(): boolean {
    return this.#count === this.#inflight.length;
  }

  get inflightCount(): number {
    return this.#count;
  }

  sent(lastIndex: number): void {
    this.#inflight[(this.#oldest + this.#count) % this.#inflight.length] = lastIndex;
    this.#count += 1;
  }

  acknowledged(index: number): void {
    while (this.#count > 0 && (this.#inflight[this.#oldest] as number) <= index) {
      this.#oldest = (this.#oldest + 1) % this.#inflight.length;
      this.#count -= 1;
    }
  }

  becomeProbe(next: number): void {
    this.state = ProgressState.probe;
    this.next = next;
    this.paused = false;
    this.readingFrom = 0;
    this.sentCommit = 0;
    this.#count = 0;
  }

  becomeReplicate(): void {
    this.state = ProgressState.replicate;
    this.paused = false;
    this.readingFrom = 0;
    this.#count = 0;
  }

  becomeSnapshot(): void {
    this.state = ProgressState.snapshot;
    this.readingFrom = 0;
    this.#count = 0;
    this.restartSnapshot();
  }

  restartSnapshot(): void {
    this.snapshotIndex = 0;
    this.snapshotOffset = 0;
    this.snapshotBusy = false;
    this.snapshotSilentTicks = 0;
  }
}
