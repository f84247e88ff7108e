import { type Configuration, Role } from 'raft-ts-lite';
import type { Bounds } from '../src/bounds/bounds.ts';
import type { Limits } from '../src/bounds/limits.ts';
import type { MemberAddress } from '../src/config/config.ts';
import { StorageErrorCode } from '../src/errors/error-codes.ts';
import { isOutOfDescriptors } from '../src/ports/disk.ts';
import { memberOf } from '../src/replica/membership/membership.ts';
import { FormerEnsemble, UnrunnableLevel } from '../src/replica/unusable-data.ts';
import { StorageError } from '../src/storage/storage-error.ts';
import { BoundsWatch } from './checks/bounds-watch.ts';
import type { ContactTimes } from './checks/contact-times.ts';
import { CutOffWatch } from './checks/cut-off-watch.ts';
import { DiskWatch } from './checks/disk-watch.ts';
import { ExpiryWatch } from './checks/expiry-watch.ts';
import { HandoverWatch } from './checks/handover-watch.ts';
import { MembershipWatch } from './checks/membership-watch.ts';
import { Monitor } from './checks/monitor.ts';
import { type LogEnd, PromiseWatch } from './checks/promise-watch.ts';
import type { Violation } from './history/operation.ts';
import { Host, type HostEvents } from './host.ts';
import type { End } from './network/connection.ts';
import { Network } from './network/network.ts';
import { Roster } from './operator/roster.ts';
import { Oracle } from './oracle/oracle.ts';
import type { Prng } from './prng.ts';
import type { VirtualTime } from './scheduler.ts';
import type { Totals } from './totals.ts';
import type { Trace } from './trace.ts';

export interface EnsembleSettings {
  readonly voters: number;
  readonly learners: number;
  /** Machines on which no member runs at first. */
  readonly spares: number;
  readonly segmentBytes: number;
  readonly snapRetainCount: number;
  readonly snapshotEveryEntries: number;
  readonly snapshotEveryBytes: number;
  readonly requestBytes: number;
  readonly diskBytes: number;
  readonly msPerByte: number;
  /** Of each way between two machines. */
  readonly bytesPerMs: number;
  /** Those that are not as the configuration makes them. */
  readonly bounds: Partial<Bounds>;
  readonly limits?: Partial<Limits>;
  readonly provesMembers?: boolean;
}

type NewestConfiguration = Pick<Configuration, 'index' | 'voters' | 'learners'>;

/** A client's end of a connection, and what its member hears of it. */
export interface Dialled {
  readonly end: End;
  readonly contacts: ContactTimes;
}

/** All machines, the network between them, and a supervisor that starts members again that exited by themselves. */
export class Ensemble {
  /** All machines, also those on which no member runs. */
  readonly hosts: readonly Host[];
  readonly roster: Roster;
  readonly network: Network;
  readonly promises: PromiseWatch;
  readonly monitor: Monitor;
  readonly oracle: Oracle;
  readonly expiries: ExpiryWatch;
  readonly memberships: MembershipWatch;
  readonly settings: EnsembleSettings;
  readonly #time: VirtualTime;
  readonly #trace: Trace;
  readonly #totals: Totals;
  readonly #prng: Prng;
  readonly #limits: BoundsWatch;
  readonly #handovers: HandoverWatch;
  readonly #cutOffs: CutOffWatch;
  readonly #disks: DiskWatch;
  readonly #report: (violation: Violation) => void;
  /** Of a rule that names no operations. */
  readonly #say = (rule: string, message: string): void => this.#report({ rule, message, operations: [] });
  readonly #logs = new Map<number, LogEnd>();
  /** By server id: under which Raft id it ran last. */
  readonly #ids = new Map<number, number>();
  #newestConfiguration: NewestConfiguration = { index: -1, voters: [], learners: [] };
  #copyMissing = false;
  #ports = 40_000;

