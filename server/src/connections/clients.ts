import { READ_ACL } from '@rookery/protocol';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Bounds } from '../bounds/bounds.ts';
import type { Config } from '../config/config.ts';
import type { ProofGuard } from '../failed-proofs/proof-guard.ts';
import type { ClientSocket, ClientSocketEvents } from '../ports/client-socket.ts';
import type { Clock } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Logger } from '../ports/logger.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import type { Applied } from '../replica/applied.ts';
import { LeaderSpace } from '../replica/leader/leader-space.ts';
import type { ReconfigRequests } from '../replica/reconfig-requests.ts';
import type { Replica } from '../replica/replica.ts';
import type { StateMachine } from '../replica/state-machine.ts';
import type { MemberIdentity } from '../storage/recovered.ts';
import { Admission } from './admission.ts';
import { ClientCounters } from './client-counters.ts';
import { ClientMemory } from './client-memory.ts';
import { ClientComplaints } from './complaints.ts';
import { CONFIG_PATH, ConfigNode } from './config-node.ts';
import { type AnswerWord, Connection, type ConnectionParts } from './connection.ts';
import { Connections } from './connections.ts';
import { OperationTable } from './dialects.ts';
import { Executor } from './executor.ts';
import { Latency } from './latency.ts';
import { QuotaExcesses } from './quota-excesses.ts';
import { ReaderSessions } from './reader-sessions.ts';
import { Sasl } from './sasl.ts';
import type { Verifier } from './schemes.ts';
import { SessionPasswords } from './session-passwords.ts';
import { SessionTracker } from './session-tracker.ts';
import { TurnClock } from './turn-clock.ts';
import { ClientTurns } from './turns.ts';
import { Watches } from './watches.ts';

export interface ClientsParts {
  readonly config: Config;
  readonly bounds: Bounds;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly entropy: Entropy;
  readonly log: Logger;
  readonly audit: AuditTrail | undefined;
  readonly proofs: ProofGuard;
}

/** What serves the clients of this member, put together, and what the replica's events mean for it. */
export class Clients implements ConnectionParts {
  readonly bounds: Bounds;
  readonly clock: TurnClock;
  readonly counters = new ClientCounters();
  readonly latency = new Latency();
  readonly complaints: ClientComplaints;
  readonly turns: ClientTurns;
  readonly memory: ClientMemory;
  readonly watches: Watches;
  readonly configNode = new ConfigNode();
  readonly verifier: Verifier;
  readonly sasl: Sasl;
  readonly requiredSchemes: readonly string[];
  readonly audit: AuditTrail | undefined;
  readonly proofs: ProofGuard;
  readonly operations: OperationTable;
  readonly executor: Executor;
  readonly leaderSpace = new LeaderSpace();
  readonly admission: Admission;
  readonly quotas: QuotaExcesses;
  readonly passwords: SessionPasswords;
  readonly readerSessions: ReaderSessions;
  readonly registry: Connections;
  readonly sessions: SessionTracker;
  /** Set by the composition. */
  answerWord: AnswerWord = (_word, socket) => socket.end();
  readonly #parts: ClientsParts;
  #isAwake = false;

