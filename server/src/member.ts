import { Draining } from './admin/draining.ts';
import { AuditTrail } from './audit/audit-trail.ts';
import { checkBounds } from './bounds/relations.ts';
import type { FieldReader } from './codec/field-reader.ts';
import type { Config } from './config/config.ts';
import { Clients } from './connections/clients.ts';
import { Service } from './connections/service.ts';
import { ProofGuard } from './failed-proofs/proof-guard.ts';
import { checkIdentity } from './identity-check.ts';
import { LeaderChanges } from './leader-changes.ts';
import { reviewLog } from './log-review.ts';
import { peerAddresses, wantedMember } from './member-addresses.ts';
import { memberEvents } from './member-events.ts';
import { routeFrame } from './member-frames.ts';
import type { MemberParts, RunningReplica } from './member-parts.ts';
import type { ClientSocket, ClientSocketEvents } from './ports/client-socket.ts';
import type { PeerAddress, TransportEvents } from './ports/transport.ts';
import { Proving } from './proving.ts';
import { Checkpoints } from './replica/leader/checkpoints.ts';
import { ContainerManager } from './replica/leader/container-manager.ts';
import { fitnessToLead } from './replica/leader/fitness-to-lead.ts';
import { Restores } from './replica/leader/restores.ts';
import { Bootstrap } from './replica/membership/bootstrap.ts';
import { provesMembers, RecoveryWatch, recoveryOn } from './replica/membership/forced-recovery.ts';
import { LevelWatch } from './replica/membership/level-watch.ts';
import { decodeContext, type WantedMember } from './replica/membership/membership.ts';
import { keepMembership } from './replica/membership/membership-keeper.ts';
import { OutdatedVoices, type Standing, standingOf } from './replica/membership/outdated-voices.ts';
import { NumberRange } from './replica/number-range.ts';
import { Links } from './replica/peers/links.ts';
import {
  type AnswerQuestion,
  MemberQuestions,
  UnansweredQuestion,
} from './replica/peers/member-questions.ts';
import {
  type Hello,
  type Outdated,
  ofNobody,
  PeerFrame,
  readGrant,
  readOutdated,
} from './replica/peers/peer-frames.ts';
import { ReconfigRequests } from './replica/reconfig-requests.ts';
import { Replica } from './replica/replica.ts';
import { Shortage } from './replica/shortage.ts';
import { type PeerTiming, peerTiming } from './replica/timing.ts';
import { restoreState } from './restored-state.ts';
import { reviewService } from './service-review.ts';
import { type ForceOutcome, forceMember } from './storage/force-member.ts';
import type { MemberIdentity, Recovered } from './storage/recovered.ts';
import { Storage } from './storage/storage.ts';
import { isDiskFull } from './storage/storage-error.ts';

/** Ticks between two looks at membership, sessions and service. */
const TICKS_PER_REVIEW = 10;
/** Ticks between two looks at the free space of the disk: others fill it and make room, too. */
const TICKS_PER_SPACE_LOOK = 100;

/**
 * One member of the ensemble, from an empty disk to a running replica:
 *
 *   opening ──► bootstrap (no identity, or genesis not complete) ──► running ──► stopped
 *                  ▲                                                    │
 *                  └─────────── its id was removed: data set aside ─────┘
 */
export class Member implements TransportEvents {
  readonly config: Config;
  readonly clients: Clients;
  /** undefined: nothing is audited. */
  readonly audit: AuditTrail | undefined;
  /** Of every door of this member. */
  readonly proofs: ProofGuard;
  links: Links;
  storage: Storage | undefined;
  running: RunningReplica | undefined;
  readonly leaderChanges: LeaderChanges;
  /** Monotonic. */
  readonly startedMs: number;
  /** About to stop: see MemberView.drain. */
  readonly draining: Draining;
  readonly levels: LevelWatch;
  readonly #recoveries: RecoveryWatch;
  readonly proving: Proving;
  service: Service;
  /** Of other members. Set by the composition. */
  answerQuestion: AnswerQuestion = () => Promise.reject(new UnansweredQuestion('nothing can be asked here'));
  readonly #parts: MemberParts;
  readonly #timing: PeerTiming;
  readonly #wanted: readonly WantedMember[];
  #bootstrap: Bootstrap | undefined;
  readonly #containers: ContainerManager;
  readonly #shortage: Shortage;
  #stopTimers: readonly (() => void)[] = [];
  #stopped = false;
  #ticks = 0;

