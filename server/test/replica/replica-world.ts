import { type Entry, EntryKind, type Raft, Role } from 'raft-ts-lite';
import { Prng } from '../../sim/prng.ts';
import { MAX_FRAME_BYTES } from '../../src/bounds/limits.ts';
import { FieldReader } from '../../src/codec/field-reader.ts';
import { NumberRange } from '../../src/replica/number-range.ts';
import { FrameSplitter } from '../../src/replica/peers/frame-splitter.ts';
import type { Links } from '../../src/replica/peers/links.ts';
import { Outbox } from '../../src/replica/peers/outbox.ts';
import { peerFormat } from '../../src/replica/peers/peer-format.ts';
import type { Replica as ReplicaClass } from '../../src/replica/replica.ts';
import type { Request } from '../../src/replica/requests.ts';
import type { Snapshots } from '../../src/replica/snapshots.ts';
import type { StateMachine } from '../../src/replica/state-machine.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { ConsensusModel, GENESIS_INDEX, ModelRaft } from './consensus-model.ts';
import { ModelLinks } from './model-links.ts';
import { ModelMachine, type Named, namedCommand, readNamed } from './model-machine.ts';
import { NUMBER_BOUNDS } from './number-bounds.ts';
import { settled } from './settled.ts';

export class RequestViolation extends Error {
  override readonly name: string = 'RequestViolation';
}

const IDS = [1, 2, 3] as const;

/** What one client asked for, and what it was told. */
interface Asked extends Request {
  readonly name: number;
  outcome: 'none' | 'applied' | 'abandoned';
}

/** What one member sends another. */
type Payload =
  /** Frames, as the replica wrote them. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** A leader speaks: that of `term`. */
  | { readonly kind: 'word'; readonly term: number }
  /** There is a newer term. */
  | { readonly kind: 'deposed'; readonly term: number }
  /** The sender says its standing once more. */
  | { readonly kind: 'again' };

/** A member's end of a link that it knows of. */
interface End {
  readonly outbox: Outbox;
  readonly splitter: FrameSplitter;
}

interface Life {
  readonly raft: ModelRaft;
  readonly replica: ReplicaClass;
  readonly ends: Map<number, End>;
  readonly asked: Asked[];
  /** The last request of which watchers heard; whether the state jumped and they were not told yet. */
  readonly watchers: { told: number; overtaken: boolean };
  readonly tasks: (() => void)[];
  /** Name of the request that was answered last: names grow. */
  lastAnswered: number;
}

/**
 * Three replicas over a model of consensus: requests are submitted anywhere, leaders change, deposed ones do not know it yet, links
 * break and lose what was under way, members stop and come back, or are overtaken by a snapshot.
 *
 * Checked: no request stands twice in the committed log; those of one life stand there in the order in which they were submitted; each
 * is told to its client at its own entry; and once faults stop, every one of them has been applied or reported as abandoned.
 */
export class ReplicaWorld {
  readonly trace: string[] = [];
  readonly totals = { requests: 0, applied: 0, abandoned: 0, elections: 0, breaks: 0, crashes: 0 };
  readonly #prng: Prng;
  readonly #consensus: ConsensusModel;
  readonly #Replica: typeof ReplicaClass;
  readonly #lives = new Map<number, Life>();
  readonly #boots = new Map<number, number>();
  /** How much of the log each member's disk remembers as applied: what a next life begins with. */
  readonly #applied = new Map<number, number>();
  readonly #links: ModelLinks<Payload>;
  #names = 0;
  #trouble = 0.02;

  constructor(seed: number, Replica: typeof ReplicaClass) {
    this.#prng = new Prng(seed, 'requests');
    this.#consensus = new ConsensusModel(this.#prng.fork('consensus'));
    this.#links = new ModelLinks(this.#prng.fork('links'));
    this.#Replica = Replica;
  }

