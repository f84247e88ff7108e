import { type Configuration, decodeConfiguration, type Raft, Role } from 'raft-ts-lite';
import type { Totals } from '../totals.ts';
import type { Report } from './report.ts';

/** Follows the configurations that the log makes, and checks that nobody leads who has no place in them. */
export class MembershipWatch {
  readonly #report: Report;
  readonly #totals: Totals;
  /** The newest that some member has applied. */
  #committed: Configuration = { index: 0, voters: [], outgoing: [], learners: [], contexts: new Map() };

  constructor(report: Report, totals: Totals) {
    this.#report = report;
    this.#totals = totals;
  }

  get committed(): Configuration {
    return this.#committed;
  }

  /** An entry of the log, as some member applies it. */
  applied(index: number, data: Uint8Array): void {
    if (index <= this.#committed.index) return;
    this.#committed = decodeConfiguration(data);
    this.#totals.add('configurations committed');
    if (this.#committed.outgoing.length > 0) this.#totals.add('joint configurations committed');
  }

  /** An election was won. `own`: the configuration of the winner's log; `known`: the newest that it knows to be committed. */
  leads(raftId: number, term: number, own: Configuration, known: Configuration = own): void {
    const { committed } = this;
    if (committed.index === 0 || isVoter(committed, raftId)) return;
    // One that is on its way makes voters, too: whoever has it in its log needs the majorities that it asks for.
    if (own.index > committed.index && isVoter(own, raftId)) return;
    // Who does not know that its removal has committed may have the one log that helps: it was elected by those who know (thesis, 4.2.2).
    if (own.index >= committed.index && isVoter(known, raftId)) return;
    const message = `Raft id ${raftId} leads term ${term}; ${tellVoters(committed)}`;
    this.#report('only a voter of the newest configuration is elected', message);
  }

  /** After each event of a member. */
  look({ id, role, configuration, commit }: Raft): void {
    if (role !== Role.leader || configuration.index > commit || isVoter(configuration, id)) return;
    const message = `Raft id ${id} knows that it was removed, and leads; ${tellVoters(configuration)}`;
    this.#report('a leader that was removed steps down', message);
  }
}

function isVoter({ voters, outgoing }: Configuration, raftId: number): boolean {
  return voters.includes(raftId) || outgoing.includes(raftId);
}

function tellVoters({ voters, outgoing }: Configuration): string {
  return `voters are ${voters.join()}${outgoing.length > 0 ? ` and, still, ${outgoing.join()}` : ''}`;
}
