import { type Message, MessageType, ProgressState, type Ready } from 'raft-ts-lite';
import type { Bounds } from '../../src/bounds/bounds.ts';
import type { Member } from '../../src/member.ts';
import type { RunningReplica } from '../../src/member-parts.ts';
import type { Totals } from '../totals.ts';
import type { Report } from './report.ts';

/** What an entry costs in Raft's account of bytes, beside its data, is less than this. */
const ENTRY_OVERHEAD_BYTES = 64;

/** Up to an index, so many bytes. */
interface Part {
  readonly to: number;
  readonly bytes: number;
}

/** What one life of a member does by the bounds of its log and of what it sends to the others. */
export class LogBounds {
  readonly #running: RunningReplica;
  readonly #bounds: Bounds;
  readonly #report: Report;
  readonly #totals: Totals;
  /** Proposed here in #term, and not known to be durable here. */
  #notDurable: Part[] = [];
  #term = 0;
  /** By Raft id: appends that were sent in #term and are not acknowledged. */
  readonly #underWay = new Map<number, Part[]>();
  #segments: number;

  constructor(member: Member, running: RunningReplica, bounds: Bounds, report: Report, totals: Totals) {
    this.#running = running;
    this.#bounds = bounds;
    this.#report = report;
    this.#totals = totals;
    this.#segments = segmentsOf(member);
    this.#followProposals();
    this.#followWork();
    this.#followLeader(member);
    this.#followTurns(member);
    this.#countLinks(member);
    this.#countStorage(member);
  }

  /** Something was applied. */
  look(member: Member): void {
    const segments = segmentsOf(member);
    if (segments > this.#segments) this.#count('segment full');
    this.#segments = segments;
  }

  #count(what: string): void {
    this.#totals.add(`bound: ${what}`);
  }

