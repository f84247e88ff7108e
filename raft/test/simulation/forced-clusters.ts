import { Random } from '../../../testkit/src/random.ts';
import {
  type Configuration,
  type Entry,
  forceNewCluster,
  type HardState,
  kinship,
  type Message,
  type NodeId,
  newestRecovery,
  Raft,
  type Recovery,
} from '../../src/index.ts';

const STEPS_BEFORE = 1_500;
const STEPS_APART = 4_000;
const NEWCOMERS = 2;

export interface Outcome {
  /** Entries that each of the two clusters has committed after they parted. */
  readonly formerCommits: number;
  readonly newCommits: number;
  readonly violation: string | undefined;
}

/** One member with its disk; what it writes is durable at once. */
class Process {
  readonly id: NodeId;
  readonly genesis: Configuration;
  hardState: HardState = { term: 0, vote: 0 };
  entries: Entry[] = [];
  raft: Raft | undefined;
  /** That of its cluster: of the data with which it starts. */
  recovery: Recovery | undefined;

  constructor(id: NodeId, genesis: Configuration) {
    this.id = id;
    this.genesis = genesis;
  }

  start(seed: number, peers: Iterable<NodeId>): void {
    this.raft = new Raft({
      id: this.id,
      seed,
      electionTicks: 10,
      heartbeatTicks: 2,
      linkDownTicks: 3,
      maxMessageBytes: 1_000,
      maxInflightMessages: 8,
      maxInflightBytes: 10_000,
      maxUncommittedBytes: 10_000,
      maxLogBytes: 100_000,
      snapshotChunkBytes: 100,
      hardState: this.hardState,
      snapshot: { index: this.genesis.index, term: 0, configuration: this.genesis },
      entries: this.entries,
      suspect: false,
    });
    this.recovery = newestRecovery([this.genesis.recovery, this.raft.configuration.recovery]);
    for (const id of peers) this.raft.peerConnected(id);
  }

  write(hardState: HardState | undefined, entries: readonly Entry[]): void {
    if (hardState !== undefined) this.hardState = hardState;
    const first = entries[0];
    if (first === undefined) return;
    this.entries.length = first.index - 1 - this.genesis.index;
    this.entries.push(...entries);
  }
}

interface Sent {
  readonly from: Process;
  readonly message: Message;
}

/**
 * A cluster whose majority is away while one of the others is forced. Then they come back, as they were: two clusters, each of which adds
 * members, whose ids are the same more often than not. A message reaches every process with the id that it is for, if `mayPass` lets it.
 */
class ForcedClusters {
  readonly #random: Random;
  readonly #mayPass: (from: Process, to: Process) => boolean;
  readonly #genesis: Configuration;
  readonly #processes: Process[] = [];
  readonly #queue: Sent[] = [];
  /** What each cluster has committed, by the recovery's number: at an index, its term and data. */
  readonly #committed = new Map<number, Map<number, string>>();
  #forced: Recovery | undefined;
  #item = 0;

