import { OpCode, Reader } from '@rookery/protocol';
import { type Configuration, decodeConfiguration, type Entry, EntryKind, Role } from 'raft-ts-lite';
import type { RunningReplica } from '../../src/member-parts.ts';
import { COMMAND_HEADER_BYTES, emptyCommandHeader, readCommandHeader } from '../../src/model/command.ts';
import { memberOf } from '../../src/replica/membership/membership.ts';
import { Tree } from '../../src/tree/tree.ts';
import type { Host } from '../host.ts';
import type { Oracle } from '../oracle/oracle.ts';
import type { VirtualTime } from '../scheduler.ts';
import type { Totals } from '../totals.ts';
import type { RecoveredState } from './promise-watch.ts';

const NODES_AT_GENESIS = new Tree().nodeCount;

export interface MonitorEvents {
  report(rule: string, message: string): void;
  restarted(recovered: RecoveredState): void;
  /** Raft runs on a machine, in a new life. */
  runs(host: Host, running: RunningReplica): void;
  /** A member has applied more. */
  moved(host: Host): void;
  /** The first time that a leader of this term is seen; `configuration` is that of its log. */
  leads(term: number, raftId: number, configuration: Configuration, known: Configuration): void;
  /** Some member applies a configuration, for the first time or again. */
  configured(index: number, data: Uint8Array): void;
  /** A leader puts an expiry on its way. */
  expires(host: Host, term: number, session: number, attachIndex: number): void;
}

interface Seen {
  readonly running: RunningReplica;
  appliedIndex: number;
  role: string;
  term: number;
}

/** Looks at the members after each of their events and checks what must hold at every moment. */
export class Monitor {
  readonly #events: MonitorEvents;
  readonly #totals: Totals;
  readonly #oracle: Oracle;
  readonly #time: VirtualTime;
  /** Term → Raft id of its leader. */
  readonly #leaders = new Map<number, number>();
  /** Applied index → digest and who had it first. */
  readonly #digests = new Map<number, { digest: string; term: number; by: string }>();
  /** Raft ids of members that lost their disk and vote again. */
  readonly #rebuilt = new Set<number>();
  readonly #seen = new Map<number, Seen>();
  digestsCompared = 0;

  constructor(events: MonitorEvents, totals: Totals, oracle: Oracle, time: VirtualTime) {
    this.#events = events;
    this.#totals = totals;
    this.#oracle = oracle;
    this.#time = time;
  }

  look(host: Host): void {
    const running = host.member?.running;
    if (running === undefined) return;
    let seen = this.#seen.get(host.serverId);
    if (seen?.running !== running) {
      seen = { running, appliedIndex: -1, role: '', term: -1 };
      this.#seen.set(host.serverId, seen);
      countWrites(running, this.#totals);
      this.#follow(host, running);
      this.#events.runs(host, running);
      const { id, term, vote, lastIndex, isSuspect } = running.replica.raft;
      this.#events.restarted({ raftId: id, term, vote, lastIndex, suspect: isSuspect });
      if (isSuspect) this.#totals.add('suspects');
    }
    const { raft } = running.replica;
    const { role, term, id } = raft;
    if (
      id > running.identity.genesis.index &&
      !this.#rebuilt.has(id) &&
      raft.configuration.voters.includes(id) &&
      memberOf(running.identity.genesis, host.serverId) !== undefined
    ) {
      this.#rebuilt.add(id);
      this.#totals.add('members rebuilt');
    }
    if (role !== seen.role || term !== seen.term) {
      seen.role = role;
      seen.term = term;
      if (role === Role.leader)
        this.#leads(host, id, term, raft.configuration, raft.configurationAt(raft.commit));
    }
    const { machine } = running;
    // In the middle of an entry the state is nobody's to see.
    if (machine.isAmid || machine.appliedIndex === seen.appliedIndex) return;
    if (machine.appliedIndex < seen.appliedIndex) {
      this.#events.report(
        'a tree does not go back',
        `${host.name}: from ${seen.appliedIndex} to ${machine.appliedIndex}`,
      );
    }
    seen.appliedIndex = machine.appliedIndex;
    this.#events.moved(host);
    this.#count(host, running);
    this.#compare(host, machine.appliedIndex, machine.appliedTerm, machine.digest());
  }

