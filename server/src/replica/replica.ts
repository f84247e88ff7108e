import {
  type Entry,
  type Message,
  MessageType,
  type NodeId,
  type Raft,
  type Ready,
  Role,
  type Write,
} from 'raft-ts-lite';
import type { FieldReader } from '../codec/field-reader.ts';
import { StorageErrorCode } from '../errors/error-codes.ts';
import { SizeRange } from '../model/size-range.ts';
import { Room } from '../storage/free-space-monitor.ts';
import { Applier } from './applier.ts';
import { DiskTrouble } from './disk-trouble.ts';
import { EntriesReader } from './entries-reader.ts';
import { Forwarding } from './forwarding.ts';
import { LogClock } from './log-clock.ts';
import { LogTimes } from './log-times.ts';
import { NumberReserve } from './number-reserve.ts';
import { OwnCommands } from './own-commands.ts';
import { AppendCheck } from './peers/append-check.ts';
import { beginFrame, endFrame, PeerFrame } from './peers/peer-frames.ts';
import { checkTerm, readRaftMessage, writeRaftMessage } from './peers/raft-codec.ts';
import { ProposalQueue } from './proposal-queue.ts';
import { ReadBarrier } from './read-barrier.ts';
import type { ReplicaParts } from './replica-parts.ts';
import { type Request, Requests } from './requests.ts';
import type { StateMachine } from './state-machine.ts';

/** A member that lacks no more than this of the log has caught up: the rest takes milliseconds. */
const NEARLY_ENTRIES = 1_000;

/**
 * THE loop of a member. Inputs (requests, frames, ticks, completed writes) only change state and ask for a turn; a turn takes in
 * all that came and moves the work on, in this order:
 *
 *   1. own requests go to the leader: into the proposal queue, or as one forward frame;
 *   2. the proposal queue goes to Raft;
 *   3. Raft's messages leave; they promise nothing that is not durable;
 *   4. committed entries are applied, as many as a turn may, replies and events leave;
 *   5. then the disk: one write at a time, the next one gathers meanwhile; what it makes true (votes, acknowledgements, the
 *      leader's own share of a quorum) leaves only after its sync.
 */