  /** @throws RequestViolation, or what the replica throws */
  async run(steps: number): Promise<void> {
    for (const id of IDS) this.#start(id);
    for (let step = 0; step < steps; step++) {
      this.#step();
      await settled();
    }
    await this.#calm();
    this.totals.breaks = this.#links.breaks;
    this.#check();
  }

  #step(): void {
    const prng = this.#prng;
    if (prng.chance(0.02)) this.#trouble = prng.chance(0.4) ? 0 : prng.between(0, 0.12);
    const id = prng.pick(IDS);
    if (prng.chance(this.#trouble)) {
      const fault = prng.fraction();
      if (fault < 0.15) this.#crash(id);
      else if (fault < 0.5) this.#links.disconnect(id, prng.pick(IDS));
      else if (fault < 0.8) this.#elect(id);
      else if (fault < 0.9) this.#lives.get(id)?.raft.hear(this.#consensus.term, 0);
      else this.#receive(id, true);
      this.#lives.get(id)?.replica.wake();
      return;
    }
    const chance = prng.fraction();
    if (chance < 0.1) this.#links.connect(id, prng.pick(IDS));
    else if (chance < 0.14) this.#start(id);
    else if (chance < 0.3) this.#submit(id);
    else if (chance < 0.5) this.#arrive(id);
    else if (chance < 0.7) this.#lives.get(id)?.tasks.shift()?.();
    else if (chance < 0.74) this.#links.send(prng.pick(IDS), id, { kind: 'again' });
    else if (chance < 0.84) this.#assert(id);
    else if (chance < 0.9) this.#commit();
    else this.#receive(id, false);
  }

  /** No more faults: one leader, all linked, everything arrives and is applied. */
  async #calm(): Promise<void> {
    for (const id of IDS) this.#start(id);
    for (const a of IDS) for (const b of IDS) this.#links.connect(a, b);
    const leader = this.#lives.get(this.#consensus.leaderOf(this.#consensus.term));
    if (leader === undefined || leader.raft.role !== Role.leader) this.#elect(this.#prng.pick(IDS));
    for (let round = 0; round < 40; round++) {
      for (const id of IDS) {
        this.#assert(id);
        const life = this.#lives.get(id)!;
        while (this.#arrive(id));
        if (life.raft.role === Role.leader) this.#consensus.commit(true);
        this.#receive(id, false);
        life.replica.wake();
        for (let task = life.tasks.shift(); task !== undefined; task = life.tasks.shift()) task();
        await settled();
      }
    }
  }

