import assert from 'node:assert/strict';
import type * as RaftCore from '../../src/index.ts';
import type {
  Configuration,
  Entry,
  EntryKind,
  Message,
  NodeId,
  Raft,
  RaftOptions,
  ReadState,
  SnapshotMeta,
  Write,
} from '../../src/index.ts';

export type Core = typeof RaftCore;

type MessageOf<T, M = Message> = M extends { readonly type: infer U } ? (T extends U ? M : never) : never;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** A message to the node under test: the receiver is filled in. */
export type Incoming = DistributiveOmit<Message, 'to'>;

export interface NodeSetup {
  readonly id?: NodeId;
  readonly voters?: readonly NodeId[];
  readonly outgoing?: readonly NodeId[];
  readonly learners?: readonly NodeId[];
  readonly term?: number;
  readonly vote?: NodeId;
  /** Terms of the log's entries; the genesis snapshot of n voters stands before them, at index n. */
  readonly log?: readonly number[];
  readonly suspect?: boolean;
  /** Links that are not up at first; all others are. */
  readonly unlinked?: readonly NodeId[];
  readonly options?: Partial<RaftOptions>;
}

export const ELECTION_TICKS = 10;
export const HEARTBEAT_TICKS = 2;
export const LINK_DOWN_TICKS = 3;
const noData = new Uint8Array(0);

export function configurationOf(
  index: number,
  voters: readonly NodeId[],
  outgoing: readonly NodeId[] = [],
  learners: readonly NodeId[] = [],
): Configuration {
  const contexts = new Map([...voters, ...outgoing, ...learners].map((id) => [id, `member-${id}`]));
  return { index, voters, outgoing, learners, contexts };
}

export function entriesOf(base: number, terms: readonly number[], kind: EntryKind = 0): Entry[] {
  return terms.map((term, i) => ({ index: base + 1 + i, term, kind, data: noData }));
}

/** One core on the test bench: every message in and out, and every sync, by hand. */
export class BenchNode {
  readonly raft: Raft;
  readonly id: NodeId;
  /** Index of the genesis snapshot: the first entry of the log is the one after it. */
  readonly base: number;
  readonly sent: Message[] = [];
  readonly applied: Entry[] = [];
  readonly readStates: ReadState[] = [];
  readonly writes: Write[] = [];
  /** The Write that waits for `persist`. */
  writing: Write | undefined;
  /** Off: `persist` completes each Write by hand. */
  autoPersist = true;
  readonly entriesReads: RaftCore.EntriesRead[] = [];
  readonly snapshotReads: RaftCore.SnapshotRead[] = [];
  readonly snapshotWrites: RaftCore.SnapshotWrite[] = [];

  constructor(core: Core, setup: NodeSetup = {}) {
    const { voters = [1, 2, 3], outgoing = [], learners = [], log = [], options = {} } = setup;
    this.id = setup.id ?? 1;
    this.base = voters.length;
    const snapshot: SnapshotMeta = options.snapshot ?? {
      index: this.base,
      term: 0,
      configuration: configurationOf(this.base, voters, outgoing, learners),
    };
    this.raft = new core.Raft({
      id: this.id,
      seed: 7,
      electionTicks: ELECTION_TICKS,
      heartbeatTicks: HEARTBEAT_TICKS,
      linkDownTicks: LINK_DOWN_TICKS,
      maxMessageBytes: 1_000_000,
      maxInflightMessages: 64,
      maxInflightBytes: 1_000_000,
      maxUncommittedBytes: 1_000_000,
      maxLogBytes: 1_000_000,
      snapshotChunkBytes: 1_000,
      hardState: { term: setup.term ?? log[log.length - 1] ?? 0, vote: setup.vote ?? 0 },
      snapshot,
      entries: entriesOf(snapshot.index, log),
      suspect: setup.suspect ?? false,
      ...options,
    });
    for (const id of [...voters, ...outgoing, ...learners]) {
      if (id !== this.id && !setup.unlinked?.includes(id)) this.raft.peerConnected(id);
    }
    this.work();
  }

  /** Does all work that is due, as the program around the core would. */
  work(): void {
    for (let ready = this.raft.ready(); ready !== undefined; ready = this.raft.ready()) {
      this.sent.push(...ready.messages);
      this.applied.push(...ready.committed);
      this.readStates.push(...ready.readStates);
      this.entriesReads.push(...ready.entriesReads);
      this.snapshotReads.push(...ready.snapshotReads);
      this.snapshotWrites.push(...ready.snapshotWrites);
      if (ready.write !== undefined) {
        assert.equal(this.writing, undefined, 'one Write at a time');
        this.writing = ready.write;
        this.writes.push(ready.write);
      }
      this.raft.advance(ready);
      if (this.autoPersist) this.#persist();
    }
  }

