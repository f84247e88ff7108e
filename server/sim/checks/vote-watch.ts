import { type Message, MessageType, type VoteRequest } from 'raft-ts-lite';
import { ByteReader } from '../../src/replica/byte-reader.ts';
import { FrameSplitter } from '../../src/replica/frame-splitter.ts';
import { PeerFrame } from '../../src/replica/peer-frames.ts';
import { readRaftMessage } from '../../src/replica/raft-codec.ts';

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
  isSuspect(label: number): boolean;
  /** The durable ends of the logs of all voters, also of those that are down. */
  voterLogs(): readonly LogEnd[];
}

export interface VoteTotals {
  votes: number;
  preVotes: number;
  suspectVotes: number;
  acknowledgements: number;
}

/** Bytes of a frame's beginning that say whether the watch cares: kind, then the message's type. */
const KIND_AT = 0;
const TYPE_AT = 1;

/**
 * Listens to what members promise each other: one vote a term, none by an id whose disk was lost, by a suspect only for the
 * newest log of all. Reads the wire, so that no member's own idea of its state is trusted.
 */
export class VoteWatch {
  readonly #report: (rule: string, message: string) => void;
  readonly #states: VoterStates;
  /** `term:voter` → candidate. */
  readonly #votes = new Map<string, number>();
  /** By `term:candidate`. */
  readonly #candidacies = new Map<string, Candidacy>();
  readonly #lost = new Set<number>();
  readonly totals: VoteTotals = { votes: 0, preVotes: 0, suspectVotes: 0, acknowledgements: 0 };

  constructor(report: (rule: string, message: string) => void, states: VoterStates) {
    this.#report = report;
    this.#states = states;
  }

  /** The disk of this Raft id is gone: it must never vote or acknowledge again. */
  lost(raftId: number): void {
    this.#lost.add(raftId);
  }

  sent(from: number, frames: Uint8Array): void {
    new FrameSplitter().push(frames, (frame) => {
      if (frame[KIND_AT] !== PeerFrame.raft) return;
      const type = frame[TYPE_AT];
      if (
        type !== MessageType.voteResponse &&
        type !== MessageType.preVoteResponse &&
        type !== MessageType.vote &&
        type !== MessageType.appendResponse
      ) {
        return;
      }
      this.#message(from, readRaftMessage(new ByteReader(frame.subarray(TYPE_AT))));
    });
  }

  #message(label: number, message: Message): void {
    switch (message.type) {
      case MessageType.vote:
        // A candidate has voted for itself.
        this.#stands(message);
        this.#vote(label, message.from, message.from, message.term);
        return;
      case MessageType.voteResponse:
        if (message.granted) this.#vote(label, message.from, message.to, message.term);
        return;
      case MessageType.preVoteResponse:
        if (message.granted) this.totals.preVotes++;
        return;
      case MessageType.appendResponse:
        if (!message.accepted) return;
        this.totals.acknowledgements++;
        if (this.#lost.has(message.from)) {
          this.#report(
            'a lost disk acknowledges nothing',
            `member ${label} acknowledges as Raft id ${message.from}`,
          );
        }
        return;
      default:
    }
  }

  #vote(label: number, voter: number, candidate: number, term: number): void {
    this.totals.votes++;
    if (this.#lost.has(voter)) {
      this.#report('a lost disk does not vote', `member ${label} votes as Raft id ${voter} in term ${term}`);
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
    if (!this.#states.isSuspect(label)) return;
    this.totals.suspectVotes++;
    const candidacy = this.#candidacies.get(`${term}:${candidate}`);
    if (candidacy === undefined || candidacy.newer.length > 0) {
      this.#report(
        'a suspect votes for the newest log only',
        `member ${label} (Raft id ${voter}) for ${candidate} in term ${term}: ${JSON.stringify(candidacy)}`,
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