  #check(): void {
    const seen = new Set<number>();
    const last = new Map<string, number>();
    for (const { kind, data, index } of this.#consensus.committed) {
      if (kind !== EntryKind.command) continue;
      const { origin, requestNumber, name } = readNamed(data);
      if (seen.has(name)) this.#fail(`request ${name} stands twice in the log, the second time at ${index}`);
      seen.add(name);
      const life = `${origin}/${Math.floor(requestNumber / 2 ** 31)}`;
      if (name < (last.get(life) ?? 0))
        this.#fail(`request ${name} of member ${origin} stands behind a later one`);
      last.set(life, name);
    }
    for (const [id, { asked }] of this.#lives) {
      for (const { name, outcome, cancelled } of asked) {
        if (outcome === 'none' && !cancelled)
          this.#fail(`request ${name} of member ${id} was never answered`);
        if (outcome === 'applied' && !seen.has(name))
          this.#fail(`request ${name} was answered and is not in the log`);
      }
    }
  }

  #fail(message: string): never {
    throw new RequestViolation(message);
  }

  #start(id: number): void {
    if (this.#lives.has(id)) return;
    const boot = (this.#boots.get(id) ?? 0) + 1;
    this.#boots.set(id, boot);
    const applied = this.#applied.get(id) ?? 0;
    const newest = this.#consensus.committed[applied - 1];
    const raft = new ModelRaft(id, applied, this.#consensus, this.#prng.fork(`raft ${id}`));
    raft.hear(newest?.term ?? 0, 0);
    const machine = new ModelMachine(newest, (entry) => this.#advanced(id, entry));
    const tasks: (() => void)[] = [];
    const ends = new Map<number, End>();
    const quiet = (): void => {};
    const watchers = { told: 0, overtaken: false };
    const replica = new this.#Replica({
      raft: raft as unknown as Raft,
      raftId: id,
      witness: undefined,
      enforcesQuotas: false,
      tickMs: 10,
      machine: machine as unknown as StateMachine,
      storage: {
        persist: (_write: unknown, done: () => void) => void tasks.push(done),
      } as unknown as Storage,
      snapshots: {
        consider: quiet,
        stop: quiet,
        load: async () => {
          machine.skip(raft.installed!);
          watchers.overtaken = true;
        },
      } as unknown as Snapshots,
      links: {
        outbox: (serverId: number) => ends.get(serverId)?.outbox,
        flush: () => this.#flush(id, ends),
        tick: quiet,
      } as unknown as Links,
      numbers: new NumberRange(boot, NUMBER_BOUNDS),
      // Tiny, so that several frames and turns are needed for what waits.
      bounds: { forwardFrameBytes: 150, forwardWindowBytes: 400, turnSteps: 3, pieceNodes: 1 },
      clock: { monotonicMs: () => 0, wallMs: () => 1 },
      scheduler: { defer: (task) => void tasks.push(task), every: () => quiet },
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      fatal: (error) => {
        throw error;
      },
      events: {
        applying: quiet,
        changed: (result) => {
          watchers.told = (result as Named).name;
          return result.changes?.changeCount ?? 0;
        },
        held: quiet,
        overtaken: () => {
          watchers.overtaken = false;
        },
        commandApplied: () => {
          if (watchers.overtaken) this.#fail(`member ${id} serves on what watchers never heard of`);
        },
        turned: quiet,
        flush: quiet,
        configured: quiet,
        leadershipChanged: quiet,
      },
    });
    this.#links.attach(id);
    this.#lives.set(id, {
      raft,
      replica,
      ends,
      asked: [],
      tasks,
      watchers,
      lastAnswered: 0,
    });
    this.#say(id, `starts, life ${boot}, with ${applied} entries applied`);
  }

  #advanced(id: number, { index }: Entry): void {
    this.#applied.set(id, index - GENESIS_INDEX);
  }

  #crash(id: number): void {
    if (!this.#lives.has(id)) return;
    this.totals.crashes++;
    this.#say(id, 'stops');
    this.#links.detach(id);
    this.#lives.get(id)?.replica.stop();
    this.#lives.delete(id);
  }

  #submit(id: number): void {
    const life = this.#lives.get(id);
    // Clients are not served before there was a leader.
    if (life === undefined || life.raft.term === 0) return;
    const name = ++this.#names;
    this.totals.requests++;
    const asked: Asked = {
      name,
      requestNumber: 0,
      command: namedCommand(id, life.replica.requests.nextNumber(), name),
      submittedTerm: 0,
      cancelled: false,
      outcome: 'none',
      applied: (result) => {
        if (asked.outcome !== 'none') this.#fail(`request ${name} is ${asked.outcome} and then applied`);
        if ((result as Named).name !== name) this.#fail(`request ${name} was told of another's entry`);
        if (life.watchers.told !== name)
          this.#fail(`request ${name} was answered before watchers heard of it`);
        if (name < life.lastAnswered) this.#fail(`request ${name} was answered behind ${life.lastAnswered}`);
        life.lastAnswered = name;
        asked.outcome = 'applied';
        this.totals.applied++;
      },
      abandoned: () => {
        if (asked.outcome !== 'none') this.#fail(`request ${name} is ${asked.outcome} and then abandoned`);
        asked.outcome = 'abandoned';
        this.totals.abandoned++;
      },
    };
    life.asked.push(asked);
    life.replica.submit(asked);
    // A client that goes away: its request may still be applied, and nobody is told.
    if (this.#prng.chance(0.1)) asked.cancelled = true;
    this.#say(id, `request ${name}`);
  }

  #elect(id: number): void {
    const life = this.#lives.get(id);
    if (life === undefined) return;
    // Nobody wins a term without having stood for it, which its replica has seen.
    life.raft.stand(this.#consensus.term);
    life.replica.wake();
    for (let task = life.tasks.shift(); task !== undefined; task = life.tasks.shift()) task();
    this.totals.elections++;
    life.raft.lead(this.#consensus.elect(id));
    this.#say(id, `leads term ${this.#consensus.term}`);
    life.replica.wake();
  }

  /** A leader, deposed or not, tells those whom it is linked with, behind what it sent them before. */
  #assert(id: number): void {
    const leader = this.#lives.get(id);
    if (leader?.raft.role !== Role.leader) return;
    this.#flush(id, leader.ends);
    for (const to of leader.ends.keys()) this.#links.send(id, to, { kind: 'word', term: leader.raft.term });
  }

  /** What the word of a leader does: its receiver follows it, or tells it of a newer term. */
  #heed(id: number, from: number, term: number): void {
    const { raft } = this.#lives.get(id)!;
    if (term >= raft.term && this.#consensus.leaderOf(term) === from) raft.hear(term, from);
    else this.#links.send(id, from, { kind: 'deposed', term: raft.term });
  }

  #commit(): void {
    const { term } = this.#consensus;
    const leader = this.#lives.get(this.#consensus.leaderOf(term));
    if (leader === undefined || leader.raft.role !== Role.leader || leader.raft.term !== term) return;
    this.#consensus.commit(false);
    leader.raft.receive(this.#consensus.committed.length, false);
    leader.replica.wake();
  }

  #receive(id: number, bySnapshot: boolean): void {
    const life = this.#lives.get(id);
    if (life === undefined) return;
    // A leader holds every committed entry: nobody sends it a snapshot.
    const isLeader = life.raft.role === Role.leader;
    const before = this.#applied.get(id) ?? 0;
    const length = this.#consensus.committed.length;
    life.raft.receive(before + this.#prng.below(length - before + 1), bySnapshot && !isLeader);
    life.replica.wake();
  }

  #flush(from: number, ends: ReadonlyMap<number, End>): void {
    for (const [to, { outbox }] of ends) {
      if (outbox.length > 0) this.#links.send(from, to, { kind: 'bytes', bytes: outbox.takeBytes() });
    }
  }

  /** Whether there was anything to take in. */
  #arrive(id: number): boolean {
    const life = this.#lives.get(id);
    const arrival = this.#links.next(id);
    if (life === undefined || arrival === undefined) return false;
    const { from } = arrival;
    if (arrival.kind === 'up') {
      life.ends.set(from, {
        outbox: new Outbox(1_000_000),
        splitter: new FrameSplitter(MAX_FRAME_BYTES),
      });
      life.replica.peerUp(from, from);
    } else if (arrival.kind === 'down') {
      life.ends.delete(from);
      life.replica.peerDown(from);
    } else this.#take(id, life, from, arrival.payload);
    life.replica.wake();
    return true;
  }

  #take(id: number, { replica, raft, ends }: Life, from: number, payload: Payload): void {
    switch (payload.kind) {
      case 'again':
        replica.peerUp(from, from);
        break;
      case 'word':
        this.#heed(id, from, payload.term);
        break;
      case 'deposed':
        if (payload.term > raft.term) raft.hear(payload.term, 0);
        break;
      case 'bytes':
        ends.get(from)?.splitter.push(payload.bytes, (frame) => {
          const reader = new FieldReader(frame, peerFormat);
          replica.frame(from, reader.u8(), reader);
        });
        break;
      default:
        payload satisfies never;
    }
  }

  #say(id: number, message: string): void {
    this.trace.push(`  member ${id}: ${message}`);
  }
}