  constructor(
    time: VirtualTime,
    trace: Trace,
    totals: Totals,
    prng: Prng,
    settings: EnsembleSettings,
    report: (violation: Violation) => void,
  ) {
    this.#time = time;
    this.#trace = trace;
    this.#totals = totals;
    this.#prng = prng;
    this.#report = report;
    this.settings = settings;
    const say = this.#say;
    this.promises = new PromiseWatch(say, {
      isSuspect: (serverId) => this.host(serverId).member?.running?.replica.raft.isSuspect === true,
      voterLogs: () => this.#voterLogs(),
    });
    this.expiries = new ExpiryWatch(say, {
      nowMs: () => time.nowMs,
      clearSinceMs: (from, to) => this.#clearSinceMs(from, to),
      lifeOf: (serverId) => this.host(serverId).lives,
    });
    this.oracle = new Oracle({
      report: say,
      expired: (life, term) => {
        this.expiries.expired(life, term);
        this.#cutOffs.expired(life.id);
      },
    });
    this.#limits = new BoundsWatch(say, totals);
    this.memberships = new MembershipWatch(say, totals);
    this.#handovers = new HandoverWatch(totals);
    this.#cutOffs = new CutOffWatch(say, () => time.nowMs);
    this.#disks = new DiskWatch(say, {
      nowMs: () => time.nowMs,
      hosts: () => this.hosts,
      leader: () => this.leader,
      snapshotEveryBytes: settings.snapshotEveryBytes,
      isMember: (raftId) => this.#isMember(raftId),
      isClear: (from, to) => this.network.clearSinceMs(from, to) <= time.nowMs,
    });
    this.monitor = this.#watchedBy(totals);
    this.network = this.#connected(prng);
    const count = settings.voters + settings.learners;
    const members = Array.from({ length: count }, (_, at) => address(at + 1, at < settings.voters));
    this.roster = new Roster(members);
    const hostSettings = {
      ...settings,
      members,
      storage: { segmentBytes: settings.segmentBytes, snapRetainCount: settings.snapRetainCount },
    };
    const world = { time, network: this.network, trace, events: this.#hostEvents() };
    this.hosts = Array.from({ length: count + settings.spares }, (_, at) => {
      const serverId = at + 1;
      const host = new Host(serverId, world, hostSettings, prng.fork(`host ${serverId}`));
      host.inService = this.roster.has(serverId);
      return host;
    });
  }

  /** The monitor hands what members do on to all that watch them. */
  #watchedBy(totals: Totals): Monitor {
    return new Monitor(
      {
        report: this.#say,
        restarted: (recovered) => this.promises.restarted(recovered),
        runs: (host, running) => {
          if (host.member === undefined) return;
          this.#limits.runs(host.member, running, host.bounds);
          this.#disks.runs(host, host.member, running);
          this.#handovers.runs(running.replica.raft);
          this.#identified(host.serverId, running.identity.raftId);
        },
        moved: (host) => {
          if (host.member !== undefined) this.#limits.look(host.member);
        },
        leads: (term, raftId, configuration, known) => {
          this.expiries.leads(term);
          this.#handovers.leads(raftId, term);
          this.memberships.leads(raftId, term, configuration, known);
        },
        configured: (index, data) => this.memberships.applied(index, data),
        expires: (host, term, session, attachIndex) => {
          const life = this.oracle.sessions.get(session);
          if (life !== undefined) this.expiries.decided(host.serverId, term, attachIndex, life);
        },
      },
      totals,
      this.oracle,
      this.#time,
    );
  }

  #connected(prng: Prng): Network {
    return new Network(
      this.#time,
      prng.fork('network'),
      {
        baseLatencyMs: 0.1,
        jitterMs: prng.pick([0.1, 0.5, 3]),
        maxRedialMs: prng.pick([30, 200]),
        bytesPerMs: this.settings.bytesPerMs,
      },
      (from, _to, frames) => {
        this.promises.sent(from, frames);
        this.#limits.sent(from, frames, this.host(from).bounds);
      },
    );
  }

  start(): void {
    for (const host of this.members) this.#time.after(this.#prng.between(0, 20), () => host.start());
  }

  host(serverId: number): Host {
    return this.hosts[serverId - 1] as Host;
  }

  /** The machines of those that are meant to be members. */
  get members(): readonly Host[] {
    return this.hosts.filter((host) => this.roster.has(host.serverId));
  }

  /** The members that clients know. */
  get serverIds(): readonly number[] {
    return this.roster.members.map((member) => member.serverId);
  }

  /** A client's connection to a member, from an address; undefined where nobody answers. */
  dial(client: string, address: string, serverId: number): Dialled | undefined {
    const host = this.host(serverId);
    const to = this.network.route(client, String(serverId));
    const from = this.network.route(String(serverId), client);
    if (!host.up || to.blocked || from.blocked) return undefined;
    const connection = this.network.connection(client, String(serverId));
    const contacts = host.accept(connection, address, this.#ports++);
    return contacts === undefined ? undefined : { end: connection.near, contacts };
  }

  /** The machine whose member leads the highest term. */
  get leader(): Host | undefined {
    let found: Host | undefined;
    let term = 0;
    for (const host of this.hosts) {
      const raft = host.member?.running?.replica.raft;
      if (raft === undefined || raft.role !== Role.leader || raft.term <= term) continue;
      found = host;
      term = raft.term;
    }
    return found;
  }

  /**
   * Every machine that is meant to runs a member that serves, started with the newest configuration file, all are in the configuration in their
   * roles, and nobody is suspect; the others run nothing.
   */
  get whole(): boolean {
    const raft = this.leader?.member?.running?.replica.raft;
    if (raft === undefined || raft.changeInFlight) return false;
    if (!this.roster.matches(raft.configuration)) return false;
    return this.hosts.every((host) => {
      // One that is down for a moment only, and still to be started again, has not gone.
      if (!this.roster.has(host.serverId)) return !host.up && !host.inService;
      const running = host.member?.running;
      return (
        running !== undefined &&
        (this.roster.isByReconfig || host.startedWith === this.roster.members) &&
        host.member?.clients.serving === true &&
        !running.replica.raft.isSuspect
      );
    });
  }

  /**
   * What some member had acknowledged was lost with its disk, and it is not rebuilt yet. Until then no other machine may lose its power:
   * its torn tail would make it suspect, and with both out of the vote an ensemble of three waits for people, as it should.
   */
  get copyMissing(): boolean {
    if (this.#copyMissing && this.whole) this.#copyMissing = false;
    return this.#copyMissing;
  }

  set copyMissing(missing: boolean) {
    this.#copyMissing = missing;
  }

  /** A member says that another one has taken over from the leader of `term`. */
  tookOver(raftId: number, term: number): void {
    if (this.monitor.hasLedSince(raftId, term)) return;
    const message = `Raft id ${raftId} was said to lead after term ${term}`;
    this.#say('leadership is handed over when it is said to be', message);
  }

  /** Every member has applied the same entries. */
  get converged(): boolean {
    const applied = this.members.map((host) => host.member?.running?.replica.appliedIndex);
    return applied.every((index) => index !== undefined && index === applied[0]);
  }

  /** What each machine is doing, for people. */
  describe(): string {
    return this.hosts
      .map((host) => {
        const running = host.member?.running;
        if (running === undefined) return `${host.name}: ${host.up ? host.member?.reason : 'down'}`;
        const { raft, appliedIndex } = running.replica;
        const suspect = raft.isSuspect ? ', suspect' : '';
        return `${host.name}: Raft id ${raft.id} ${raft.role} of term ${raft.term}, follows ${raft.leader}, log to ${raft.lastIndex}, committed ${raft.commit}, applied ${appliedIndex}${suspect}, ${
          host.member?.clients.serving ? 'serving' : host.member?.reason
        }`;
      })
      .join('\n');
  }

  /** Since when what one member hears of its clients has had a clear way to another. */
  #clearSinceMs(from: number, to: number): number {
    const { process } = this.host(from);
    if (process === undefined) return Number.POSITIVE_INFINITY;
    // A leader that stalls makes up for it.
    if (from === to) return process.bornMs;
    // The word of one that is no member any more does not count.
    const leader = this.host(to).member?.running?.replica.raft.configuration;
    if (leader === undefined || memberOf(leader, from) === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(process.runsSinceMs, this.network.clearSinceMs(from, to));
  }

  #hostEvents(): HostEvents {
    return {
      started: (host, member) => this.#limits.begins(member, host.bounds),
      looked: (host) => {
        this.monitor.look(host);
        this.#noteLog(host);
        this.#cutOffs.look(host);
        this.#disks.look();
        const raft = host.member?.running?.replica.raft;
        if (raft === undefined) return;
        this.#handovers.look(raft);
        this.memberships.look(raft);
      },
      ending: (host) => this.monitor.ended(host),
      exited: (host, error) => {
        this.#totals.add('exits');
        this.#exited(host, error);
      },
      threw: (host, error) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#say('a member does not throw', `${host.name}: ${text}`);
      },
    };
  }

  #exited(host: Host, error: Error): void {
    this.#trace.add(host.name, 'will be started again by its supervisor');
    if (error instanceof UnrunnableLevel && host.mayBeTooOld)
      this.#totals.add('members that stopped below the feature level');
    else if (error instanceof FormerEnsemble && host.isGivenUp) this.#totals.add('former members that ended');
    else if (!isDiskFault(error)) {
      const message = `${host.name}: ${error.stack ?? error.message}`;
      this.#say('a member ends only because of its disk', message);
    }
    this.#time.after(this.#prng.between(50, 500), () => {
      host.startAgain();
    });
  }

  /** A member that comes up under a new id has given its former one up for good. */
  #identified(serverId: number, raftId: number): void {
    const before = this.#ids.get(serverId);
    if (before !== undefined && before !== raftId) this.promises.lost(before);
    this.#ids.set(serverId, raftId);
  }

  /** Of each Raft id that votes in the newest configuration, the durable end of its log when it was last seen. */
  #voterLogs(): LogEnd[] {
    const { voters } = this.#newestConfiguration;
    return voters.map((id) => this.#logs.get(id)).filter((log) => log !== undefined);
  }

  #isMember(raftId: number): boolean {
    const { voters, learners } = this.#newestConfiguration;
    return voters.includes(raftId) || learners.includes(raftId);
  }

  #noteLog(host: Host): void {
    const raft = host.member?.running?.replica.raft;
    if (raft === undefined) return;
    const { id, persistedIndex, configuration } = raft;
    if (configuration.index > this.#newestConfiguration.index) this.#newestConfiguration = configuration;
    const known = this.#logs.get(id);
    const term = raft.termAt(persistedIndex);
    if (known?.index !== persistedIndex || known.term !== term)
      this.#logs.set(id, { index: persistedIndex, term });
  }
}

export function address(serverId: number, voter: boolean): MemberAddress {
  return {
    serverId,
    host: '127.0.0.1',
    peerPort: 2880 + serverId,
    role: voter ? 'voter' : 'learner',
    clientPort: 2180 + serverId,
  };
}

/** What may end a member: a disk that fails, or is full when it starts. Anything else is a bug, want of a descriptor while it runs, too. */
function isDiskFault(error: Error): boolean {
  if (!(error instanceof StorageError)) return false;
  if (error.code === StorageErrorCode.failed) return !isOutOfDescriptors(error.cause);
  return error.code === StorageErrorCode.full;
}
