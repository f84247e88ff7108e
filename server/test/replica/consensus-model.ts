import { type Entry, EntryKind, type Ready, Role } from 'raft-ts-lite';
import type { Prng } from '../../sim/prng.ts';

/** Index of the last entry before the log begins: that of a genesis with three members. */
export const GENESIS_INDEX = 3;

/**
 * What Raft promises of a log, without how it does it: each term has one leader, whose log begins with a prefix of an earlier
 * leader's that holds all that is committed; entries commit only from the newest leader's log, its own term's first one included.
 */
export class ConsensusModel {
  readonly committed: Entry[] = [];
  term = 0;
  readonly #prng: Prng;
  /** Each term's log as its leader has it. */
  readonly #logs: Entry[][] = [[]];
  readonly #leaders: number[] = [0];

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  leaderOf(term: number): number {
    return this.#leaders[term] ?? 0;
  }

  /** A new term with this leader. */
  elect(id: number): number {
    const prng = this.#prng;
    const { committed } = this;
    const heirs = this.#logs.filter((log) => committed.every((entry, i) => log[i] === entry));
    const heir = prng.pick(heirs);
    const length = committed.length + prng.below(heir.length - committed.length + 1);
    const log = heir.slice(0, length);
    this.term++;
    this.#logs.push(log);
    this.#leaders.push(id);
    this.append(this.term, EntryKind.empty, new Uint8Array(0));
    return this.term;
  }

  append(term: number, kind: EntryKind, data: Uint8Array): void {
    const log = this.#logs[term]!;
    // What was proposed is the log's: a copy, so that nobody who writes into it later changes what others apply.
    log.push({ index: GENESIS_INDEX + log.length + 1, term, kind, data: data.slice() });
  }

  /** Some or all of the newest leader's log commits. */
  commit(all: boolean): void {
    const log = this.#logs[this.term]!;
    const first = log.findIndex((entry) => entry.term === this.term);
    const least = Math.max(first + 1, this.committed.length);
    const length = all ? log.length : least + this.#prng.below(log.length - least + 1);
    this.committed.push(...log.slice(this.committed.length, length));
  }

  /** How many of the committed entries a member that has heard of no later term can have. */
  reachOf(term: number): number {
    const beyond = this.committed.findIndex((entry) => entry.term > term);
    return beyond === -1 ? this.committed.length : beyond;
  }
}

/** One member's Raft, as far as its replica looks at it. */
export class ModelRaft {
  role: Role = Role.follower;
  term = 0;
  leader = 0;
  readonly id: number;
  readonly #consensus: ConsensusModel;
  readonly #prng: Prng;
  /** Committed entries handed out, and those that may be. */
  #given = 0;
  #reach = 0;
  #snapshotTo = 0;
  #hasNews = false;
  #installing = false;
  #isHeld = false;
  /** The last entry that the newest snapshot holds. */
  installed: Entry | undefined;

  constructor(id: number, applied: number, consensus: ConsensusModel, prng: Prng) {
    this.id = id;
    this.#given = applied;
    this.#reach = applied;
    this.#consensus = consensus;
    this.#prng = prng;
  }

  lead(term: number): void {
    this.#hasNews = true;
    this.role = Role.leader;
    this.term = term;
    this.leader = this.id;
  }

  /** Stands for the term after `term`: messages leave, so its replica sees it. */
  stand(term: number): void {
    this.hear(term, 0);
    this.role = Role.candidate;
    this.#hasNews = true;
  }

  /** Hears of a term, and of its leader or of none. */
  hear(term: number, leader: number): void {
    if (term < this.term) return;
    // A new term is to be made durable; a leader that only steps down has nothing to say.
    this.#hasNews ||= term > this.term;
    this.role = Role.follower;
    this.term = term;
    this.leader = leader;
  }

  /** More of what is committed comes; `bySnapshot` as a snapshot, where it cannot be told what was applied between. */
  receive(count: number, bySnapshot: boolean): void {
    this.#reach = Math.max(this.#reach, Math.min(count, this.#consensus.reachOf(this.term)));
    if (bySnapshot) this.#snapshotTo = this.#reach;
  }

  ready(): Ready | undefined {
    const nothing = {
      messages: [],
      write: undefined,
      committed: [],
      readStates: [],
      entriesReads: [],
      snapshotReads: [],
      snapshotWrites: [],
    };
    // While a snapshot is installed nothing is applied.
    if (this.#installing) return undefined;
    if (this.#snapshotTo > this.#given) {
      this.#installing = true;
      this.installed = this.#consensus.committed[this.#snapshotTo - 1]!;
      const { index, term } = this.installed;
      this.#given = this.#snapshotTo;
      const configuration = { index: 3, voters: [1, 2, 3], outgoing: [], learners: [], contexts: new Map() };
      const snapshot = { index, term, configuration };
      return { ...nothing, write: { snapshot, hardState: undefined, entries: [], clearSuspect: false } };
    }
    const reach = this.#isHeld ? this.#given : this.#reach;
    if (reach === this.#given && !this.#hasNews) return undefined;
    this.#hasNews = false;
    const committed = this.#consensus.committed.slice(this.#given, reach);
    this.#given = reach;
    return { ...nothing, committed };
  }

  get commit(): number {
    return GENESIS_INDEX + this.#reach;
  }

  holdCommitted(isHeld: boolean): void {
    this.#isHeld = isHeld;
  }

  propose(batch: readonly Uint8Array[]): { firstIndex: number } | { refused: string } {
    if (this.role !== Role.leader) return { refused: 'not-leader' };
    if (this.#prng.chance(0.1)) return { refused: 'overloaded' };
    for (const data of batch) this.#consensus.append(this.term, EntryKind.command, data);
    return { firstIndex: 1 };
  }

  advance(): void {}
  persisted(): void {
    this.#installing = false;
  }
  peerConnected(): void {}
  peerDisconnected(): void {}
}