export class Replica {
  readonly raft: Raft;
  readonly requests: Requests;
  readonly reads: ReadBarrier;
  readonly #parts: ReplicaParts;
  readonly #machine: StateMachine;
  readonly #entriesReader: EntriesReader;
  readonly #proposals: ProposalQueue;
  readonly #forwarding: Forwarding;
  readonly #applier: Applier;
  readonly #logClock = new LogClock();
  readonly #numberReserve: NumberReserve;
  /** Raft id → server id of the members whose links are up. */
  readonly #serverIds = new Map<NodeId, number>();
  #appliedTerm = 0;
  /** When this member last began to lead, monotonic. */
  leadsSinceMs = 0;
  /** Of the entries that were applied here since then. */
  readonly proposalSizes = new SizeRange();
  readonly times = new LogTimes();
  readonly #diskTrouble: DiskTrouble;
  readonly appendCheck: AppendCheck;
  #scheduled = false;
  #working = false;
  #stopped = false;
  #pendingWrite: Write | undefined;
  #writing = false;
  #known: { role: Role | undefined; term: number; leader: NodeId } = {
    role: undefined,
    term: -1,
    leader: -1,
  };

  constructor(parts: ReplicaParts) {
    this.#parts = parts;
    this.raft = parts.raft;
    this.#diskTrouble = new DiskTrouble(parts.log);
    this.appendCheck = new AppendCheck(parts.machine, parts);
    const { numbers, bounds } = parts;
    this.requests = new Requests(numbers, bounds.forwardWindowBytes);
    this.#proposals = new ProposalQueue(bounds.forwardFrameBytes, parts.machine.whyUnfit);
    this.#numberReserve = new NumberReserve(numbers, parts.storage, (error) => this.#fail(error));
    this.#machine = parts.machine;
    const proposals = this.#proposals;
    const { requests } = this;
    this.#forwarding = new Forwarding({ ...parts, requests, proposals });
    const { witness } = parts;
    const hasLed = (term: number): boolean => proposals.hasLed(term);
    const own = witness && new OwnCommands({ ...parts, requests, hasLed, witness });
    this.#applier = new Applier({
      ...parts,
      requests,
      own,
      fail: (error) => this.#fail(error),
      beginEntry: (entry) => this.#beginEntry(entry),
    });
    this.reads = new ReadBarrier(numbers, (token) => this.raft.readIndex(token));
    this.#entriesReader = new EntriesReader({
      ...parts,
      wake: () => this.wake(),
      fail: (error) => this.#fail(error),
    });
    this.#observeLeadership();
  }

  /** Index of the last entry that the tree holds. */
  get appliedIndex(): number {
    return this.#machine.appliedIndex;
  }

  /** Has applied what its leader had committed, less than an election timeout ago. */
  get caughtUp(): boolean {
    return this.raft.hasCaughtUp(this.#machine.appliedIndex);
  }

  /** The server id under which the leader is linked; undefined where there is none, or it is this member. */
  get leaderServerId(): number | undefined {
    return this.#serverIds.get(this.raft.leader);
  }

  /** Whether another member has nearly all of the log, as far as this leader knows: of one that it has not heard from, it does not. */
  isCaughtUp(raftId: NodeId): boolean {
    return this.raft
      .peers()
      .some(({ id, match }) => id === raftId && match > 0 && match + NEARLY_ENTRIES >= this.raft.commit);
  }

  /**
   * As a leader: how much room the disks of a majority have. Of the others' it knows only that they are short of it: where it is not itself,
   * it takes them for exhausted.
   */
  get room(): Room {
    if (!this.raft.lacksRoom) return Room.ample;
    return this.#parts.storage.room === Room.scarce ? Room.scarce : Room.exhausted;
  }

  /** How long this member has not heard its leader, or as the leader no majority; stalls of this process do not count. */
  get silentMs(): number {
    return this.raft.silentTicks * this.#parts.tickMs;
  }

  get leading(): boolean {
    return this.#proposals.leadsTerm !== 0;
  }

  /** As a leader: the time that an entry which is proposed now would carry. */
  timeMs(): number {
    const { clock } = this.#parts;
    return this.#logClock.read(clock.wallMs(), clock.monotonicMs());
  }

  stop(): void {
    this.#stopped = true;
    this.#tellLost();
    this.#entriesReader.stop();
    this.#parts.snapshots.stop();
  }

  /** Takes a request of a client of this member. Its outcome comes through `Request` and `ReplicaEvents`. */
  submit(request: Request): void {
    this.requests.push(request);
    this.wake();
  }

  /** The leader's own decisions (an expiry, a checkpoint) go into the log behind what waits. Ignored elsewhere. */
  decide(command: Uint8Array): void {
    if (this.#proposals.leadsTerm === 0) return;
    this.#proposals.own.push(command);
    this.wake();
  }

  tick(): void {
    this.raft.tick();
    this.reads.tick();
    this.#numberReserve.tick(Math.max(this.requests.last, this.reads.last));
    this.#parts.links.tick();
    this.#diskTrouble.tick(this.raft, this.#serverIdOf);
    this.wake();
  }

  peerUp(serverId: number, raftId: NodeId): void {
    const isKnown = this.#serverIds.has(raftId);
    this.#serverIds.set(raftId, serverId);
    // A position belongs to the beginning of a link: later it would be behind what is under way already.
    if (!isKnown) {
      this.raft.peerConnected(raftId);
      if (this.#proposals.leadsTerm !== 0) this.#forwarding.sendPosition(raftId, serverId);
    }
    this.wake();
  }

  peerDown(raftId: NodeId): void {
    if (!this.#serverIds.delete(raftId)) return;
    this.#forwarding.peerDown(raftId);
    this.raft.peerDisconnected(raftId);
    this.wake();
  }

  /** A frame from a member of this cluster. Throws PeerProtocolError on what cannot be read. */
  frame(raftId: NodeId, kind: number, reader: FieldReader): void {
    switch (kind) {
      case PeerFrame.raft: {
        const message = readRaftMessage(reader);
        // A link speaks for one member only.
        if (message.from !== raftId || message.to !== this.#parts.raftId) break;
        checkTerm(message.term, this.raft.term);
        if (this.appendCheck.passes(message, this.#serverIds.get(raftId))) this.raft.step(message);
        break;
      }
      case PeerFrame.forward:
        this.#proposals.receive(raftId, reader);
        break;
      case PeerFrame.forwardPosition:
        this.#forwarding.receivePosition(raftId, reader);
    }
    this.wake();
  }

  /** Asks for a turn at the end of this one. */
  wake(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    this.#parts.scheduler.defer(this.#turn);
  }

  readonly #turn = (): void => {
    this.#scheduled = false;
    if (this.#stopped) return;
    this.#forwarding.handOver(this.#appliedTerm, this.leaderServerId);
    const { handedOverBytes } = this.requests;
    if (this.#proposals.length > 0) this.#propose();
    this.reads.ask();
    this.#applier.beginTurn(this.raft.commit - this.#machine.appliedIndex);
    this.#work();
    this.#parts.events.flush();
    this.#parts.links.flush();
    this.#parts.events.turned();
    if (this.#applier.isBusy) this.wake();
    // What was applied made room in the window.
    if (this.requests.unsent > 0 && this.requests.handedOverBytes < handedOverBytes) this.wake();
  };

  #propose(): void {
    this.#proposals.propose(this.raft, this.timeMs());
    this.times.proposed(this.raft.lastIndex, this.#parts.clock.monotonicMs());
  }

  /** Moves Raft's work until there is none that can be done now. */
  #work(): void {
    if (this.#working) return;
    this.#working = true;
    try {
      if (this.#applier.isBusy) this.#apply();
      for (let ready = this.raft.ready(); ready !== undefined && !this.#stopped; ready = this.raft.ready()) {
        this.#process(ready);
        if (this.#pendingWrite === undefined || this.#writing) continue;
        // The disk may take its time, in this very turn: what can leave leaves before.
        this.#parts.events.flush();
        this.#parts.links.flush();
        this.#startWrite(this.#pendingWrite);
      }
      // While a disk hangs there is no work, and yet another member may lead already.
      this.#observeLeadership();
    } finally {
      this.#working = false;
    }
  }

  #process(ready: Ready): void {
    const { messages, committed, readStates, snapshotWrites } = ready;
    for (let i = 0; i < messages.length; i++) this.#send(messages[i]!);
    this.#observeLeadership();
    for (let i = 0; i < readStates.length; i++) this.reads.confirmed(readStates[i]!);
    if (committed.length > 0) {
      if (this.leading) this.times.committed(this.raft.commit, this.#parts.clock.monotonicMs());
      this.#applier.enqueue(committed);
      this.#apply();
    } else this.reads.release(this.#machine.appliedIndex);
    for (const read of ready.entriesReads) this.#entriesReader.read(read);
    for (const read of ready.snapshotReads) this.#parts.snapshots.serve(read, this);
    for (let i = 0; i < snapshotWrites.length; i++) this.#parts.snapshots.receive(snapshotWrites[i]!, this);
    if (ready.write !== undefined) this.#pendingWrite = ready.write;
    this.raft.advance(ready);
    this.#parts.snapshots.consider(this);
  }

  #send(message: Message): void {
    const serverId = this.#serverIds.get(message.to);
    if (serverId === undefined) return;
    const outbox = this.#parts.links.outbox(serverId);
    if (outbox === undefined) return;
    // Raft asks for a piece again until it is answered, however slow the link.
    if (message.type === MessageType.snapshotChunk && this.#parts.links.isBacklogged(serverId)) return;
    const start = beginFrame(outbox, PeerFrame.raft);
    writeRaftMessage(outbox, message);
    endFrame(outbox, start);
  }

  #startWrite(write: Write): void {
    this.#writing = true;
    this.#pendingWrite = undefined;
    this.#parts.storage.persist(write, (error) => {
      if (error === undefined) this.#written(write);
      else if (error.code === StorageErrorCode.full) this.#refused(write, error.message);
      else this.#fail(error);
    });
  }

  #written(write: Write): void {
    if (write.snapshot !== undefined) {
      // Raft applies nothing until it hears that the write is done: by then the state is the snapshot's.
      this.#tellLost();
      this.requests.abandonHandedOver();
      this.#applier.drop();
      this.raft.holdCommitted(false);
      this.#parts.snapshots.load().then(
        () => {
          this.#parts.events.overtaken();
          this.#applier.overtaken();
          this.#appliedTerm = this.#machine.appliedTerm;
          this.requests.resolveOlderTerms(this.#appliedTerm);
          this.#finishWrite(write);
          this.#parts.events.configured();
        },
        (error: Error) => this.#fail(error),
      );
      return;
    }
    this.#finishWrite(write);
  }

  #finishWrite(write: Write): void {
    this.#writing = false;
    this.raft.persisted(write);
    if (!this.#working) this.wake();
  }

  /** Nothing of it is durable, so nothing is acknowledged; `diskTrouble` sees to it that it is tried again. */
  #refused(write: Write, reason: string): void {
    this.#writing = false;
    this.#diskTrouble.refused(reason);
    this.raft.writeRefused(write);
    if (!this.#working) this.wake();
  }

  /** What becomes of what was handed over cannot be known here. */
  #tellLost(): void {
    const { witness } = this.#parts;
    if (witness === undefined) return;
    for (const command of this.requests.handedOver()) witness.lost(command);
  }

  readonly #serverIdOf = (raftId: NodeId): number | undefined => this.#serverIds.get(raftId);

  #fail(error: Error): void {
    this.#stopped = true;
    this.#parts.fatal(error);
  }

  /** Applies what this turn may. Raft hands out more once nothing is left of it. */
  #apply(): void {
    const { clock, events } = this.#parts;
    events.applying();
    const beganMs = clock.monotonicMs();
    this.#applier.run();
    this.times.apply.observe(clock.monotonicMs() - beganMs);
    this.raft.holdCommitted(this.#applier.isBusy);
    this.reads.release(this.#machine.appliedIndex);
  }

  #beginEntry({ term, data }: Entry): void {
    if (this.leading) this.proposalSizes.record(data.length);
    if (term <= this.#appliedTerm) return;
    this.#appliedTerm = term;
    this.requests.resolveOlderTerms(term);
    if (this.raft.role !== Role.leader || this.raft.term !== term) return;
    this.#proposals.lead(term);
    this.proposalSizes.reset();
    this.leadsSinceMs = this.#parts.clock.monotonicMs();
    this.#logClock.startTerm(this.#machine.lastTimeMs, this.leadsSinceMs);
    for (const [raftId, serverId] of this.#serverIds) this.#forwarding.sendPosition(raftId, serverId);
  }

  #observeLeadership(): void {
    const { role, term, leader } = this.raft;
    const known = this.#known;
    if (known.role === role && known.term === term && known.leader === leader) return;
    if (role !== Role.leader || known.term !== term) {
      this.#proposals.cease();
      this.times.ceased();
    }
    this.#known = { role, term, leader };
    this.#parts.events.leadershipChanged(this.raft);
  }
}
