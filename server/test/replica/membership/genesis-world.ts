import { FaultyVolume } from '../../../sim/disk/faulty-volume.ts';
import { Prng } from '../../../sim/prng.ts';
import { boundsOf } from '../../../src/bounds/bounds.ts';
import { FIRST_LEVEL_ONLY } from '../../../src/model/feature-level.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import type { Transport } from '../../../src/ports/transport.ts';
import type { Bootstrap as BootstrapClass } from '../../../src/replica/membership/bootstrap.ts';
import type { Links as LinksClass } from '../../../src/replica/peers/links.ts';
import { ofNobody, PeerFrame, readGrant } from '../../../src/replica/peers/peer-frames.ts';
import type { MemberIdentity } from '../../../src/storage/recovered.ts';
import { Storage } from '../../../src/storage/storage.ts';
import { ModelLinks } from '../model-links.ts';
import { settled } from '../settled.ts';

/** The classes under test: the project's own, or a copy with a bug in it. */
export interface GenesisSubject {
  readonly Bootstrap: typeof BootstrapClass;
  readonly Links: typeof LinksClass;
}

export class GenesisViolation extends Error {
  override readonly name: string = 'GenesisViolation';
}

const SERVER_IDS = [1, 2, 3] as const;
const options = { segmentBytes: 4096, snapRetainCount: 3 };

interface Vote {
  readonly raftId: number;
  readonly serverId: number;
  /** Which disk of the server id, counted. */
  readonly disk: number;
}

interface Life {
  readonly links: LinksClass;
  readonly bootstrap: BootstrapClass;
  readonly storage: Storage;
  identity: MemberIdentity | undefined;
  term: number;
  persisting: boolean;
}

/** One machine: a disk that lasts, and the process on it, if there is one. */
class Machine {
  readonly serverId: number;
  readonly volume: FaultyVolume;
  /** Callbacks of the disk that have not run; of the present life only. */
  diskCalls: (() => void)[] = [];
  life: Life | undefined;
  opening = false;
  /** Counts disks: a wiped one is another disk. */
  disk = 1;
  lives = 0;

  constructor(serverId: number, prng: Prng) {
    this.serverId = serverId;
    this.volume = new FaultyVolume({ prng });
  }
}

/**
 * Three machines in their genesis, with the project's links, bootstrap and storage, between which everything may happen in any
 * order that a network and a disk allow: arrivals are late, links break, processes and machines stop, disks are lost.
 *
 * Raft is not there: a member that may start campaigns when chance wants it, others that run vote for it, and both remember
 * that durably, as Raft would. From the first election on at most one machine's disk is lost: more than that no quorum survives.
 */
export class GenesisWorld {
  readonly trace: string[] = [];
  /** Members that took part in an election. */
  readonly votes: Vote[] = [];
  elections = 0;
  wipes = 0;
  crashes = 0;
  readonly #prng: Prng;
  readonly #subject: GenesisSubject;
  readonly #machines: readonly Machine[];
  readonly #links: ModelLinks<Uint8Array>;
  /** How likely a step is a fault. */
  #trouble = 0;
  #wipedSinceElection: number | undefined;
  #failure: Error | undefined;

  constructor(seed: number, subject: GenesisSubject) {
    this.#prng = new Prng(seed, 'genesis');
    this.#subject = subject;
    this.#links = new ModelLinks(this.#prng.fork('links'));
    this.#machines = SERVER_IDS.map((serverId) => new Machine(serverId, this.#prng.fork(`disk ${serverId}`)));
  }

  get breaks(): number {
    return this.#links.breaks;
  }