  constructor(parts: ClientsParts) {
    const { config, bounds, clock, entropy } = parts;
    this.#parts = parts;
    this.bounds = bounds;
    this.audit = parts.audit;
    this.proofs = parts.proofs;
    this.clock = new TurnClock(clock);
    this.complaints = new ClientComplaints(parts, this.counters);
    this.turns = new ClientTurns(bounds, () => this.#wake());
    this.memory = new ClientMemory(bounds.clientMemoryBytes);
    const seed = entropy.uint32();
    this.watches = new Watches(config.limits.watches, seed, (message) => {
      this.complaints.refused('watches', message);
    });
    this.operations = new OperationTable(config.dialects);
    const { auth } = config;
    this.verifier = {
      schemes: auth.schemes,
      hashBase64: (algorithm, message) => entropy.hashBase64(algorithm, message),
      digestAlgorithm: auth.digestAlgorithm,
      superDigest: config.superDigest,
      x509SuperUser: auth.x509SuperUser,
    };
    this.sasl = new Sasl(auth.sasl, entropy);
    this.requiredSchemes = auth.requiredSchemes;
    const { counters, complaints, turns, watches, configNode, leaderSpace } = this;
    const { limits, dialects } = config;
    const isReconfigEnabled = config.reconfigEnabled && config.membership === 'file';
    const served = { counters, complaints, turns, watches, configNode, isReconfigEnabled };
    this.executor = new Executor({ bounds, limits, dialects, treeSeed: seed, ...served });
    const { executor } = this;
    this.admission = new Admission({ config, counters, complaints, leaderSpace, executor });
    this.quotas = new QuotaExcesses(parts);
    this.passwords = new SessionPasswords(entropy);
    this.readerSessions = new ReaderSessions(entropy);
    this.registry = new Connections(this);
    this.sessions = new SessionTracker(this.registry, executor, parts);
  }

  /** The replica runs: commands can be made. Serving begins with `serve`. */
  attach(
    replica: Replica,
    machine: StateMachine,
    reconfigs: ReconfigRequests,
    { secret, raftId }: MemberIdentity,
  ): void {
    this.passwords.secret = secret;
    this.executor.attach(replica, machine, reconfigs, raftId);
    this.configured(machine);
  }

  /** The member lost its place in the cluster. */
  detach(): void {
    this.suspend();
    this.hold(false);
    this.executor.detach();
  }

  get sessionlessTimeoutMs(): number {
    return this.#parts.config.client.sessionlessTimeoutMs;
  }

  get serving(): boolean {
    return this.admission.isServing;
  }

  serve(): void {
    if (this.serving) return;
    // What they asked for is there again: a member that takes writes.
    if (this.isReadOnly) this.suspend();
    this.admission.isServing = true;
    this.#parts.log.info({}, 'serving clients');
  }

  get isReadOnly(): boolean {
    return this.admission.isReadOnly;
  }

  /** Reads are served, to clients that take a read-only member, until `serve` or `suspend`. */
  serveReaders(): void {
    if (this.isReadOnly) return;
    this.admission.isReadOnly = true;
    this.#parts.log.warn({}, 'serving reads only, and only to clients that take a read-only member');
  }

  /** Clients find another member; new ones are turned away until `serve`. */
  suspend(): void {
    this.admission.isServing = false;
    this.admission.isReadOnly = false;
    this.registry.closeAll('this member serves nobody for now');
  }

  accept(socket: ClientSocket): ClientSocketEvents {
    const connection = new Connection(this, socket, this.#parts.clock.wallMs());
    this.registry.opened(connection);
    return connection;
  }

  /** A configuration was committed, or a snapshot brought one. Clients are told through `/zookeeper/config`. */
  configured(machine: StateMachine): void {
    const { configuration } = machine;
    const zxid = machine.zxidOfConfiguration(configuration);
    if (!this.configNode.update(configuration, zxid, this.#parts.clock.wallMs())) return;
    this.watches.dataChanged(CONFIG_PATH, zxid, READ_ACL);
  }

  /** The state jumped to a snapshot's. */
  overtaken(): void {
    this.registry.closeAll('this member was overtaken by a snapshot and cannot say what its watchers missed');
  }

  /** Another tree took the place of the one that they know: who comes back is told what changed by its watches, or that its session is over. */
  #restored(): void {
    this.configured(this.executor.machine);
    if (this.serving)
      this.#parts.log.warn({}, 'a restore has replaced the tree: all clients are closed, and come back');
    this.registry.closeAll('the tree was restored from a snapshot');
  }

  /** The state is in the middle of an entry: requests wait until it is through. */
  hold(isHeld: boolean): void {
    this.turns.isHeld = isHeld;
  }

  /** What an applied command means for those who did not ask for it. */
  commandApplied(result: Applied): void {
    if (result.isRestored) this.#restored();
    // Once in an ensemble, and not when a log is read again.
    if (result.excess !== undefined && this.executor.replica.leading) this.quotas.tell(result.excess);
    this.sessions.trackSession(result);
    this.registry.releaseSession(result);
  }

  /** Replies of this turn leave. */
  flush(): void {
    this.turns.flush();
  }

  /** The turn is over: those who wait for the next one go on. */
  turned(): void {
    this.memory.evict(this.registry);
    this.turns.next();
    if (this.turns.isBusy) this.#wake();
  }

  /** What `srst` forgets; what metrics count goes on. */
  resetServerStats(): void {
    this.counters.receivedPackets = 0;
    this.counters.sentPackets = 0;
    this.counters.sentSizes.reset();
    this.latency.reset();
  }

  /** Asks for a turn: the replica's, or one of its own while there is none. */
  #wake(): void {
    if (this.executor.isAttached) this.executor.replica.wake();
    else if (!this.#isAwake) {
      this.#isAwake = true;
      this.#parts.scheduler.defer(() => {
        this.#isAwake = false;
        this.flush();
        this.turned();
      });
    }
  }
}
