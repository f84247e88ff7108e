import {
  type Configuration,
  type Entry,
  EntryKind,
  type HardState,
  type Message,
  type NodeId,
  Raft,
  type Ready,
  type SnapshotMeta,
  type Write,
} from '../../src/index.ts';
import { configurationText, writeText } from './trace-format.ts';

const PIECES = 3;
const PIECE_BYTES = 10;

/** A member of a traced cluster: the core with a disk in memory that tells what happens. */
export class TraceNode {
  readonly id: NodeId;
  raft: Raft | undefined;
  /** With a slow disk, Writes wait for `sync`. */
  slow = false;
  writing: Write | undefined;
  #hardState: HardState = { term: 0, vote: 0 };
  #snapshot: SnapshotMeta;
  /** Everything above the genesis state or an installed snapshot. */
  #entries: Entry[] = [];
  #first: number;
  #compacted: number;
  #suspect = false;
  readonly #say: (line: string) => void;
  readonly #send: (message: Message) => void;
  #seen = '';

  constructor(
    id: NodeId,
    first: SnapshotMeta,
    say: (line: string) => void,
    send: (message: Message) => void,
  ) {
    this.id = id;
    this.#snapshot = first;
    this.#first = first.index + 1;
    this.#compacted = first.index;
    this.#say = say;
    this.#send = send;
  }

  start(): void {
    const { index } = this.#snapshot;
    this.raft = new Raft({
      id: this.id,
      seed: this.id,
      electionTicks: 10,
      heartbeatTicks: 2,
      linkDownTicks: 3,
      maxMessageBytes: 200,
      maxInflightMessages: 4,
      maxInflightBytes: 800,
      maxUncommittedBytes: 10_000,
      maxLogBytes: 10_000,
      snapshotChunkBytes: PIECE_BYTES,
      hardState: this.#hardState,
      snapshot: this.#snapshot,
      entries: this.#entries.filter((entry) => entry.index > index),
      suspect: this.#suspect,
    });
    this.#seen = this.#roleText(this.raft);
  }

  crash(): void {
    this.raft = undefined;
    this.writing = undefined;
  }

  /** The newest entries are unreadable after the next start. */
  damage(count: number): void {
    this.#entries = this.#entries.slice(0, -count);
    this.#suspect = true;
  }

  /** Gives an input and does the work that follows. */
  input(give: (raft: Raft) => void): void {
    if (this.raft === undefined) return;
    give(this.raft);
    this.work();
  }

  work(): void {
    const { raft } = this;
    if (raft === undefined) return;
    this.#tellRole(raft);
    for (let ready = raft.ready(); ready !== undefined; ready = raft.ready()) {
      this.#do(raft, ready);
      if (this.writing !== undefined && !this.slow) this.#sync(raft);
      this.#tellRole(raft);
    }
  }

  sync(): void {
    if (this.raft === undefined || this.writing === undefined) return;
    this.#sync(this.raft);
    this.work();
  }

  #sync(raft: Raft): void {
    const { writing } = this;
    if (writing === undefined) return;
    this.writing = undefined;
    this.#say(`${this.id} has durably: ${writeText(writing)}`);
    if (writing.snapshot !== undefined) {
      this.#snapshot = writing.snapshot;
      this.#entries = [];
      this.#compacted = writing.snapshot.index;
      this.#first = writing.snapshot.index + 1;
    }
    this.#hardState = writing.hardState ?? this.#hardState;
    const cut = writing.entries[0]?.index ?? Number.POSITIVE_INFINITY;
    this.#entries = this.#entries.filter((entry) => entry.index < cut).concat(writing.entries);
    if (writing.clearSuspect) this.#suspect = false;
    raft.persisted(writing);
  }

  #do(raft: Raft, ready: Ready): void {
    for (const message of ready.messages) this.#send(message);
    this.writing = ready.write ?? this.writing;
    const shown = ready.committed.map((entry) => `${entry.index}/${entry.term}${dataText(entry)}`);
    if (shown.length > 0) this.#say(`${this.id} applies ${shown.join(' ')}`);
    for (const { token, index } of ready.readStates)
      this.#say(`${this.id} may read ${token} ${index < 0 ? 'never: ask again' : `at ${index}`}`);
    for (const { to, from } of ready.entriesReads) {
      const at = from - this.#first;
      raft.entriesRead(to, from, from > this.#compacted ? this.#entries.slice(at, at + 2) : undefined);
    }
    for (const { to, offset } of ready.snapshotReads) {
      const done = offset + PIECE_BYTES === PIECES * PIECE_BYTES;
      raft.snapshotRead(to, this.#snapshot, offset, new Uint8Array(PIECE_BYTES), done);
    }
    for (const { snapshot, offset } of ready.snapshotWrites) raft.snapshotWritten(snapshot, offset);
    raft.advance(ready);
  }

  /** Takes a snapshot of all that is applied and drops the log below it. */
  takeSnapshot(raft: Raft): void {
    const index = raft.applied;
    this.#snapshot = { index, term: raft.termAt(index), configuration: raft.configurationAt(index) };
    this.#compacted = index;
    raft.compact(index);
    this.#say(`${this.id} has a snapshot of ${index}/${this.#snapshot.term} and no log below`);
  }

  #tellRole(raft: Raft): void {
    const now = this.#roleText(raft);
    if (now !== this.#seen) this.#say(`${this.id} ${now}`);
    this.#seen = now;
  }

  #roleText(raft: Raft): string {
    const suspect = raft.isSuspect ? ', suspect' : '';
    const inFlight = raft.changeInFlight ? ' (in flight)' : '';
    return `is ${raft.role} in term ${raft.term}, ${this.#configurationText(raft.configuration)}${inFlight}${suspect}`;
  }

  #configurationText(configuration: Configuration): string {
    return configuration.index === 0 ? 'of no cluster' : configurationText(configuration);
  }

  stateText(): string {
    const { raft } = this;
    if (raft === undefined) return `${this.id} is down`;
    const terms: string[] = [];
    for (let index = Math.max(this.#first, raft.compactedIndex + 1); index <= raft.lastIndex; index += 1)
      terms.push(String(raft.termAt(index)));
    const log = terms.length === 0 ? 'no log' : `log terms ${terms.join(' ')}`;
    return `${this.id} ${this.#roleText(raft)}: ${log} above ${Math.max(this.#first - 1, raft.compactedIndex)}, commit ${raft.commit}`;
  }
}

function dataText(entry: Entry): string {
  if (entry.kind === EntryKind.configuration) return ' configuration';
  return entry.data.length > 0 ? ` «${new TextDecoder().decode(entry.data)}»` : '';
}
