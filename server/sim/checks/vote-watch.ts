import { type Message, MessageType } from 'raft-ts-lite';
import { ByteReader } from '../../src/replica/byte-reader.ts';
import { FrameSplitter } from '../../src/replica/frame-splitter.ts';
import { PeerFrame } from '../../src/replica/peer-frames.ts';
import { readRaftMessage } from '../../src/replica/raft-codec.ts';

/** What the watch wants to know of the member that sends. */
export interface VoterState {
  readonly suspect: boolean;
  /** A suspect may vote when nobody can know more: every voter's log is seen, and none is newer than the candidate's. */
  newestOfAll(candidate: number): boolean;
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
 * Listens to what members promise each other: one vote a term, none by an id whose disk was lost, none by a suspect unless it
 * cannot harm. Reads the wire, so that no member's own idea of its state is trusted.
 */
export class VoteWatch {
  readonly #report: (rule: string, message: string) => void;
  readonly #stateOf: (label: number) => VoterState | undefined;
  /** `term:voter` → candidate. */
  readonly #votes = new Map<string, number>();
  readonly #lost = new Set<number>();
  readonly totals: VoteTotals = { votes: 0, preVotes: 0, suspectVotes: 0, acknowledgements: 0 };

  constructor(
    report: (rule: string, message: string) => void,
    stateOf: (label: number) => VoterState | undefined,
  ) {
    this.#report = report;
    this.#stateOf = stateOf;
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
    const state = this.#stateOf(label);
    if (state === undefined || !state.suspect) return;
    this.totals.suspectVotes++;
    if (!state.newestOfAll(candidate)) {
      this.#report(
        'a suspect does not vote',
        `member ${label} (Raft id ${voter}) for ${candidate} in term ${term}`,
      );
    }
  }
}
