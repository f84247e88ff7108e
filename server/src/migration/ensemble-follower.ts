import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../ports/logger.ts';
import type { HeldState } from '../zookeeper-learner/held-state.ts';
import { type Dial, LeaderConnection } from './leader-connection.ts';

/** A member of the ensemble that is followed, and how it is reached. */
export interface FollowedMember {
  /** host:port of its quorum port, as it was given. */
  readonly address: string;
  readonly dial: Dial;
}

/** Between rounds of asking everybody: no longer than an election. */
const RETRY_MS = 200;

/**
 * Follows whoever leads: only the leader listens on its quorum port, so each member is asked in turn. When it is gone, the next one goes on from where this
 * one was.
 */
export class EnsembleFollower {
  readonly held: HeldState;
  readonly #members: readonly FollowedMember[];
  readonly #observerId: number;
  readonly #log: Logger;
  #connection: LeaderConnection | undefined;
  #leader: FollowedMember | undefined;
  #lastProblem: string | undefined;
  #isStopped = false;
  #followed: Promise<void> = Promise.resolve();

  constructor(members: readonly FollowedMember[], observerId: number, held: HeldState, log: Logger) {
    this.#members = members;
    this.#observerId = observerId;
    this.held = held;
    this.#log = log;
  }

  /** The connection that follows, where there is one. */
  get connection(): LeaderConnection | undefined {
    return this.#connection?.isFollowing === true ? this.#connection : undefined;
  }

  get leader(): FollowedMember | undefined {
    return this.connection === undefined ? undefined : this.#leader;
  }

  /** Why nobody is followed. */
  get lastProblem(): string | undefined {
    return this.connection === undefined ? this.#lastProblem : undefined;
  }

  start(): void {
    this.#isStopped = false;
    this.#followed = this.#follow();
  }

  /** Resolves when nothing is left of it there. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#connection?.close();
    await this.#followed;
  }

  async #follow(): Promise<void> {
    while (!this.#isStopped) {
      for (const member of this.#members) {
        if (this.#isStopped) return;
        const wasFollowing = await this.#followOne(member);
        // Its place may be another one's now: all are asked without waiting.
        if (wasFollowing) break;
      }
      if (!this.#isStopped) await sleep(RETRY_MS);
    }
  }

  /** Resolves when it is over: whether it led, and was followed. */
  async #followOne(member: FollowedMember): Promise<boolean> {
    const connection = new LeaderConnection(
      member.dial,
      { serverId: this.#observerId, isVoter: false },
      this.held,
    );
    this.#connection = connection;
    connection.begin();
    const isUpToDate = await connection.upToDate.then(
      () => true,
      () => false,
    );
    if (isUpToDate) {
      this.#leader = member;
      this.#log.info({ leader: member.address, zxid: hex(this.held.zxid) }, 'the ensemble is followed');
    }
    const why = await connection.ended;
    if (!this.#isStopped) this.#lastProblem = `${member.address}: ${why}`;
    if (isUpToDate && !this.#isStopped) this.#log.warn({ leader: member.address, why }, 'lost the leader');
    return isUpToDate;
  }
}

export function hex(zxid: number): string {
  return `0x${zxid.toString(16)}`;
}
