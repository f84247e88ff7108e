import type { NodeId, Raft } from 'raft-ts-lite';
import type { Bounds } from '../bounds/bounds.ts';
import type { FieldReader } from '../codec/field-reader.ts';
import type { Links } from './peers/links.ts';
import { type ProposalQueue, writeForwardPosition } from './proposal-queue.ts';
import { type Requests, writeForwards } from './requests.ts';

export interface ForwardingParts {
  readonly raft: Raft;
  readonly requests: Requests;
  readonly proposals: ProposalQueue;
  readonly links: Links;
  readonly bounds: Pick<Bounds, 'forwardFrameBytes'>;
}

/**
 * This member's requests on their way to the leader, and as the leader what it tells the others of theirs: a follower forwards once the leader has
 * said over the link up to where its requests have arrived.
 */
export class Forwarding {
  readonly #parts: ForwardingParts;
  /** The leader that last said up to where it has this member's requests (forwardPosition), … */
  #to: NodeId = 0;
  /** … and in which term: then it may be handed more. 0 for none, or where the link with it broke since. */
  #term = 0;

  constructor(parts: ForwardingParts) {
    this.#parts = parts;
  }

  /** Hands over what waits. `appliedTerm`: of the newest entry that was applied; `leaderServerId`: under which the leader is linked. */
  handOver(appliedTerm: number, leaderServerId: number | undefined): void {
    const { raft, requests, proposals, links, bounds } = this.#parts;
    if (requests.unsent === 0) return;
    const { term } = raft;
    // Before the first entry of this term was applied, what older terms did with earlier requests is not known yet.
    if (appliedTerm !== term) return;
    if (proposals.leadsTerm === term) {
      requests.handOver(term, proposals.own);
      return;
    }
    if (leaderServerId === undefined || this.#term !== term) return;
    const outbox = links.outbox(leaderServerId);
    if (outbox === undefined) return;
    const commands: Uint8Array[] = [];
    requests.handOver(term, commands);
    writeForwards(outbox, term, commands, bounds.forwardFrameBytes);
  }

  /** A leader says up to where it has this member's requests: what follows is sent again. */
  receivePosition(raftId: NodeId, reader: FieldReader): void {
    const term = reader.f64();
    // A former leader that does not know yet says so on a new link, possibly after the new leader's, which may be all that this
    // member has of the new term.
    if (term < this.#parts.raft.term || term < this.#term) return;
    this.#parts.requests.resumeAfter(reader.f64(), term);
    this.#to = raftId;
    this.#term = term;
  }

  /** As the leader: tells a follower up to where its requests have arrived. */
  sendPosition(raftId: NodeId, serverId: number): void {
    const { links, proposals } = this.#parts;
    const outbox = links.outbox(serverId);
    if (outbox !== undefined) writeForwardPosition(outbox, proposals.leadsTerm, proposals.positionOf(raftId));
  }

  peerDown(raftId: NodeId): void {
    if (raftId === this.#to) this.#term = 0;
  }
}
