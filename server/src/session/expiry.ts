import type { SessionId } from '../model/ids.ts';
import type { Session } from './session.ts';

/** Deadlines are kept in steps of this: a session expires up to this much later than its timeout, never earlier. */
export const BUCKET_MS = 100;
const NOTHING = Number.POSITIVE_INFINITY;

interface Timer {
  readonly timeoutMs: number;
  /** When it was heard of last. */
  touchedAt: number;
  /** The bucket in which it stands; its deadline may have moved further since. */
  bucket: number;
}

/** A session that has been silent for its timeout, and the attachment under which it was. */
export interface ExpiredSession {
  readonly id: SessionId;
  readonly attachIndex: number;
}

/**
 * The leader's watch over silent sessions, on a monotonic clock that is passed in as `now` (ms). A touch only writes a number:
 * the timer moves to a later bucket when its old one comes up, so that a hundred thousand sessions that ping cost nothing
 * between.
 *
 *   bucket  … | 41 | 42 | 43 | 44 | …     at 42: silent since the deadline → expired; touched since → to the bucket of
 *               ids  ids  ids  ids                its new deadline
 */
export class SessionExpiry {
  readonly #timers = new Map<SessionId, Timer>();
  readonly #buckets = new Map<number, Set<SessionId>>();
  /** Sessions of which nothing is known yet. */
  #untracked: Iterator<Session> | undefined;
  /** Everything in earlier buckets has been looked at. */
  #nextBucket = NOTHING;

  get size(): number {
    return this.#timers.size;
  }

  /**
   * A new leader knows nothing of the silence before it: every session gets its whole timeout again. `goOn` has to follow, again and again:
   * it is what takes them in.
   */
  watchOver(sessions: Iterable<Session>): void {
    this.end();
    this.#untracked = sessions[Symbol.iterator]();
  }

  /** Takes in `most` more of the sessions that there were at the beginning; their time begins now, and that of former ones is over. */
  goOn(sessions: SessionLookup, now: number, most: number): void {
    for (let left = most; left > 0 && this.#untracked !== undefined; left--) {
      const next = this.#untracked.next();
      if (next.done === true) this.#untracked = undefined;
      // Created or attached meanwhile: the log has told of it.
      else if (!this.#timers.has(next.value.id)) {
        const { id, timeoutMs } = next.value;
        this.add(id, timeoutMs, sessions.isFormer(id) ? now - timeoutMs : now);
      }
    }
  }

  /** Leads no more. */
  end(): void {
    this.#untracked = undefined;
    this.#timers.clear();
    this.#buckets.clear();
    this.#nextBucket = NOTHING;
  }

  /** When each session expires unless it is heard of. */
  *deadlines(): Iterable<readonly [id: SessionId, deadline: number]> {
    for (const [id, { touchedAt, timeoutMs }] of this.#timers) yield [id, touchedAt + timeoutMs];
  }

  /** When this session does; undefined where it is not known. */
  deadlineOf(id: SessionId): number | undefined {
    const timer = this.#timers.get(id);
    return timer === undefined ? undefined : timer.touchedAt + timer.timeoutMs;
  }

  add(id: SessionId, timeoutMs: number, now: number): void {
    this.remove(id);
    const bucket = bucketOf(now + timeoutMs);
    this.#timers.set(id, { timeoutMs, touchedAt: now, bucket });
    this.#place(id, bucket);
  }

  remove(id: SessionId): void {
    const timer = this.#timers.get(id);
    if (timer === undefined) return;
    this.#timers.delete(id);
    const ids = this.#buckets.get(timer.bucket);
    if (ids === undefined) return;
    ids.delete(id);
    if (ids.size === 0) this.#buckets.delete(timer.bucket);
  }

  /** The session's client was heard of. Unknown sessions are ignored: touches may come late. */
  touch(id: SessionId, now: number): void {
    const timer = this.#timers.get(id);
    if (timer !== undefined && now > timer.touchedAt) timer.touchedAt = now;
  }

  /** The event loop stood still for `stallMs`, in which nobody could be heard: every deadline moves by that much. */
  extend(stallMs: number): void {
    for (const timer of this.#timers.values()) timer.touchedAt += stallMs;
  }

  /**
   * Appends to `expired` the sessions silent for their timeout, with the attachment that `sessions` knows. They stay tracked
   * and are named again after another timeout, unless they are removed: the command that ends them may be lost or void. Where it
   * would be more than `most` at once, the later ones come with the next calls.
   */
  collect(sessions: SessionLookup, now: number, expired: ExpiredSession[], most: number): void {
    const last = Math.floor(now / BUCKET_MS);
    if (last - this.#nextBucket <= this.#buckets.size) {
      for (let bucket = this.#nextBucket; bucket <= last; bucket++)
        if (!this.#open(bucket, sessions, now, expired, most)) return;
    } else {
      // After a long pause there are fewer buckets than have passed.
      const due = [...this.#buckets.keys()].filter((bucket) => bucket <= last).sort((a, b) => a - b);
      for (const bucket of due) if (!this.#open(bucket, sessions, now, expired, most)) return;
    }
    this.#nextBucket = this.#buckets.size === 0 ? NOTHING : last + 1;
  }

  /** False where it was left before its end, to be gone on with. */
  #open(
    bucket: number,
    sessions: SessionLookup,
    now: number,
    expired: ExpiredSession[],
    most: number,
  ): boolean {
    const ids = this.#buckets.get(bucket);
    if (ids === undefined) return true;
    for (const id of ids) {
      if (expired.length >= most) {
        this.#nextBucket = bucket;
        return false;
      }
      ids.delete(id);
      this.#review(id, sessions, now, expired);
    }
    this.#buckets.delete(bucket);
    return true;
  }

  #review(id: SessionId, sessions: SessionLookup, now: number, expired: ExpiredSession[]): void {
    const timer = this.#timers.get(id)!;
    const session = sessions.get(id);
    if (session === undefined) {
      this.#timers.delete(id);
      return;
    }
    if (timer.touchedAt + timer.timeoutMs <= now || sessions.isFormer(id)) {
      expired.push({ id, attachIndex: session.attachIndex });
      timer.touchedAt = now;
    }
    timer.bucket = Math.max(bucketOf(timer.touchedAt + timer.timeoutMs), Math.floor(now / BUCKET_MS) + 1);
    this.#place(id, timer.bucket);
  }

  #place(id: SessionId, bucket: number): void {
    const ids = this.#buckets.get(bucket);
    if (ids === undefined) this.#buckets.set(bucket, new Set([id]));
    else ids.add(id);
    if (bucket < this.#nextBucket) this.#nextBucket = bucket;
  }
}

export interface SessionLookup {
  get(id: SessionId): Session | undefined;
  /** It is from before a forced recovery: nothing keeps it alive. */
  isFormer(id: SessionId): boolean;
}

/** The first bucket that begins at or after the deadline. */
function bucketOf(deadline: number): number {
  return Math.ceil(deadline / BUCKET_MS);
}