  /** Whether this Raft id has led a term above `term`. */
  hasLedSince(raftId: number, term: number): boolean {
    for (const [led, leader] of this.#leaders) if (leader === raftId && led > term) return true;
    return false;
  }

  /** The last look at a life. */
  ended(host: Host): void {
    const running = host.member?.running;
    if (running !== undefined) this.#totals.add('snapshots taken', running.snapshots.taken);
    this.#seen.delete(host.serverId);
  }

  /** Tells the oracle what this life applies, and hears of the expiries that it decides. */
  #follow(host: Host, { machine, replica }: RunningReplica): void {
    const apply = machine.apply.bind(machine);
    machine.apply = (entry) => {
      const result = apply(entry);
      this.#oracle.applied(entry.index, entry.term, entry.data, result, this.#time.nowMs);
      return result;
    };
    const skip = machine.skip.bind(machine);
    machine.skip = (entry) => {
      skip(entry);
      if (entry.kind === EntryKind.configuration) this.#events.configured(entry.index, entry.data);
      this.#oracle.passed(entry.index, isForcedRecovery(entry));
    };
    const decide = replica.decide.bind(replica);
    replica.decide = (command) => {
      const header = emptyCommandHeader();
      if (replica.leading && readCommandHeader(command, 0, header) && header.op === OpCode.expireSession) {
        const body = new Reader().reset(command, COMMAND_HEADER_BYTES, command.length);
        this.#events.expires(host, replica.raft.term, header.session, body.readLong());
      }
      decide(command);
    };
  }

  /** Sessions, ephemeral nodes and nodes are those that the log made, no more and no fewer. */
  #count(host: Host, { machine, identity }: RunningReplica): void {
    const { tree, sessions, appliedIndex } = machine;
    if (appliedIndex <= identity.genesis.index) return;
    const census = this.#oracle.censusAt(appliedIndex);
    const has = {
      sessions: sessions.size,
      ephemerals: tree.ephemeralCount,
      nodes: tree.nodeCount - NODES_AT_GENESIS,
    };
    if (
      has.sessions === census.sessions &&
      has.ephemerals === census.ephemerals &&
      has.nodes === census.nodes
    ) {
      return;
    }
    this.#events.report(
      'a member has the sessions and nodes that the log made',
      `${host.name} at ${appliedIndex}: ${JSON.stringify(has)} instead of ${JSON.stringify(census)}`,
    );
  }

  #leads(host: Host, raftId: number, term: number, configuration: Configuration, known: Configuration): void {
    const other = this.#leaders.get(term);
    if (other === undefined) {
      this.#leaders.set(term, raftId);
      this.#totals.add('elections');
      this.#events.leads(term, raftId, configuration, known);
    } else if (other !== raftId) {
      this.#events.report(
        'one leader a term',
        `Raft ids ${other} and ${raftId} (${host.name}) lead term ${term}`,
      );
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
      this.#events.report(
        'one entry an index',
        `at ${index} ${known.by} applied term ${known.term}, ${host.name} ${term}`,
      );
    } else if (known.digest !== digest) {
      this.#events.report(
        'equal digests',
        `at ${index} ${known.by} has ${known.digest}, ${host.name} ${digest}`,
      );
    }
  }
}

function isForcedRecovery({ index, kind, data }: Entry): boolean {
  return kind === EntryKind.configuration && decodeConfiguration(data).recovery?.index === index;
}

/** Counts what a life's log goes through, as Raft hands it over to be written. */
function countWrites(running: RunningReplica, totals: Totals): void {
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