  /** @throws GenesisViolation */
  async run(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      await this.#step();
      await settled();
      this.#check();
    }
    await this.#calm();
  }

  async #step(): Promise<void> {
    const prng = this.#prng;
    const machine = prng.pick(this.#machines);
    // Faults come in bursts, or a genesis would hardly ever get far.
    if (prng.chance(0.02)) this.#trouble = prng.chance(0.5) ? 0 : prng.between(0, 0.15);
    if (prng.chance(this.#trouble)) {
      const fault = prng.fraction();
      if (fault < 0.4) this.#stop(machine, prng.chance(0.5));
      else if (fault < 0.6) this.#wipe(machine);
      else this.#links.disconnect(prng.pick(SERVER_IDS), prng.pick(SERVER_IDS));
      return;
    }
    const chance = prng.fraction();
    if (chance < 0.15) this.#links.connect(prng.pick(SERVER_IDS), prng.pick(SERVER_IDS));
    else if (chance < 0.25) this.#startProcess(machine);
    else if (chance < 0.55) this.#arrive(machine);
    else if (chance < 0.85) await this.#workDisk(machine, 1 + prng.below(8));
    else if (chance < 0.9) machine.life?.bootstrap.step();
    else this.#campaign(machine);
  }

  async #workDisk(machine: Machine, calls: number): Promise<void> {
    for (let left = calls; left > 0; left--) {
      machine.diskCalls.shift()?.();
      await settled();
    }
  }

  /** No more faults: everything that is under way arrives, all are connected, and each looks at what is. */
  async #calm(): Promise<void> {
    for (let round = 0; round < 60; round++) {
      for (const machine of this.#machines) this.#startProcess(machine);
      for (const a of SERVER_IDS) for (const b of SERVER_IDS) this.#links.connect(a, b);
      for (const machine of this.#machines) {
        for (let left = 20; left > 0; left--) {
          this.#arrive(machine);
          await this.#workDisk(machine, 1);
        }
        machine.life?.bootstrap.step();
      }
      this.#check();
    }
    const clusters = new Set(this.#machines.map(({ life }) => life?.links.self.clusterId ?? ''));
    clusters.delete('');
    // A disk that is lost while its owner's grants are under way can leave two clusters that never run: people are told.
    if (clusters.size > 1 && this.wipes === 0) this.#fail('two clusters were begun and no disk was lost');
    for (const machine of this.#machines) {
      const isStarted = machine.life?.links.self.started === true;
      const reason = machine.life?.bootstrap.reason ?? 'no process';
      if (clusters.size > 1) {
        if (isStarted && this.elections === 0)
          this.#fail(`member ${machine.serverId} runs beside another cluster`);
      } else if (!isStarted && !this.#waitsForLeader(machine, reason)) {
        this.#fail(`member ${machine.serverId} never starts: ${reason}`);
      }
    }
  }

  /** One that lost its disk after Raft ran is not given its old id again: that is a leader's to mend. */
  #waitsForLeader({ disk, life }: Machine, reason: string): boolean {
    return disk > 1 && life?.identity === undefined && reason.includes('waits for the leader');
  }

  /** What must hold after every step, of all disks and processes. */
  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
    const holders = new Map<string, number>();
    for (const { serverId, life, disk } of this.#machines) {
      const identity = life?.identity;
      if (identity === undefined) continue;
      const key = `${identity.clusterId}/${identity.raftId}`;
      const other = holders.get(key);
      if (other !== undefined) {
        this.#fail(`members ${other} and ${serverId} both hold Raft id ${identity.raftId}`);
      }
      holders.set(key, serverId);
      if (this.elections === 0) continue;
      const voted = this.votes.find((vote) => vote.raftId === identity.raftId && vote.serverId === serverId);
      if (voted !== undefined && voted.disk !== disk) {
        this.#fail(
          `member ${serverId} lost its disk after it had voted as ${identity.raftId}, and has that id again`,
        );
      }
    }
    const running = this.#machines.filter(({ life }) => life?.links.self.started === true);
    const clusters = new Set(running.map(({ life }) => life?.identity?.clusterId));
    if (clusters.size > 1 && this.elections === 0) this.#fail('members of two clusters run');
  }

  #fail(message: string): never {
    throw new GenesisViolation(`${message}\n${this.trace.join('\n')}`);
  }

  #startProcess(machine: Machine): void {
    if (machine.life !== undefined || machine.opening) return;
    machine.opening = true;
    const number = ++machine.lives;
    const isPresent = (): boolean => machine.lives === number;
    const disk = machine.volume.mount((_delayMs, run) => {
      if (isPresent()) machine.diskCalls.push(run);
    });
    Storage.open(disk, options).then(
      ({ storage, recovered }) => {
        if (!isPresent()) return;
        machine.opening = false;
        this.#begin(machine, storage, recovered.identity, recovered.hardState.term);
      },
      (error: Error) => {
        if (isPresent()) this.#failure ??= error;
      },
    );
  }

  #begin(machine: Machine, storage: Storage, identity: MemberIdentity | undefined, term: number): void {
    const { serverId } = machine;
    const number = machine.lives;
    const transport: Transport = {
      send: (to, bytes) => this.#links.send(serverId, to, bytes),
      bufferedBytes: () => 0,
      disconnect: (to) => void this.#links.disconnect(serverId, to),
      connectTo: () => {},
    };
    const log = this.#logger(machine);
    const clock = { monotonicMs: () => 0, wallMs: () => 0 };
    const instance = this.#prng.uint32() + 1;
    const own = ofNobody(serverId, instance, FIRST_LEVEL_ONLY);
    const links = new this.#subject.Links(
      own,
      { transport, clock, log, bounds: boundsOf({ client: { maxFrameBytes: 1_000 } }) },
      {
        greeted: () => bootstrap.step(),
        frame: (_serverId, _hello, kind, reader) => {
          if (kind === PeerFrame.grant) bootstrap.receive(readGrant(reader));
        },
        parted: () => bootstrap.step(),
      },
    );
    if (identity !== undefined) {
      links.announce({ clusterId: identity.clusterId, raftId: identity.raftId, started: term > 0 });
    }
    const life: Life = {
      links,
      storage,
      identity,
      term,
      persisting: false,
      bootstrap: new this.#subject.Bootstrap(
        {
          serverId,
          expectedClusterId: '',
          wanted: SERVER_IDS.map((l) => ({
            serverId: l,
            host: 'h',
            peerPort: l,
            clientHost: 'h',
            clientPort: l,
            role: 'voter',
          })),
          links,
          storage,
          entropy: {
            uint32: () => this.#prng.uint32(),
            bytes: (length) => this.#prng.bytes(length),
            hmac: () => new Uint8Array(32),
            hashBase64: () => '',
            md5: () => new Uint8Array(16),
          },
          log,
          fatal: (error) => {
            if (machine.lives === number) this.#failure ??= error;
          },
          start: (granted) => {
            life.identity = granted;
            this.#note(machine, `runs Raft as ${granted.raftId} of ${granted.clusterId.slice(0, 4)}`);
            links.announce({ started: true, running: true });
          },
        },
        identity,
      ),
    };
    const { bootstrap } = life;
    machine.life = life;
    this.#links.attach(serverId);
    const standing =
      identity === undefined ? 'empty' : `${identity.raftId} of ${identity.clusterId.slice(0, 4)}`;
    this.#note(machine, `starts as instance ${instance} on disk ${machine.disk}, ${standing}, term ${term}`);
    bootstrap.step();
  }

  /** Ends the process; with `power` the machine, and what it had not synced. */
  #stop(machine: Machine, power: boolean): void {
    if (machine.life === undefined && !machine.opening) return;
    this.crashes++;
    this.#note(machine, power ? 'loses its power' : 'is killed');
    this.#links.detach(machine.serverId);
    if (power) machine.volume.crash();
    else machine.volume.kill();
    machine.life = undefined;
    machine.opening = false;
    machine.lives++;
    machine.diskCalls = [];
  }

  #wipe(machine: Machine): void {
    if (this.elections > 0) {
      if (this.#wipedSinceElection !== undefined && this.#wipedSinceElection !== machine.serverId) return;
      this.#wipedSinceElection = machine.serverId;
    }
    this.#stop(machine, true);
    machine.volume.wipe();
    machine.disk++;
    this.wipes++;
    this.#note(machine, 'gets an empty disk');
  }

  #arrive(machine: Machine): void {
    const { life } = machine;
    const arrival = this.#links.next(machine.serverId);
    if (life === undefined || arrival === undefined) return;
    if (arrival.kind === 'up') life.links.up(arrival.from);
    else if (arrival.kind === 'down') life.links.down(arrival.from);
    else life.links.received(arrival.from, arrival.payload);
    life.links.flush();
  }

  /** A member that runs stands for election, and one other that runs and is linked votes for it; both durably, one after the other. */
  #campaign(machine: Machine): void {
    const { life } = machine;
    if (life?.links.self.started !== true || life.persisting) return;
    const voter = this.#machines.find(
      (other) =>
        other !== machine &&
        other.life?.links.self.started === true &&
        !other.life.persisting &&
        other.life.identity?.clusterId === life.identity?.clusterId &&
        life.links.isUp(other.serverId) &&
        other.life.links.isUp(machine.serverId),
    );
    const voting = voter?.life;
    const term = Math.max(life.term, voting?.term ?? 0) + 1;
    this.#remember(machine, life, term, () => {
      if (voter === undefined || voting === undefined || voter.life !== voting) return;
      if (voting.persisting || voting.term >= term) return;
      this.#remember(voter, voting, term, () => {
        this.elections++;
        this.#note(machine, `wins term ${term} with the vote of member ${voter.serverId}`);
        for (const { serverId, disk, life: its } of [machine, voter]) {
          if (its?.identity !== undefined) this.votes.push({ raftId: its.identity.raftId, serverId, disk });
        }
      });
    });
  }

  #remember(machine: Machine, life: Life, term: number, then: () => void): void {
    life.persisting = true;
    const vote = life.identity?.raftId ?? 0;
    const write = { snapshot: undefined, hardState: { term, vote }, entries: [], clearSuspect: false };
    life.storage.persist(write, (error) => {
      if (machine.life !== life) return;
      life.persisting = false;
      if (error !== undefined) {
        this.#failure ??= error;
        return;
      }
      life.term = term;
      then();
    });
  }

  #logger(machine: Machine): Logger {
    const line = (_fields: object, message: string): void => this.#note(machine, message);
    return { debug: line, info: line, warn: line, error: line };
  }

  #note(machine: Machine, message: string): void {
    this.trace.push(`  member ${machine.serverId}: ${message}`);
  }
}
