import { type Message, MessageType, type VoteRequest } from 'raft-ts-lite';
import { FieldReader } from '../../src/codec/field-reader.ts';
import { peerFormat } from '../../src/replica/peers/peer-format.ts';
import { PeerFrame } from '../../src/replica/peers/peer-frames.ts';
import { readRaftMessage } from '../../src/replica/peers/raft-codec.ts';

/** Where a log ends. */
export interface LogEnd {
  readonly index: number;
  readonly term: number;
}

interface Candidacy {
  readonly end: LogEnd;
  /** Ends of voters' logs that are newer. */
  readonly newer: readonly LogEnd[];
}

/** What the watch asks of the ensemble. */
export interface VoterStates {
  isSuspect(serverId: number): boolean;
  /** The durable ends of the logs of all voters, also of those that are down. */
  voterLogs(): readonly LogEnd[];
}

export interface PromiseTotals {
  votes: number;
  preVotes: number;
  suspectVotes: number;
  acknowledgements: number;
}

/** What a member finds on its disk when it comes up again. */
export interface RecoveredState {
  readonly raftId: number;
  readonly term: number;
  readonly vote: number;
  readonly lastIndex: number;
  readonly suspect: boolean;
}

const LENGTH_BYTES = 4;

/** Messages that promise something, or that a promise answers. */
const WATCHED: ReadonlySet<number> = new Set([
  MessageType.vote,
  MessageType.voteResponse,
  MessageType.preVoteResponse,
  MessageType.appendResponse,
  MessageType.snapshotResponse,
]);

/**
 * Listens to what members promise each other: one vote a term, none by an id whose disk was lost, by a suspect only for the
 * newest log of all; and what was promised, a vote or entries acknowledged, is there after a crash. Reads the wire, so that no
 * member's own idea of its state is trusted.
 */
export class PromiseWatch {
  readonly #report: (rule: string, message: string) => void;
  readonly #states: VoterStates;
  /** `term:voter` → candidate. */
  readonly #votes = new Map<string, number>();
  /** By `term:candidate`. */
  readonly #candidacies = new Map<string, Candidacy>();
  /** By Raft id: the newest vote, and how far the log was acknowledged to the leader of the newest term. */
  readonly #lastVotes = new Map<number, { readonly term: number; readonly candidate: number }>();
  readonly #acknowledged = new Map<number, LogEnd>();
  readonly #lost = new Set<number>();
  readonly totals: PromiseTotals = { votes: 0, preVotes: 0, suspectVotes: 0, acknowledgements: 0 };

  constructor(report: (rule: string, message: string) => void, states: VoterStates) {
    this.#report = report;
    this.#states = states;
  }

  /** The disk of this Raft id is gone: it must never vote or acknowledge again. */
  lost(raftId: number): void {
    this.#lost.add(raftId);
  }

  /** Whole frames, [u32 length][u8 kind][payload] each, as a member hands them over. */
  sent(from: number, frames: Uint8Array): void {
    const view = new DataView(frames.buffer, frames.byteOffset, frames.byteLength);
    for (let at = 0; at < frames.length; ) {
      const kindAt = at + LENGTH_BYTES;
      const end = kindAt + view.getUint32(at);
      if (view.getUint8(kindAt) === PeerFrame.raft && WATCHED.has(view.getUint8(kindAt + 1))) {
        this.#message(from, readRaftMessage(new FieldReader(frames.subarray(kindAt + 1, end), peerFormat)));
      }
      at = end;
    }
  }

  #message(serverId: number, message: Message): void {
    switch (message.type) {
      case MessageType.vote:
        // A candidate has voted for itself.
        this.#stands(message);
        this.#vote(serverId, message.from, message.from, message.term);
        return;
      case MessageType.voteResponse:
        if (message.granted) this.#vote(serverId, message.from, message.to, message.term);
        return;
      case MessageType.preVoteResponse:
        if (message.granted) this.totals.preVotes++;
        return;
      case MessageType.appendResponse:
        if (message.accepted) this.#acknowledge(serverId, message);
        return;
      case MessageType.snapshotResponse:
        if (message.installed) this.#acknowledge(serverId, message);
        return;
      default:
    }
  }

  /**
   * A new life of a member begins with what its disk held. Within a term nothing acknowledged is ever cut off again: the leader of that
   * term has it all. A suspect knows that it may have lost entries; its term and its vote are apart from the log.
   */
  restarted({ raftId, term, vote, lastIndex, suspect }: RecoveredState): void {
    const voted = this.#lastVotes.get(raftId);
    if (voted !== undefined && (term < voted.term || (term === voted.term && vote !== voted.candidate))) {
      const found = `finds vote ${vote} in term ${term}`;
      this.#report(
        'a vote is durable',
        `Raft id ${raftId} voted for ${voted.candidate} in term ${voted.term}, and ${found}`,
      );
    }
    const acknowledged = this.#acknowledged.get(raftId);
    if (
      acknowledged !== undefined &&
      (term < acknowledged.term || (!suspect && term === acknowledged.term && lastIndex < acknowledged.index))
    ) {
      const found = `finds a log to ${lastIndex} in term ${term}`;
      this.#report(
        'what is acknowledged is durable',
        `Raft id ${raftId} acknowledged up to ${acknowledged.index} in term ${acknowledged.term}, and ${found}`,
      );
    }
  }

  #acknowledge(serverId: number, { from, term, index }: { from: number; term: number; index: number }): void {
    this.totals.acknowledgements++;
    if (this.#lost.has(from)) {
      this.#report('a lost disk acknowledges nothing', `member ${serverId} acknowledges as Raft id ${from}`);
    }
    const before = this.#acknowledged.get(from);
    if (before?.term === term && before.index >= index) return;
    this.#acknowledged.set(from, { index, term });
  }

  #vote(serverId: number, voter: number, candidate: number, term: number): void {
    this.totals.votes++;
    if (this.#lost.has(voter)) {
      this.#report(
        'a lost disk does not vote',
        `member ${serverId} votes as Raft id ${voter} in term ${term}`,
      );
    }
    const key = `${term}:${voter}`;
    const before = this.#votes.get(key);
    if (before !== undefined && before !== candidate) {
      this.#report(
        'one vote a term',
        `Raft id ${voter} voted for ${before} and for ${candidate} in term ${term}`,
      );
    }
    this.#votes.set(key, candidate);
    this.#lastVotes.set(voter, { term, candidate });
    if (!this.#states.isSuspect(serverId)) return;
    this.totals.suspectVotes++;
    const candidacy = this.#candidacies.get(`${term}:${candidate}`);
    if (candidacy === undefined || candidacy.newer.length > 0) {
      this.#report(
        'a suspect votes for the newest log only',
        `member ${serverId} (Raft id ${voter}) for ${candidate} in term ${term}: ${JSON.stringify(candidacy)}`,
      );
    }
  }

  /** The voters' logs count as they are when somebody stands: what the elected one appends later is newer than its own log was. */
  #stands({ term, from, lastIndex, lastTerm }: VoteRequest): void {
    const key = `${term}:${from}`;
    if (this.#candidacies.has(key)) return;
    const end = { index: lastIndex, term: lastTerm };
    const newer = this.#states.voterLogs().filter((log) => isNewer(log, end));
    this.#candidacies.set(key, { end, newer });
  }
}

function isNewer(a: LogEnd, b: LogEnd): boolean {
  return a.term > b.term || (a.term === b.term && a.index > b.index);
}