  #persist(): void {
    const { writing } = this;
    this.writing = undefined;
    if (writing !== undefined) this.raft.persisted(writing);
  }

  /** The Write under way becomes durable. */
  persist(): void {
    assert.ok(this.writing, 'a Write is under way');
    this.#persist();
    this.work();
  }

  /** With a state that is as far as what Raft has handed over. */
  get hasCaughtUp(): boolean {
    return this.raft.hasCaughtUp(this.raft.applied);
  }

  get isWriting(): boolean {
    return this.writing !== undefined;
  }

  /** The disk has no room for the Write under way. */
  refuse(): void {
    const { writing } = this;
    assert.ok(writing, 'a Write is under way');
    this.writing = undefined;
    this.raft.writeRefused(writing);
    this.work();
  }

  step(message: Incoming): void {
    this.raft.step({ ...message, to: this.id } as Message);
    this.work();
  }

  tick(ticks = 1): void {
    for (let i = 0; i < ticks; i += 1) {
      this.raft.tick();
      this.work();
    }
  }

  link(id: NodeId): void {
    this.raft.peerConnected(id);
    this.work();
  }

  unlink(id: NodeId): void {
    this.raft.peerDisconnected(id);
    this.work();
  }

  propose(...items: string[]): RaftCore.ProposeResult {
    const result = this.raft.propose(items.map((item) => Buffer.from(item)));
    this.work();
    return result;
  }

  /** Everything sent since the last call. */
  take(): Message[] {
    return this.sent.splice(0);
  }

  takeOf<T extends Message['type']>(type: T): MessageOf<T>[] {
    return this.take().filter((message): message is MessageOf<T> => message.type === type);
  }

  /** The terms of the log above the genesis snapshot. */
  terms(): number[] {
    const terms: number[] = [];
    for (let index = this.base + 1; index <= this.raft.lastIndex; index += 1)
      terms.push(this.raft.termAt(index));
    return terms;
  }
}

/** Lets the node time out, and gives it the votes of `granting`, until it leads or `granting` is not enough. */
export function elect(core: Core, node: BenchNode, granting: readonly NodeId[]): void {
  const { preVoteResponse, voteResponse } = core.MessageType;
  const { raft } = node;
  for (let i = 0; i < 2 * ELECTION_TICKS && raft.role === 'follower'; i += 1) node.tick();
  const term = raft.role === 'pre-candidate' ? raft.term + 1 : raft.term;
  for (const from of granting) {
    if (raft.role === 'pre-candidate') node.step({ type: preVoteResponse, from, term, granted: true });
  }
  for (const from of granting) {
    if (raft.role === 'candidate') node.step({ type: voteResponse, from, term, granted: true });
  }
}

/** A node that leads, its first entry acknowledged by everybody. */
export function leaderOf(core: Core, setup: NodeSetup = {}): BenchNode {
  const node = new BenchNode(core, setup);
  const others = [...(setup.voters ?? [1, 2, 3]), ...(setup.outgoing ?? [])].filter((id) => id !== node.id);
  elect(core, node, others);
  assert.equal(node.raft.role, 'leader');
  for (const from of [...others, ...(setup.learners ?? [])]) accept(core, node, from, node.raft.lastIndex);
  assert.equal(node.raft.commit, node.raft.lastIndex);
  node.take();
  return node;
}

export function accept(core: Core, node: BenchNode, from: NodeId, index: number): void {
  const { term } = node.raft;
  node.step({
    type: core.MessageType.appendResponse,
    from,
    term,
    accepted: true,
    index,
    hintIndex: 0,
    hintTerm: 0,
  });
}

/** An append of the leader of `term` to the node, after `prevIndex`. */
export function append(
  core: Core,
  node: BenchNode,
  {
    from = 2,
    term,
    prevIndex,
    prevTerm,
    entries,
    commit = 0,
  }: {
    from?: NodeId;
    term: number;
    prevIndex: number;
    prevTerm: number;
    entries: readonly number[] | readonly Entry[];
    commit?: number;
  },
): void {
  const whole = entries.map((each, i) =>
    typeof each === 'number'
      ? { index: prevIndex + 1 + i, term: each, kind: 0 as const, data: noData }
      : each,
  );
  node.step({ type: core.MessageType.append, from, term, prevIndex, prevTerm, entries: whole, commit });
}
