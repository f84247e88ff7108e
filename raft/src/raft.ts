import { readToApply, takeCommitted } from './applying.ts';
import { completeWrite, refuseWrite, retryWrites, takeWrite } from './durability.ts';
import { onDurableVote, tickElection } from './election.ts';
import { InvariantViolation } from './errors.ts';
import { canWrite, fitnessOf, lacksRoom } from './fitness.ts';
import { acknowledge } from './follower.ts';
import {
  bestSuccessor,
  continueTransfer,
  fitterSuccessor,
  tickLeader,
  transferLeadership,
} from './leadership.ts';
import { afterCommit, isChangeInFlight, proposeConfiguration } from './membership.ts';
import type { Message } from './messages.ts';
import { RaftNode } from './node.ts';
import type { RaftOptions } from './options.ts';
import { quorumSilentTicks } from './quorum.ts';
import { confirmReads, readIndex, tickReads } from './read-index.ts';
import type {
  ConfigurationChange,
  ConfigurationResult,
  PeerStatus,
  ProposeResult,
  Ready,
  TransferResult,
  Write,
} from './ready.ts';
import { advanceCommit, entriesRead, propose, replicate, sendHeartbeats } from './replication.ts';
import type { Leader } from './roles.ts';
import {
  snapshotRead,
  snapshotReadFailed,
  snapshotWriteFailed,
  snapshotWritten,
} from './snapshot-transfer.ts';
import { peerConnected, peerDisconnected, step } from './step.ts';
import { clearWhenCaughtUp, tickSuspect } from './suspect.ts';
import {
  type Configuration,
  type Entry,
  type Fitness,
  type NodeId,
  Role,
  type SnapshotMeta,
} from './types.ts';

/**
 * One member of a Raft cluster, without I/O, clock or randomness of its own. The program around it calls `tick` at a
 * steady rate (ticks missed while the process stalled are not made up for), `step` for each message that arrives, and
 * after every turn `ready()` until that is undefined: it sends the messages, persists the Write and later calls
 * `persisted`, applies the committed entries, and calls `advance`.
 */
export class Raft {
  readonly #node: RaftNode;
  #outstanding: Ready | undefined;

  /** @throws InvalidOption, InvariantViolation, MalformedConfiguration where what storage recovered makes no sense. */
  constructor(options: RaftOptions) {
    this.#node = new RaftNode(options);
  }

  /** One unit of time has passed. */
  tick(): void {
    const node = this.#node;
    node.now += 1;
    if (node.durable.writing !== undefined) node.durable.writingTicks += 1;
    const { state } = node;
    if (state.role === Role.follower) tickReads(node, state);
    tickSuspect(node);
    if (state.role === Role.leader) tickLeader(node, state);
    else tickElection(node);
  }

