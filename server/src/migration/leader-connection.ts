import type { Socket } from 'node:net';
import type { HeldState } from '../zookeeper-learner/held-state.ts';
import { Learner, LearnerFault, type LearnerPlan, type LearnerSink } from '../zookeeper-learner/learner.ts';
import type { QuorumConfig } from '../zookeeper-learner/quorum-config.ts';

/** Where the leader may be asked, and how: by TCP or TLS. */
export type Dial = () => Socket;

/** Longer than an election takes, during which a leader does not answer; it pings twice a tick otherwise. */
const SILENT_MS = 30_000;

/** One connection to a leader, whose state it brings to where the leader's is. Over when `ended` resolves, which tells why. */
export class LeaderConnection {
  readonly ended: Promise<string>;
  /** Rejects where it ends before. */
  readonly upToDate: Promise<void>;
  readonly #socket: Socket;
  readonly #learner: Learner;
  readonly #held: HeldState;
  readonly #marks = new Map<number, () => void>();
  #nextMark = 1;
  #config: QuorumConfig | undefined;
  #lastProposed = 0;
  #why = '';
  #resolveUpToDate: () => void = () => {};

  constructor(dial: Dial, plan: Omit<LearnerPlan, 'zxid'>, held: HeldState) {
    this.#held = held;
    this.#learner = new Learner({ ...plan, zxid: held.zxid }, this.#sink());
    const socket = dial();
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setTimeout(SILENT_MS, () => this.#end(`it was silent for ${SILENT_MS / 1000} s`));
    socket.on('data', (piece: Buffer) => this.#take(piece));
    this.ended = new Promise((resolve) => {
      socket.once('error', (error) => this.#end(error.message));
      socket.once('close', () => resolve(this.#why === '' ? 'the leader closed the connection' : this.#why));
    });
    this.upToDate = new Promise((resolve, reject) => {
      this.#resolveUpToDate = resolve;
      void this.ended.then((why) => reject(new Error(why)));
    });
    // Whoever does not wait for it is told by `ended`.
    this.upToDate.catch(() => {});
  }

  /** To be called once the connection is there, or will be: what is sent waits for it. */
  begin(): void {
    this.#learner.begin();
  }

  get isFollowing(): boolean {
    return this.#learner.isFollowing && !this.#socket.destroyed;
  }

  /** The ensemble's members, as the leader told them; undefined before. */
  get config(): QuorumConfig | undefined {
    return this.#config;
  }

  /** Of the last transaction that the leader proposed, as of its last ping: it may not be committed yet. */
  get lastProposed(): number {
    return this.#lastProposed;
  }

  /** Resolves once all has come that the leader had committed or proposed when this was called; rejects where the connection ends. */
  async caughtUp(): Promise<void> {
    const mark = this.#nextMark++;
    const answered = new Promise<void>((resolve) => this.#marks.set(mark, resolve));
    this.#learner.mark(mark);
    const over = this.ended.then((why) => {
      throw new Error(why);
    });
    await Promise.race([answered, over]);
  }

  /** See `Learner`. */
  fence(): void {
    this.#learner.fence();
  }

  close(): void {
    this.#end('it was called off');
  }

  #take(piece: Uint8Array): void {
    if (this.#socket.destroyed) return;
    const fault = this.#learner.feed(piece);
    if (fault === undefined) return;
    // Whatever is held may be what is wrong.
    if (fault !== LearnerFault.unexpectedPacket) this.#held.forget();
    this.#end(`what it sent is not taken: ${this.#held.fault ?? fault}`);
  }

  #end(why: string): void {
    if (this.#why === '') this.#why = why;
    this.#socket.destroy();
  }

  #sink(): LearnerSink {
    const held = this.#held;
    const unless = (isTaken: boolean): void => {
      if (!isTaken) this.#end(`its state cannot be had: ${held.fault ?? 'nothing was held'}`);
    };
    return {
      send: (bytes) => void this.#socket.write(bytes),
      snapshotBegins: (zxid) => held.beginSnapshot(zxid),
      snapshotEnds: () => unless(held.endSnapshot()),
      committed: (_zxid, bytes, start, end) => unless(held.apply(bytes, start, end)),
      isExact: () => held.settle(),
      isUpToDate: () => this.#resolveUpToDate(),
      members: (config) => {
        this.#config = config;
      },
      pinged: (lastProposed) => {
        this.#lastProposed = lastProposed;
      },
      marked: (mark) => {
        this.#marks.get(mark)?.();
        this.#marks.delete(mark);
      },
    };
  }
}