  /** A leader takes no more than it can write: where its own disk stands still, the others commit without it. */
  #followProposals(): void {
    const { raft } = this.#running.replica;
    const { uncommittedBytes } = this.#bounds;
    const propose = raft.propose.bind(raft);
    raft.propose = (batch) => {
      const committing = raft.uncommittedBytes;
      const waiting = this.#notDurableBytes(raft.term, raft.persistedIndex);
      let bytes = 0;
      for (const { length } of batch) bytes += length;
      const result = propose(batch);
      if (result.refused === 'overloaded') {
        this.#count(committing + bytes > uncommittedBytes ? 'too much uncommitted' : 'too much not durable');
      }
      if (result.firstIndex === undefined) return result;
      if (waiting > 0 && waiting + bytes > uncommittedBytes) {
        const message = `${bytes} bytes more than ${waiting}; ${uncommittedBytes} are allowed`;
        this.#report('a leader takes no more than it has written', message);
      }
      this.#notDurable.push({ to: result.firstIndex + batch.length - 1, bytes });
      return result;
    };
  }

  #notDurableBytes(term: number, persistedIndex: number): number {
    if (term !== this.#term) {
      this.#term = term;
      this.#notDurable = [];
      this.#underWay.clear();
    }
    while (this.#notDurable[0] !== undefined && this.#notDurable[0].to <= persistedIndex)
      this.#notDurable.shift();
    return this.#notDurable.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** What Raft puts off, cuts in pieces or has to read again. */
  #followWork(): void {
    const { replica, machine } = this.#running;
    const { raft } = replica;
    const holdCommitted = raft.holdCommitted.bind(raft);
    raft.holdCommitted = (held) => {
      if (held) this.#count(machine.isAmid ? 'entry in pieces' : 'steps of a turn');
      holdCommitted(held);
    };
    const ready = raft.ready.bind(raft);
    raft.ready = () => {
      const work = ready();
      if (work !== undefined) this.#work(work);
      return work;
    };
  }

  #work({ messages, entriesReads, snapshotWrites }: Ready): void {
    const { raft } = this.#running.replica;
    const { appendBytes, inflightBytes } = this.#bounds;
    for (const message of messages) this.#message(message);
    for (const { to, maxBytes } of entriesReads) {
      this.#count(to === raft.id ? 'own entries read again' : 'entries have left memory');
      if (maxBytes > (to === raft.id ? appendBytes : Math.max(appendBytes, inflightBytes))) {
        this.#report('entries are read in bounded memory', `${maxBytes} bytes at once for Raft id ${to}`);
      }
    }
    for (const { offset } of snapshotWrites) if (offset > 0) this.#count('snapshot in pieces');
  }

  #message(message: Message): void {
    if (message.type !== MessageType.append || message.entries.length === 0) return;
    const { appendBytes } = this.#bounds;
    const { entries } = message;
    let bytes = 0;
    for (const { data } of entries) bytes += data.length;
    this.#sent(message.to, { to: message.prevIndex + entries.length, bytes });
    if (entries.length === 1) {
      if (bytes > appendBytes) this.#count('entry above an append');
      return;
    }
    if (bytes > appendBytes + entries.length * ENTRY_OVERHEAD_BYTES)
      this.#report('an append is bounded', `${bytes} bytes in ${entries.length} entries`);
    if (bytes > appendBytes / 2) this.#count('append full');
  }

  /** Counts only: what is lost with a link this does not see. */
  #sent(to: number, append: Part): void {
    const { inflightAppends, inflightBytes } = this.#bounds;
    const peer = this.#running.replica.raft.peers().find(({ id }) => id === to);
    if (peer === undefined || peer.state !== ProgressState.replicate) {
      this.#underWay.delete(to);
      return;
    }
    const underWay = this.#underWay.get(to)?.filter((each) => each.to > peer.match) ?? [];
    underWay.push(append);
    this.#underWay.set(to, underWay);
    if (underWay.length >= inflightAppends) this.#count('appends under way');
    if (underWay.reduce((sum, { bytes }) => sum + bytes, 0) >= inflightBytes)
      this.#count('bytes of appends under way');
  }

  /** Who comes back serves nobody before it has what its leader knew to be committed when it first spoke to it. */
  #followLeader(member: Member): void {
    const { clients } = member;
    const { replica } = this.#running;
    const { raft } = replica;
    let committed = 0;
    let term = 0;
    const step = raft.step.bind(raft);
    raft.step = (message) => {
      if (message.type === MessageType.append && message.term > Math.max(term, raft.term - 1)) {
        term = message.term;
        committed = message.commit;
      }
      step(message);
    };
    const serve = clients.serve.bind(clients);
    clients.serve = () => {
      // One that joined anew under another id has the same clients.
      const isCurrent = member.running === this.#running && raft.term === term;
      if (!clients.serving && isCurrent && replica.appliedIndex < committed) {
        const message = `Raft id ${raft.id} has applied ${replica.appliedIndex} of ${committed}`;
        this.#report('a member that comes back catches up before it serves', message);
      }
      serve();
    };
  }

  /** A turn applies so much and no more, or a quarter of what waits: heartbeats come between. */
  #followTurns({ clients }: Member): void {
    const { machine, replica } = this.#running;
    let applied = 0;
    let behind = 0;
    const apply = machine.apply.bind(machine);
    machine.apply = (entry) => {
      if (applied++ === 0) behind = replica.raft.commit - machine.appliedIndex;
      return apply(entry);
    };
    const turned = clients.turned.bind(clients);
    clients.turned = () => {
      if (applied > Math.max(this.#bounds.turnSteps, behind / 4) + 1)
        this.#report('a turn applies so much and no more', `${applied} entries of ${behind} that waited`);
      applied = 0;
      turned();
    };
  }

  #countLinks({ links }: Member): void {
    const isBacklogged = links.isBacklogged.bind(links);
    links.isBacklogged = (serverId) => {
      const backlogged = isBacklogged(serverId);
      if (backlogged) this.#count('piece of a snapshot waits for its link');
      return backlogged;
    };
  }

  #countStorage({ storage }: Member): void {
    if (storage === undefined) return;
    const keepSnapshots = storage.keepSnapshots.bind(storage);
    storage.keepSnapshots = (indices) => {
      if (indices.size > 0) this.#count('snapshot kept for a member');
      keepSnapshots(indices);
    };
    const reserveBoot = storage.reserveBoot.bind(storage);
    storage.reserveBoot = () => {
      this.#count('numbers reserved');
      return reserveBoot();
    };
  }
}

function segmentsOf({ storage }: Member): number {
  return storage?.metrics().logSegments ?? 0;
}
