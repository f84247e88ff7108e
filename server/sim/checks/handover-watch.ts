import { type Raft, Role } from 'raft-ts-lite';
import type { Totals } from '../totals.ts';

interface Handover {
  readonly term: number;
  readonly target: number;
  readonly asked: boolean;
}

/** Counts how leadership is handed on: because somebody asked for it, or because the leader knows of one that is fitter. */
export class HandoverWatch {
  readonly #totals: Totals;
  /** By the Raft id of the leader that hands over. */
  readonly #underWay = new Map<number, Handover>();

  constructor(totals: Totals) {
    this.#totals = totals;
  }

  /** Raft runs, in a new life. */
  runs(raft: Raft): void {
    this.#underWay.delete(raft.id);
    const transfer = raft.transferLeadership.bind(raft);
    raft.transferLeadership = (target) => {
      const match = raft.peers().find((peer) => peer.id === target)?.match ?? 0;
      const refused = transfer(target);
      if (refused === undefined) {
        this.#underWay.set(raft.id, { term: raft.term, target, asked: true });
        this.#totals.add('transfers begun');
        if (match < raft.commit) this.#totals.add('transfers to a member that lags');
      } else this.#totals.add('transfers refused');
      return refused;
    };
  }

  /** After each event of a member. */
  look({ id, term, role, transferee }: Raft): void {
    const handover = this.#underWay.get(id);
    if (handover === undefined) {
      if (transferee === 0) return;
      this.#underWay.set(id, { term, target: transferee, asked: false });
      this.#totals.add('hand-overs of leaders by themselves');
    } else if (transferee === 0 && role === Role.leader && term === handover.term) {
      this.#ends(id, handover, 'given up');
    }
  }

  /** A member leads a new term. */
  leads(leader: number, term: number): void {
    for (const [id, handover] of this.#underWay) {
      if (term > handover.term)
        this.#ends(id, handover, leader === handover.target ? 'finished' : 'given up');
    }
  }

  #ends(id: number, { asked }: Handover, how: 'finished' | 'given up'): void {
    this.#underWay.delete(id);
    if (asked) this.#totals.add(`transfers ${how}`);
  }
}
