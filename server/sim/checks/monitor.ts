import { Role } from 'raft-ts-lite';
import type { Running } from '../../src/member.ts';
import type { Host } from '../host.ts';
import type { Totals } from '../totals.ts';
import type { RecoveredState } from './promise-watch.ts';

interface Seen {
  readonly running: Running;
  appliedIndex: number;
  role: string;
  term: number;
}

/** Looks at the members after each of their events and checks what must hold at every moment. */
export class Monitor {
  readonly #report: (rule: string, message: string) => void;
  readonly #totals: Totals;
  readonly #restarted: (recovered: RecoveredState) => void;
  /** Term → Raft id of its leader. */
  readonly #leaders = new Map<number, number>();
  /** Applied index → digest and who had it first. */
  readonly #digests = new Map<number, { digest: string; term: number; by: string }>();
  /** Raft ids of members that lost their disk and vote again. */
  readonly #rebuilt = new Set<number>();
  readonly #seen = new Map<number, Seen>();
  digestsCompared = 0;

  constructor(
    report: (rule: string, message: string) => void,
    totals: Totals,
    restarted: (recovered: RecoveredState) => void,
  ) {
    this.#report = report;
    this.#totals = totals;
    this.#restarted = restarted;
  }

  look(host: Host): void {
    const running = host.member?.running;
    if (running === undefined) return;
    let seen = this.#seen.get(host.label);
    if (seen?.running !== running) {
      seen = { running, appliedIndex: -1, role: '', term: -1 };
      this.#seen.set(host.label, seen);
      countWrites(running, this.#totals);
      const { id, term, vote, lastIndex, isSuspect } = running.replica.raft;
      this.#restarted({ raftId: id, term, vote, lastIndex, suspect: isSuspect });
      if (isSuspect) this.#totals.add('suspects');
    }
    const { raft } = running.replica;
    const { role, term, id } = raft;
    if (
      id > running.identity.genesis.index &&
      !this.#rebuilt.has(id) &&
      raft.configuration.voters.includes(id)
    ) {
      this.#rebuilt.add(id);
      this.#totals.add('members rebuilt');
    }
    if (role !== seen.role || term !== seen.term) {
      seen.role = role;
      seen.term = term;
      if (role === Role.leader) this.#leads(host, id, term);
    }
    const { machine } = running;
    if (machine.appliedIndex === seen.appliedIndex) return;
    if (machine.appliedIndex < seen.appliedIndex) {
      this.#report(
        'a tree does not go back',
        `${host.name}: from ${seen.appliedIndex} to ${machine.appliedIndex}`,
      );
    }
    seen.appliedIndex = machine.appliedIndex;
    this.#compare(host, machine.appliedIndex, machine.appliedTerm, machine.digest());
  }

  /** The last look at a life. */
  ended(host: Host): void {
    const running = host.member?.running;
    if (running !== undefined) this.#totals.add('snapshots taken', running.snapshots.taken);
    this.#seen.delete(host.label);
  }

  #leads(host: Host, raftId: number, term: number): void {
    const other = this.#leaders.get(term);
    if (other === undefined) {
      this.#leaders.set(term, raftId);
      this.#totals.add('elections');
    } else if (other !== raftId) {
      this.#report('one leader a term', `Raft ids ${other} and ${raftId} (${host.name}) lead term ${term}`);
    }
  }

  #compare(host: Host, index: number, term: number, digest: string): void {
    const known = this.#digests.get(index);
    if (known === undefined) {
      this.#digests.set(index, { digest, term, by: host.name });
      return;
    }
    this.digestsCompared++;
    if (known.term !== term) {
      this.#report(
        'one entry an index',
        `at ${index} ${known.by} applied term ${known.term}, ${host.name} ${term}`,
      );
    } else if (known.digest !== digest) {
      this.#report('equal digests', `at ${index} ${known.by} has ${known.digest}, ${host.name} ${digest}`);
    }
  }
}

/** Counts what a life's log goes through, as Raft hands it over to be written. */
function countWrites(running: Running, totals: Totals): void {
  const { raft } = running.replica;
  const ready = raft.ready.bind(raft);
  let last = raft.lastIndex;
  raft.ready = () => {
    const work = ready();
    const write = work?.write;
    if (write?.snapshot !== undefined) {
      totals.add('snapshots installed');
      last = write.snapshot.index;
    }
    const first = write?.entries[0];
    if (write !== undefined && first !== undefined) {
      if (first.index <= last) totals.add('truncations');
      last = first.index + write.entries.length - 1;
    }
    return work;
  };
}