  constructor(parts: MemberParts) {
    this.proving = new Proving(parts.config.provesVersion);
    this.#parts = this.proving.guarded(parts, () => this.running?.replica.stop());
    this.config = parts.config;
    this.startedMs = parts.clock.monotonicMs();
    checkBounds(parts.bounds, parts.config.limits);
    this.#timing = peerTiming(parts.config, parts.bounds);
    this.#wanted = parts.config.members.map(wantedMember);
    this.#shortage = new Shortage(parts, () => this.#stopped);
    this.leaderChanges = new LeaderChanges(parts);
    this.draining = new Draining(parts.clock, parts.log, parts.bounds.drainMs);
    this.levels = new LevelWatch(parts.build.levels, parts);
    this.#recoveries = new RecoveryWatch(provesMembers(parts.config), parts);
    this.audit = parts.audit && new AuditTrail(parts.audit, parts.config.serverId);
    this.proofs = new ProofGuard({ ...parts, witness: this.audit });
    this.clients = new Clients({ ...parts, audit: this.audit, proofs: this.proofs });
    this.#containers = new ContainerManager(parts.clock, parts.config.containerCheckIntervalMs);
    this.service = new Service(this.#timing.serveWithoutLeaderMs, this.#timing.catchUpMs);
    this.links = this.#newLinks();
  }

  /**
   * Opens the disk and begins to take part. A full disk and want of file descriptors are waited for. Rejects with StorageError or MemberError
   * where the data must not be used.
   */
  async start(): Promise<void> {
    await this.#open();
    if (this.#stopped) return;
    this.#parts.transport.connectTo(this.#peerAddresses());
    const { scheduler } = this.#parts;
    this.#stopTimers = [
      scheduler.every(this.#timing.tickMs, () => this.#tick()),
      scheduler.every(this.#containers.periodMs, () => this.#reviewContainers()),
    ];
    this.#review();
  }

  /** Stops taking part, then closes the disk. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const stop of this.#stopTimers) stop();
    this.clients.registry.closeAll('this member stops');
    this.running?.replica.stop();
    await this.storage?.close();
  }

  accept(socket: ClientSocket): ClientSocketEvents {
    return this.clients.accept(socket);
  }

  /** Why clients are not served; empty where they are. */
  get reason(): string {
    if (this.draining.active) return 'this member is about to stop';
    if (this.running === undefined)
      return this.#bootstrap?.reason ?? (this.#shortage.reason || 'reading the disk');
    return this.proving.reason || this.service.reason;
  }

  linkUp(serverId: number, address?: string, version?: number): void {
    if (!this.#stopped) this.links.up(serverId, address, version);
  }

  linkDown(serverId: number): void {
    if (!this.#stopped) this.links.down(serverId);
  }

  received(serverId: number, chunk: Uint8Array): void {
    if (!this.#stopped) this.links.received(serverId, chunk);
  }

  #newLinks(): Links {
    const instance = this.#parts.entropy.uint32() + 1;
    return new Links(ofNobody(this.config.serverId, instance, this.levels.range), this.#parts, {
      greeted: (serverId, hello) => this.#greeted(serverId, hello),
      frame: (serverId, hello, kind, reader) => this.#frame(serverId, hello, kind, reader),
      parted: (serverId, hello) => {
        this.#recoveries.parted(serverId);
        this.clients.leaderSpace.parted(serverId);
        this.running?.outdated.parted(serverId);
        if (hello !== undefined) this.running?.replica.peerDown(hello.raftId);
        this.running?.reconfigs.parted(serverId);
        this.running?.questions.parted(serverId);
        this.#review();
      },
    });
  }

  async #open(): Promise<void> {
    const opened = await this.#shortage.outlast('the data folder cannot be opened for now', () =>
      Storage.open(this.#parts.disk, this.#parts.storage),
    );
    if (opened === undefined) return;
    const { storage, recovered } = opened;
    if (this.#stopped) {
      await storage.close();
      return;
    }
    this.storage = storage;
    const { identity } = recovered;
    if (identity !== undefined) {
      checkIdentity(identity, this.config);
      const started = recovered.hardState.term > 0 || recovered.snapshot !== undefined;
      const { clusterId, raftId } = identity;
      this.links.announce({ clusterId, raftId, started, recovery: recoveryOn(recovered) });
    }
    for (const remark of recovered.remarks) this.#parts.log.warn({}, remark);
    this.#bootstrap = new Bootstrap(
      {
        ...this.#parts,
        serverId: this.config.serverId,
        expectedClusterId: this.config.clusterId,
        wanted: this.#wanted,
        links: this.links,
        storage,
        start: (granted) => {
          this.#run(storage, recovered, granted).catch((error: Error) => this.#parts.fatal(error));
        },
      },
      identity,
    );
  }

  /** Builds the replica on what the disk holds. */
  async #run(storage: Storage, recovered: Recovered, identity: MemberIdentity): Promise<void> {
    const found = { storage, recovered, identity };
    const { machine, snapshots, raft } = await restoreState(this.#parts, this.#timing, found);
    if (this.#stopped) return;
    const checkpoints = new Checkpoints({
      ...this.#parts,
      raftId: identity.raftId,
      machine,
      links: this.links,
    });
    this.audit?.attach(machine);
    const { links } = this;
    const replica: Replica = new Replica({
      ...this.#parts,
      witness: this.audit,
      raft,
      raftId: identity.raftId,
      machine,
      storage,
      snapshots,
      links: this.links,
      numbers: new NumberRange(recovered.boots, this.#parts.bounds),
      enforcesQuotas: this.config.enforceQuota,
      tickMs: this.#timing.tickMs,
      events: memberEvents(this, () => this.#parts.transport.connectTo(this.#peerAddresses())),
    });
    const reconfigs = new ReconfigRequests({ ...this.#parts, ...identity, replica, machine, links });
    const [restores, outdated] = [new Restores(), new OutdatedVoices()];
    const questions = new MemberQuestions({
      ...{ ...this.#parts, links, wake: () => replica.wake() },
      answer: (question, from) => this.answerQuestion(question, from),
    });
    const served = { snapshots, checkpoints, restores, outdated, reconfigs, questions };
    this.running = { identity, replica, machine, ...served };
    storage.keepRoomFor(machine, () => this.#tellFitness());
    this.service = new Service(this.#timing.serveWithoutLeaderMs, this.#timing.catchUpMs);
    this.clients.attach(replica, machine, reconfigs, identity);
    this.links.announce({ started: true, running: true });
    for (const [serverId, hello] of this.links.hellos()) this.#greeted(serverId, hello);
    this.#parts.transport.connectTo(this.#peerAddresses());
    replica.wake();
  }

  #tick(): void {
    if (this.running === undefined) {
      this.links.tick();
      this.links.flush();
    } else this.running.replica.tick();
    if (++this.#ticks % TICKS_PER_REVIEW === 0) this.#review();
    if (this.#ticks % TICKS_PER_SPACE_LOOK === 0) this.#lookAtSpace();
  }

  #lookAtSpace(): void {
    this.storage?.refreshSpace().catch((error: Error) => {
      // After a shortage the next look finds out.
      if (!isDiskFull(error)) this.#parts.fatal(error);
    });
  }

  /** Level-based: looks at what is, and does the next thing. */
  #review(): void {
    if (this.#stopped) return;
    this.draining.expire();
    this.clients.registry.closeSessionless();
    const { running } = this;
    const unusable =
      this.levels.review(this.links, running, this.#wanted) ??
      this.#recoveries.review(running !== undefined && this.standing(running).isLed);
    if (unusable !== undefined) {
      running?.replica.stop();
      this.#recoveries.sealed(unusable, this.#parts.disk).then(() => this.#parts.fatal(unusable));
    }
    if (running === undefined) {
      this.#bootstrap?.step();
      return;
    }
    const { replica } = running;
    reviewService(this.service, this.clients, replica, this.#parts);
    this.clients.sessions.expireSessions(this.links);
    this.#tellFitness();
    reviewLog(running);
    keepMembership({ ...this.#parts, ...running, wanted: this.#wanted, links: this.links });
  }

  /** Also whenever it was looked how much is free: writers fill what is kept for deletions before the next review. */
  #tellFitness(): void {
    const replica = this.running?.replica;
    if (replica === undefined) return;
    replica.raft.declareFitness(fitnessToLead(this.draining.active, this.storage?.spaceLow() === true));
    this.clients.leaderSpace.announce(replica, replica.room, this.links);
  }

  #reviewContainers(): void {
    const { running } = this;
    if (running !== undefined) this.#containers.removeDue(running.replica, running.machine.tree);
  }

  #greeted(serverId: number, hello: Hello): void {
    const { running, links } = this;
    const { self } = links;
    const isAdmitted = this.#recoveries.admits(self, hello) && this.levels.admits(self, hello);
    if (running !== undefined && hello.clusterId === running.identity.clusterId) {
      if (hello.running && isAdmitted) running.replica.peerUp(serverId, hello.raftId);
    } else if (running !== undefined && hello.clusterId !== '') {
      this.#parts.log.error(
        { serverId, theirs: hello.clusterId, ours: running.identity.clusterId },
        'a member of another cluster is at this address; nothing is exchanged with it',
      );
    }
    this.#review();
  }

  #frame(serverId: number, hello: Hello, kind: PeerFrame, reader: FieldReader): void {
    if (kind === PeerFrame.grant) {
      if (this.running === undefined) this.#bootstrap?.receive(readGrant(reader));
      return;
    }
    const { running } = this;
    if (running === undefined || this.proving.divergence || hello.clusterId !== running.identity.clusterId)
      return;
    if (kind === PeerFrame.outdated) this.#rejoin(serverId, running, readOutdated(reader));
    else routeFrame({ clients: this.clients, running }, hello, kind, reader);
  }

  /** Another member says that this one's id was removed: where enough do, its data must never vote again. It comes back as a new member. */
  #rejoin(teller: number, running: RunningReplica, { clusterId, term }: Outdated): void {
    const { storage } = this;
    const { identity, outdated } = running;
    if (this.#stopped || storage === undefined || clusterId !== identity.clusterId) return;
    if (!outdated.hear(teller, term, this.standing(running))) return;
    this.#parts.log.warn(
      { raftId: identity.raftId },
      "this member's id was removed from the cluster: setting its data aside and joining as a new member",
    );
    this.#leave(running);
    this.#shortage
      .outlast('the data cannot be set aside for now', () => storage.setAside())
      .then(() => this.#open())
      .catch((error: Error) => this.#parts.fatal(error));
  }

  /**
   * Makes a cluster of this member alone, where the majority is lost for good, and goes on as that; as what it was, where it cannot. Settles once it
   * is durable; rejects only where the member does not go on.
   */
  force(running: RunningReplica, storage: Storage, lastIndex: number): Promise<ForceOutcome> {
    this.#leave(running);
    const forced = storage.close().then(() => forceMember(this.#parts, this.config.serverId, lastIndex));
    forced.then(() => this.#open()).catch((error: Error) => this.#parts.fatal(error));
    return forced;
  }

  /** Takes part in nothing any more, until it is opened again on what its disk holds then. */
  #leave({ replica }: RunningReplica): void {
    replica.stop();
    this.clients.detach();
    for (const serverId of this.links.linked()) this.#parts.transport.disconnect(serverId);
    this.running = undefined;
    this.#bootstrap = undefined;
    this.storage = undefined;
    this.links = this.#newLinks();
  }

  standing({ replica }: RunningReplica): Standing {
    return standingOf(replica.raft, this.#timing.raft.electionTicks);
  }

  /** The server id of a Raft id of the configuration in force. */
  serverIdOf(raftId: number): number | undefined {
    const text = this.running?.replica.raft.configuration.contexts.get(raftId);
    return text === undefined ? undefined : decodeContext(text).serverId;
  }

  #peerAddresses(): PeerAddress[] {
    return peerAddresses(this.config, this.running?.replica.raft.configuration, this.#wanted);
  }
}
