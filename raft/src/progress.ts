import { Fitness, type NodeId } from './types.ts';

/**
 * The appends under way to one follower, bounded by their number and by their bytes: without the latter a follower behind a slow link
 * would have a window full of large entries wait for it in the leader's memory. One append may always be under way.
 */
export class Inflight {
  readonly #maxBytes: number;
  /** Rings of fixed size: each append's last index, and its bytes. */
  readonly #lastIndices: number[];
  readonly #sizes: number[];
  #oldest = 0;
  #count = 0;
  #bytes = 0;

  constructor(maxMessages: number, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#lastIndices = new Array<number>(maxMessages).fill(0);
    this.#sizes = new Array<number>(maxMessages).fill(0);
  }

  get isFull(): boolean {
    return this.#count === this.#sizes.length || this.#bytes >= this.#maxBytes;
  }

  sent(lastIndex: number, bytes: number): void {
    const newest = (this.#oldest + this.#count) % this.#sizes.length;
    this.#lastIndices[newest] = lastIndex;
    this.#sizes[newest] = bytes;
    this.#count += 1;
    this.#bytes += bytes;
  }

  acknowledged(index: number): void {
    while (this.#count > 0 && (this.#lastIndices[this.#oldest] as number) <= index) {
      this.#bytes -= this.#sizes[this.#oldest] as number;
      this.#oldest = (this.#oldest + 1) % this.#sizes.length;
      this.#count -= 1;
    }
  }

  clear(): void {
    this.#count = 0;
    this.#bytes = 0;
  }
}

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
  /** As its answers to heartbeats say. */
  fitness: Fitness = Fitness.able;
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

  /** replicate: the appends under way. */
  readonly inflight: Inflight;

  constructor(id: NodeId, next: number, heardTick: number, inflight: Inflight) {
    this.id = id;
    this.next = next;
    this.heardTick = heardTick;
    this.inflight = inflight;
  }

  becomeProbe(next: number): void {
    this.state = ProgressState.probe;
    this.next = next;
    this.paused = false;
    this.readingFrom = 0;
    this.sentCommit = 0;
    this.inflight.clear();
  }

  becomeReplicate(): void {
    this.state = ProgressState.replicate;
    this.paused = false;
    this.readingFrom = 0;
    this.inflight.clear();
  }

  becomeSnapshot(): void {
    this.state = ProgressState.snapshot;
    this.readingFrom = 0;
    this.inflight.clear();
    this.restartSnapshot();
  }

  restartSnapshot(): void {
    this.snapshotIndex = 0;
    this.snapshotOffset = 0;
    this.snapshotBusy = false;
    this.snapshotSilentTicks = 0;
  }
}