  /**
   * A message has arrived. Malformed, stale or unexpected ones have no effect.
   * @throws InvariantViolation where the leader's log contradicts what is committed here
   */
  step(message: Message): void {
    step(this.#node, message);
  }

  /** Appends one entry for each item. The array is not kept, its items are: they must not change any more. */
  propose(batch: readonly Uint8Array[]): ProposeResult {
    return propose(this.#node, batch);
  }

  /** Begins a change of members; see `ConfigurationChange` and `ConfigurationRefusal`. */
  proposeConfiguration(change: ConfigurationChange): ConfigurationResult {
    return proposeConfiguration(this.#node, change);
  }

  /** Begins to hand leadership to a voter; proposals are refused meanwhile. */
  transferLeadership(to: NodeId): TransferResult {
    const leader = this.#node.asLeader;
    return leader === undefined ? 'not-leader' : transferLeadership(this.#node, leader, to);
  }

  /**
   * Asks for an index that covers every write acknowledged before this call; the answer comes as a ReadState. A token
   * is never used again, not even after a restart.
   */
  readIndex(token: number): void {
    readIndex(this.#node, token);
  }

  /** A link to the peer is up, anew: whatever was under way on an earlier one is taken for lost. */
  peerConnected(id: NodeId): void {
    peerConnected(this.#node, id);
  }

  peerDisconnected(id: NodeId): void {
    peerDisconnected(this.#node, id);
  }

  /** Work to do, or undefined. The next one comes after `advance` of this one. */
  ready(): Ready | undefined {
    const node = this.#node;
    if (this.#outstanding !== undefined) return undefined;
    if (node.state.role === Role.leader) this.#lead(node.state);
    else if (node.state.role === Role.follower) acknowledge(node, node.state);
    const write = takeWrite(node);
    const committed = takeCommitted(node);
    const { durable } = node;
    const idle =
      write === undefined &&
      committed.length === 0 &&
      durable.outbox.length === 0 &&
      node.readStates.length === 0 &&
      node.entriesReads.length === 0 &&
      node.snapshotReads.length === 0 &&
      node.snapshotWrites.length === 0;
    if (idle) return undefined;
    const ready: Ready = {
      messages: durable.outbox,
      write,
      committed,
      readStates: node.readStates,
      entriesReads: node.entriesReads,
      snapshotReads: node.snapshotReads,
      snapshotWrites: node.snapshotWrites,
    };
    durable.outbox = [];
    node.readStates = [];
    node.entriesReads = [];
    node.snapshotReads = [];
    node.snapshotWrites = [];
    this.#outstanding = ready;
    return ready;
  }

  #lead(leader: Leader): void {
    const node = this.#node;
    continueTransfer(node, leader);
    replicate(node, leader);
    if (!leader.isRoundWanted) return;
    leader.isRoundWanted = false;
    node.round += 1;
    sendHeartbeats(node, leader);
    confirmReads(node, leader);
  }

  /** The messages are handed to the transport and the committed entries are applied, or `holdCommitted`. */
  advance(ready: Ready): void {
    if (ready !== this.#outstanding)
      throw new InvariantViolation('unknown-ready', 'advance() of a ready that is not under way');
    this.#outstanding = undefined;
    const last = ready.committed[ready.committed.length - 1];
    if (last !== undefined) this.#node.log.appliedTo(last.index);
  }

  /** The program still applies what it was handed, in slices: until it has, no more is handed out; all else goes on. */
  holdCommitted(isHeld: boolean): void {
    this.#node.applying.isHeld = isHeld;
  }

  /** All of the write is durable. */
  persisted(write: Write): void {
    const node = this.#node;
    completeWrite(node, write);
    clearWhenCaughtUp(node);
    onDurableVote(node);
    const leader = node.asLeader;
    if (leader !== undefined && advanceCommit(node, leader)) afterCommit(node, leader);
  }

  /**
   * The disk has no room for the write, and took nothing of it, but for term and vote perhaps. These are handed out again at once, the rest
   * after `retryWrites`; until all of it is durable this member is unfit to lead.
   */
  writeRefused(write: Write): void {
    refuseWrite(this.#node, write);
  }

  /** There may be room again. To be called now and then while `isRefused`. */
  retryWrites(): void {
    retryWrites(this.#node);
  }

  /** A Write was refused, and not all that there is to write has become durable since. */
  get isRefused(): boolean {
    return this.#node.durable.isRefused;
  }

  /** What the program knows of its disk and its own plans; whether that takes writes is found out by Raft itself. */
  declareFitness(fitness: Exclude<Fitness, typeof Fitness.full | typeof Fitness.stalled>): void {
    this.#node.declaredFitness = fitness;
  }

  /** Its disk takes Writes, as far as is known. */
  get canWrite(): boolean {
    return canWrite(fitnessOf(this.#node));
  }

  /** Whether this member should lead. */
  get fitness(): Fitness {
    return fitnessOf(this.#node);
  }

  /** As a leader: the member to which it hands over, or would at its next attempt, since that is fitter; 0: none is, or can take over. */
  get fitterSuccessor(): NodeId {
    const leader = this.#node.asLeader;
    return leader === undefined ? 0 : fitterSuccessor(this.#node, leader);
  }

  /** As a leader: too few voters that it hears have room on their disks to be a majority. */
  get lacksRoom(): boolean {
    const leader = this.#node.asLeader;
    return leader !== undefined && lacksRoom(this.#node, leader);
  }

  /** Answers an EntriesRead: at least the entry at `from`, consecutive; undefined: storage has dropped it. */
  entriesRead(to: NodeId, from: number, entries: readonly Entry[] | undefined): void {
    const node = this.#node;
    const leader = node.asLeader;
    if (to === node.id) readToApply(node, from, entries);
    else if (leader !== undefined) entriesRead(node, leader, to, from, entries);
  }

  /** Answers a SnapshotRead. `snapshot` is the one asked for, or the newest one from offset 0. */
  snapshotRead(to: NodeId, snapshot: SnapshotMeta, offset: number, data: Uint8Array, done: boolean): void {
    snapshotRead(this.#node, to, snapshot, offset, data, done);
  }

  /** Answers a SnapshotRead: there is none, or no longer that one. It is asked for again later. */
  snapshotReadFailed(to: NodeId): void {
    snapshotReadFailed(this.#node, to);
  }

  /** A SnapshotWrite is done; `snapshot` is the object that came with it. */
  snapshotWritten(snapshot: SnapshotMeta, offset: number): void {
    snapshotWritten(this.#node, snapshot, offset);
  }

  /** A SnapshotWrite could not be done (no room, a damaged piece): the transfer begins again. */
  snapshotWriteFailed(snapshot: SnapshotMeta): void {
    snapshotWriteFailed(this.#node, snapshot);
  }

  /**
   * Storage has a snapshot at or above `index` and may have dropped the log up to there. A snapshot of an index above
   * `persistedIndex` must wait until it is not: on disk other entries may still stand there.
   * @throws InvariantViolation where that is not applied yet.
   */
  compact(index: number): void {
    const { log, configurations } = this.#node;
    if (index > log.applied)
      throw new InvariantViolation('compacted-beyond-applied', `${index}, applied ${log.applied}`);
    const kept = Math.min(index, log.persisted);
    log.compact(kept);
    configurations.compact(kept);
  }

  get id(): NodeId {
    return this.#node.id;
  }

  get role(): Role {
    return this.#node.role;
  }

  get term(): number {
    return this.#node.term;
  }

  /** Whom the member voted for in its term; 0: nobody. */
  get vote(): NodeId {
    return this.#node.vote;
  }

  /** 0: unknown. */
  get leader(): NodeId {
    return this.#node.leader;
  }

  /** Ticks since this member last heard its leader; at the leader, since a majority last answered it. Goes on when the leader is lost. */
  get silentTicks(): number {
    const node = this.#node;
    const leader = node.asLeader;
    return leader === undefined ? node.silentTicks : quorumSilentTicks(node, leader);
  }

  get commit(): number {
    return this.#node.log.commit;
  }

  get applied(): number {
    return this.#node.log.applied;
  }

  get lastIndex(): number {
    return this.#node.log.last;
  }

  /** Durable up to here. */
  get persistedIndex(): number {
    return this.#node.log.persisted;
  }

  /** The entry before the first that `entriesReads` may ask for. */
  get compactedIndex(): number {
    return this.#node.log.base;
  }

  /** -1 where the log does not reach. */
  termAt(index: number): number {
    return this.#node.log.termAt(index);
  }

  /** In force: the newest of the log, committed or not. */
  get configuration(): Configuration {
    return this.#node.configuration;
  }

  /** What a snapshot at `index` must hold. */
  configurationAt(index: number): Configuration {
    return this.#node.configurations.at(index);
  }

  /** The configuration in force has not committed yet or is in its joint phase. */
  get changeInFlight(): boolean {
    return isChangeInFlight(this.#node);
  }

  get isSuspect(): boolean {
    return this.#node.suspect;
  }

  /** Target of the leadership transfer under way; 0: none. */
  get transferee(): NodeId {
    return this.#node.asLeader?.transferee ?? 0;
  }

  /** A leader's best choice for `transferLeadership`; 0: none. */
  get bestSuccessor(): NodeId {
    const leader = this.#node.asLeader;
    return leader === undefined ? 0 : bestSuccessor(this.#node, leader);
  }

  get uncommittedBytes(): number {
    return this.#node.asLeader?.uncommittedBytes ?? 0;
  }

  /**
   * Whether a state that is at `applied` has what the leader committed, and goes on getting it within an election timeout (catching-up.ts);
   * the leader itself: the first entry of its term.
   */
  hasCaughtUp(applied: number): boolean {
    const { state, durable, now, options } = this.#node;
    if (state.role === Role.leader) return applied >= state.termStart;
    if (state.role !== Role.follower || state.leader === 0) return false;
    // A snapshot that is being installed is not its state.
    return !durable.installing && state.rounds.keepsUp(applied, now, options.electionTicks);
  }

  /** What a leader knows of the others; empty elsewhere. */
  peers(): PeerStatus[] {
    const { asLeader, connected, now } = this.#node;
    return (asLeader?.peers ?? []).map((each) => ({
      id: each.id,
      state: each.state,
      match: each.match,
      next: each.next,
      connected: connected.has(each.id),
      fitness: each.fitness,
      silentTicks: now - each.heardTick,
    }));
  }
}
