import {
  type Configuration,
  type Entry,
  type Message,
  MessageType,
  type NodeId,
  type Raft,
  type ReadState,
} from '../../src/index.ts';
import type { SimulatedDisk } from './disk.ts';

/** A property of Raft did not hold. */
export class SafetyViolation extends Error {
  override readonly name = 'SafetyViolation';
  readonly property: string;

  constructor(property: string, detail: string) {
    super(`${property}: ${detail}`);
    this.property = property;
  }
}

/** A member, with what was last seen of it. */
export interface Observed {
  readonly id: NodeId;
  readonly raft: Raft | undefined;
  readonly disk: SimulatedDisk;
  seenCommit: number;
  /** The newest term that it was seen to lead; -1: none since its start. */
  leaderOf: number;
  /** In force when the step under way began. */
  readonly committedUnder: Configuration | undefined;
}

/** One entry as anybody ever wrote it: index and term name it. */
interface Written {
  readonly term: number;
  readonly previousTerm: number;
  readonly entry: Entry;
  /** Members on whose disk it was, at some time. */
  readonly durableAt: Set<NodeId>;
}

/** Folds an entry into the state of the replicated machine. */
export function nextState(state: number, entry: Entry): number {
  let hash = state ^ Math.imul(entry.index, 0x9e3779b1) ^ Math.imul(entry.term, 0x85ebca6b);
  for (const byte of entry.data) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function isMajority(voters: readonly NodeId[], has: (id: NodeId) => boolean): boolean {
  return voters.filter(has).length * 2 > voters.length;
}

/** Checks after every step what Raft promises; each check is incremental, so that a run costs little more with it. */
export class Checker {
  readonly #written: Written[][] = [];
  readonly #leaders = new Map<number, NodeId>();
  readonly #votes = new Map<string, NodeId>();
  /** By index: the term committed there, and the state after it. */
  readonly #committedTerms: number[] = [];
  /** By index: the term in which it was seen to commit; leaders of later terms must hold it. */
  readonly #committedIn: number[] = [];
  readonly #states: number[] = [];
  readonly #firstIndex: number;
  readonly #reads = new Map<number, number>();
  #maxCommit: number;
  readonly #onElected: (id: NodeId, term: number) => void;
  readsAnswered = 0;
  readsRefused = 0;

  constructor(genesisIndex: number, genesisState: number, onElected: (id: NodeId, term: number) => void) {
    this.#onElected = onElected;
    this.#firstIndex = genesisIndex + 1;
    this.#maxCommit = genesisIndex;
    this.#states[genesisIndex] = genesisState;
  }

  get maxCommit(): number {
    return this.#maxCommit;
  }

  committedTerm(index: number): number {
    return this.#committedTerms[index] ?? 0;
  }

  /** Log matching: index and term determine the content and, by their predecessor, all that is before it. */
  onDurable(id: NodeId, entry: Entry, previousTerm: number): void {
    const sameIndex = this.#written[entry.index] ?? [];
    this.#written[entry.index] = sameIndex;
    let written = sameIndex.find((each) => each.term === entry.term);
    if (written === undefined) {
      written = { term: entry.term, previousTerm, entry, durableAt: new Set() };
      sameIndex.push(written);
    }
    if (written.entry.data !== entry.data || written.entry.kind !== entry.kind)
      throw new SafetyViolation('log matching', `two entries at ${entry.index} in term ${entry.term}`);
    if (written.previousTerm !== previousTerm)
      throw new SafetyViolation(
        'log matching',
        `${entry.index} of term ${entry.term} follows terms ${written.previousTerm} and ${previousTerm} (member ${id})`,
      );
    written.durableAt.add(id);
  }

  /** What leaves a member is durable there: votes, candidacies, acknowledgements. */
  onSend(member: Observed, message: Message): void {
    const { disk } = member;
    const { hardState } = disk;
    switch (message.type) {
      case MessageType.vote:
        if (
          hardState.term < message.term ||
          (hardState.term === message.term && hardState.vote !== member.id)
        )
          throw new SafetyViolation('durable vote', `${member.id} asks for votes before its own is durable`);
        this.#vote(member.id, message.term, member.id);
        return;
      case MessageType.voteResponse:
        if (!message.granted) return;
        if (
          hardState.term < message.term ||
          (hardState.term === message.term && hardState.vote !== message.to)
        )
          throw new SafetyViolation(
            'durable vote',
            `${member.id} votes for ${message.to} before that is durable`,
          );
        if (disk.lastIndex === 0)
          throw new SafetyViolation('an empty disk gives no vote', `${member.id} votes for ${message.to}`);
        this.#vote(member.id, message.term, message.to);
        return;
      case MessageType.appendResponse:
        if (message.accepted && (disk.lastIndex < message.index || hardState.term < message.term))
          throw new SafetyViolation(
            'durable acknowledgement',
            `${member.id} has not persisted ${message.index}`,
          );
        return;
      case MessageType.snapshotResponse:
        if (message.installed && disk.snapshot.meta.index < message.index)
          throw new SafetyViolation(
            'durable acknowledgement',
            `${member.id} lacks snapshot ${message.index}`,
          );
        return;
      default:
    }
  }

  #vote(voter: NodeId, term: number, candidate: NodeId): void {
    const key = `${voter}/${term}`;
    const before = this.#votes.get(key);
    if (before !== undefined && before !== candidate)
      throw new SafetyViolation(
        'one vote a term',
        `${voter} votes for ${before} and ${candidate} in ${term}`,
      );
    this.#votes.set(key, candidate);
  }

  /** After every step of a member. */
  observe(member: Observed): void {
    const { raft } = member;
    if (raft === undefined) return;
    if (raft.commit < member.seenCommit)
      throw new SafetyViolation(
        'commit index is monotonic',
        `${member.id}: ${member.seenCommit}, ${raft.commit}`,
      );
    if (raft.configuration.index > raft.lastIndex)
      throw new SafetyViolation(
        'the configuration is of the log',
        `${member.id} has ${raft.configuration.index} after ${raft.lastIndex}`,
      );
    if (raft.commit !== member.seenCommit && raft.commit <= this.#maxCommit) this.#learned(member);
    member.seenCommit = raft.commit;
    if (raft.role === 'leader' && member.leaderOf !== raft.term) {
      member.leaderOf = raft.term;
      this.#elected(member);
    }
    if (raft.commit > this.#maxCommit) this.#committed(member);
  }

  /** What a member takes for committed is what was committed. */
  #learned({ id, raft }: Observed): void {
    const term = raft?.termAt(raft.commit);
    if (raft === undefined || raft.commit < this.#firstIndex) return;
    if (term !== this.#committedTerms[raft.commit])
      throw new SafetyViolation(
        'state machine safety',
        `${id} takes ${raft.commit} of term ${term} for committed, not ${this.#committedTerms[raft.commit]}`,
      );
  }

  #elected(member: Observed): void {
    const { raft } = member;
    if (raft === undefined) return;
    this.#onElected(member.id, raft.term);
    const other = this.#leaders.get(raft.term);
    if (other !== undefined)
      throw new SafetyViolation('election safety', `${other} and ${member.id} lead term ${raft.term}`);
    this.#leaders.set(raft.term, member.id);
    const { voters, outgoing } = raft.configuration;
    const voted = (id: NodeId): boolean => this.#votes.get(`${id}/${raft.term}`) === member.id;
    if (!isMajority(voters, voted) || (outgoing.length > 0 && !isMajority(outgoing, voted)))
      throw new SafetyViolation(
        'elected by a majority',
        `${member.id} in ${raft.term} by ${voters} / ${outgoing}`,
      );
    for (let index = Math.max(this.#firstIndex, raft.compactedIndex); index <= this.#maxCommit; index += 1) {
      if ((this.#committedIn[index] ?? 0) >= raft.term) continue;
      if (raft.termAt(index) !== this.#committedTerms[index])
        throw new SafetyViolation(
          'leader completeness',
          `leader ${member.id} of term ${raft.term} has ${raft.termAt(index)} at ${index}, committed ${this.#committedTerms[index]}`,
        );
    }
  }

  /** A leader counts only what is durable on its majorities, and only an entry of its own term. */
  #committed(member: Observed): void {
    const { raft } = member;
    if (raft === undefined) return;
    if (raft.role === 'leader') {
      if (raft.termAt(raft.commit) !== raft.term)
        throw new SafetyViolation('own term commits', `${member.id} commits ${raft.commit} of an older term`);
      this.#onMajority(member.committedUnder ?? raft.configuration, raft.commit, raft.term);
    }
    for (let index = this.#maxCommit + 1; index <= raft.commit; index += 1) {
      this.#committedTerms[index] = raft.termAt(index);
      this.#committedIn[index] = raft.term;
    }
    this.#maxCommit = raft.commit;
  }

  #onMajority({ voters, outgoing }: Configuration, index: number, term: number): void {
    const written = this.#written[index]?.find((each) => each.term === term);
    const has = (id: NodeId): boolean => written?.durableAt.has(id) === true;
    if (!isMajority(voters, has) || (outgoing.length > 0 && !isMajority(outgoing, has)))
      throw new SafetyViolation(
        'durable on a majority',
        `${index} of ${term} is committed with copies on ${[...(written?.durableAt ?? [])]} of ${voters} / ${outgoing}`,
      );
  }

  /** State machine safety; returns the state after the entry. */
  onApply(id: NodeId, state: number, entry: Entry): number {
    if (this.#committedTerms[entry.index] !== entry.term)
      throw new SafetyViolation(
        'state machine safety',
        `${id} applies term ${entry.term} at ${entry.index}, committed ${this.#committedTerms[entry.index]}`,
      );
    const after = nextState(state, entry);
    return this.#state(id, entry.index, after);
  }

  /** The state that a member restores from a snapshot. */
  onRestore(id: NodeId, index: number, state: number): void {
    if (index >= this.#firstIndex - 1) this.#state(id, index, state);
  }

  #state(id: NodeId, index: number, state: number): number {
    const known = this.#states[index];
    if (known !== undefined && known !== state)
      throw new SafetyViolation('state machine safety', `${id} has another state after ${index}`);
    this.#states[index] = state;
    return state;
  }

  onReadAsked(token: number): void {
    this.#reads.set(token, this.#maxCommit);
  }

  /** Linearizable: whatever was committed when the read began is covered. */
  onReadAnswered(id: NodeId, { token, index }: ReadState): void {
    const least = this.#reads.get(token);
    if (least === undefined) throw new SafetyViolation('one answer a read', `${id} answers ${token} unasked`);
    this.#reads.delete(token);
    if (index < 0) {
      this.readsRefused += 1;
      return;
    }
    this.readsAnswered += 1;
    if (index < least)
      throw new SafetyViolation('linearizable reads', `${id} reads at ${index}, ${least} was committed`);
  }

  /** Whether every committed entry still has a copy on some of these disks. */
  copiesRemain(disks: readonly { has(index: number, term: number): boolean }[]): boolean {
    for (let index = this.#firstIndex; index <= this.#maxCommit; index += 1) {
      const term = this.committedTerm(index);
      if (!disks.some((disk) => disk.has(index, term))) return false;
    }
    return true;
  }
}