  constructor(seed: number, mayPass: (from: Process, to: Process) => boolean) {
    this.#random = new Random(seed);
    this.#mayPass = mayPass;
    const voters = Array.from({ length: this.#random.pick([3, 5]) }, (_, i) => i + 1);
    const contexts = new Map(voters.map((id) => [id, `member-${id}`]));
    this.#genesis = { index: voters.length, voters, outgoing: [], learners: [], contexts };
    for (const id of voters) this.#processes.push(new Process(id, this.#genesis));
    for (const process of this.#processes) this.#start(process);
  }

  run(): Outcome {
    try {
      this.#steps(STEPS_BEFORE);
      const survivor = this.#loseMajority();
      this.#force(survivor);
      this.#steps(STEPS_BEFORE);
      for (const process of this.#processes) if (process.raft === undefined) this.#start(process);
      this.#steps(STEPS_APART);
      this.#mustKeepAllOf(survivor);
      return { ...this.#commits(), violation: undefined };
    } catch (error) {
      return { ...this.#commits(), violation: String(error) };
    }
  }

  #commits(): Pick<Outcome, 'formerCommits' | 'newCommits'> {
    const from = this.#forced?.index ?? 0;
    const after = (number: number): number =>
      [...(this.#committed.get(number)?.keys() ?? [])].filter((index) => index > from).length;
    return { formerCommits: after(0), newCommits: after(1) };
  }

  #start(process: Process): void {
    process.start(
      this.#random.below(2 ** 32),
      this.#processes.map((each) => each.id),
    );
  }

  /** A majority stops at once; one of the others, whose log may be behind, is the survivor. */
  #loseMajority(): Process {
    const shuffled = [...this.#processes].sort(() => this.#random.below(3) - 1);
    const lost = Math.floor(shuffled.length / 2) + 1;
    for (const process of shuffled.slice(0, lost)) process.raft = undefined;
    return shuffled[lost] as Process;
  }

  #force(survivor: Process): void {
    const { raft, id, hardState, entries, genesis, recovery } = survivor;
    const configuration = raft?.configuration ?? genesis;
    const lastIndex = genesis.index + entries.length;
    const forced = forceNewCluster({ id, hardState, lastIndex, configuration, recovery });
    if (forced === undefined) throw new Error('the survivor is a member');
    survivor.raft = undefined;
    survivor.write(forced.write.hardState, forced.write.entries);
    this.#forced = forced.recovery;
    // What the survivor had applied is the beginning of the new cluster's history.
    this.#committed.set(1, new Map());
    this.#start(survivor);
  }

  #steps(count: number): void {
    for (let i = 0; i < count; i += 1) this.#step();
  }

  #step(): void {
    const random = this.#random;
    const process = random.pick(this.#processes);
    switch (random.below(40)) {
      case 0:
        if (process.raft !== undefined) this.#start(process);
        break;
      case 1:
      case 2:
        this.#propose(process);
        break;
      case 3:
        this.#change(process);
        break;
      default:
        for (const each of this.#processes) if (random.chance(0.3)) each.raft?.tick();
    }
    for (const each of [...this.#processes]) this.#work(each);
    for (let n = 8; n > 0 && this.#queue.length > 0; n -= 1) this.#deliver();
  }

  #propose({ raft }: Process): void {
    this.#item += 1;
    raft?.propose([Uint8Array.of(this.#item >> 8, this.#item & 0xff)]);
  }

  /** A leader adds a learner, or gives one that has caught up its vote. */
  #change({ raft, recovery }: Process): void {
    if (raft?.role !== 'leader' || this.#forced === undefined) return;
    const { index: expectedIndex, learners, contexts } = raft.configuration;
    const ready = learners.find((id) =>
      raft.peers().some((peer) => peer.id === id && peer.match + 2 > raft.commit),
    );
    if (ready !== undefined) {
      raft.proposeConfiguration({ expectedIndex, promote: [ready] });
      return;
    }
    const isOfNew = recovery !== undefined;
    const joined = [...contexts.keys()].filter((id) => !this.#genesis.voters.includes(id)).length;
    if (joined >= NEWCOMERS) return;
    const { added } = raft.proposeConfiguration({
      expectedIndex,
      add: [{ context: 'new', role: 'learner' }],
    });
    if (added === undefined) return;
    // As it is granted its place: by a member of the cluster, which knows of its recovery.
    const newcomer = new Process(added, isOfNew ? { ...this.#genesis, recovery } : this.#genesis);
    this.#processes.push(newcomer);
    this.#start(newcomer);
    for (const each of this.#processes) each.raft?.peerConnected(added);
  }

  #work(process: Process): void {
    const { raft } = process;
    if (raft === undefined) return;
    for (let ready = raft.ready(); ready !== undefined; ready = raft.ready()) {
      for (const message of ready.messages) this.#queue.push({ from: process, message });
      if (ready.write !== undefined) process.write(ready.write.hardState, ready.write.entries);
      for (const entry of ready.committed) this.#commit(process, entry);
      raft.advance(ready);
      if (ready.write !== undefined) raft.persisted(ready.write);
    }
  }

  /** In any order, some of it lost. */
  #deliver(): void {
    const random = this.#random;
    const at = random.below(Math.min(4, this.#queue.length));
    const [{ from, message }] = this.#queue.splice(at, 1) as [Sent];
    if (random.chance(0.02)) return;
    for (const to of this.#processes) {
      if (to.id === message.to && to !== from && this.#mayPass(from, to)) to.raft?.step(message);
    }
  }

  #commit({ id, recovery }: Process, { index, term, data }: Entry): void {
    const number = recovery?.number ?? 0;
    const committed = this.#committed.get(number) ?? new Map<number, string>();
    this.#committed.set(number, committed);
    const what = `${term} ${data}`;
    const known = committed.get(index);
    if (known !== undefined && known !== what)
      throw new Error(`cluster ${number}, entry ${index}: "${known}", and at ${id} "${what}"`);
    committed.set(index, what);
  }

  /** All that was on the survivor's disk when it was forced is committed in the new cluster. */
  #mustKeepAllOf({ entries }: Process): void {
    const committed = this.#committed.get(1);
    const until = this.#forced?.index ?? 0;
    for (const { index, term, data } of entries) {
      if (index <= until && committed?.get(index) !== `${term} ${data}`)
        throw new Error(`entry ${index} of the survivor is lost`);
    }
  }
}

export function runForcedClusters(seed: number, mayPass = isKin): Outcome {
  return new ForcedClusters(seed, mayPass).run();
}

export function isKin(
  from: { recovery: Recovery | undefined },
  to: { recovery: Recovery | undefined },
): boolean {
  return kinship(to.recovery, from.recovery) === 'same';
}
