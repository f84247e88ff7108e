import type { Logger } from '../ports/logger.ts';
import type { HeldState } from '../zookeeper-learner/held-state.ts';
import type { QuorumMember } from '../zookeeper-learner/quorum-config.ts';
import { type EnsembleFollower, type FollowedMember, hex } from './ensemble-follower.ts';
import { LeaderConnection } from './leader-connection.ts';
import { type Roles, rolesOf } from './roles.ts';

export type Phase =
  /** Nobody is followed yet, or not any more. */
  | 'connecting'
  | 'following'
  /** The first voters are stopped, one by one, and stood in for. */
  | 'standing-in'
  /** The other followers are stopped: from here on nothing is committed without this process. */
  | 'closing'
  /** Nothing can be committed there any more. */
  | 'fenced'
  | 'taken-over'
  | 'called-off'
  /** After the fence: see `problem`. */
  | 'failed';

/** What a migration does to the world. */
export interface MigrationEnds {
  /** Has the member's process end; resolves when it has. */
  stop(member: QuorumMember): Promise<void>;
  /** The state is everybody's from now on: resolves once clients are served with it. */
  takeOver(held: HeldState): Promise<void>;
}

export interface MigrationStatus {
  readonly phase: Phase;
  readonly leader: string | undefined;
  readonly zxid: string;
  /** Transactions that the leader has proposed and that have not come: as of its last ping. */
  readonly lag: number | undefined;
  readonly isExact: boolean;
  readonly transactions: number;
  /** Those whose digest was told, and was that of the tree. */
  readonly digestsCompared: number;
  readonly nodes: number;
  readonly sessions: number;
  readonly snapshots: number;
  readonly problem: string | undefined;
  /** Members that were stopped, in this order. */
  readonly stopped: readonly number[];
}

/** Why a cut was not made, or not to its end; what is to be done is in it. */
export class CutError extends Error {
  override readonly name = 'CutError';
}

/**
 * From following to taking over. The fence is an acknowledgement that is not given: with so few voters left that a majority needs this process, what it has
 * not acknowledged is committed nowhere, and whatever was committed it holds (docs/decisions/migration.md).
 */
export class Migration {
  readonly #follower: EnsembleFollower;
  readonly #ends: MigrationEnds;
  readonly #log: Logger;
  readonly #stopped: QuorumMember[] = [];
  #phase: Phase | undefined;
  #problem: string | undefined;
  #roles: Roles | undefined;
  #standIns: readonly LeaderConnection[] = [];

  constructor(follower: EnsembleFollower, ends: MigrationEnds, log: Logger) {
    this.#follower = follower;
    this.#ends = ends;
    this.#log = log;
  }

  get status(): MigrationStatus {
    const { held, connection, leader, lastProblem } = this.#follower;
    const { state } = held;
    return {
      phase: this.#phase ?? (connection === undefined ? 'connecting' : 'following'),
      leader: leader?.address,
      zxid: hex(held.zxid),
      lag: connection === undefined ? undefined : Math.max(0, connection.lastProposed - held.zxid),
      isExact: held.isExact,
      transactions: state?.applied ?? 0,
      digestsCompared: state?.compared ?? 0,
      nodes: state?.tree.znodes.nodes.count ?? 0,
      sessions: state?.sessions.size ?? 0,
      snapshots: held.snapshots,
      problem: this.#problem ?? (this.#phase === undefined ? lastProblem : undefined),
      stopped: this.#stopped.map(({ serverId }) => serverId),
    };
  }

  /** Before the fence: nothing is left of it there but members that were stopped. */
  async callOff(): Promise<void> {
    if (this.#phase === 'fenced' || this.#phase === 'taken-over')
      throw new CutError('it is too late: the former ensemble is fenced');
    this.#phase = 'called-off';
    for (const standIn of this.#standIns) standIn.close();
    await this.#follower.stop();
    this.#log.info({ start: this.#toStart() }, 'called off');
  }

  /** Resolves at the fence, from when on it takes over by itself. Rejects with CutError, and follows again where it can. */
  async cut(): Promise<void> {
    if (this.#phase !== undefined) throw new CutError(`it is ${this.#phase} already`);
    const { connection, leader, held } = this.#follower;
    if (connection === undefined || leader === undefined || !held.isExact)
      throw new CutError(`nobody is followed: ${this.#follower.lastProblem ?? 'it has only begun'}`);
    if (connection.config === undefined) throw new CutError('the leader has not told who the members are');
    const roles = rolesOf(connection.config, leader.address);
    if ('refused' in roles) throw new CutError(roles.refused);
    this.#phase = 'standing-in';
    this.#problem = undefined;
    this.#roles = roles;
    try {
      await this.#standIn(roles, leader);
      await this.#close(roles);
    } catch (error) {
      await this.#backOut(error);
    }
    void this.#handOver(roles);
  }

  async #standIn({ replaced }: Roles, leader: FollowedMember): Promise<void> {
    const { held } = this.#follower;
    for (const [place, member] of replaced.entries()) {
      await this.#stop(member);
      // The first one goes on with the state; further ones only acknowledge.
      if (place === 0) await this.#follower.stop();
      const plan = { serverId: member.serverId, isVoter: true };
      const own = place === 0 ? held : held.another();
      const standIn = new LeaderConnection(leader.dial, plan, own);
      this.#standIns = [...this.#standIns, standIn];
      standIn.begin();
      await standIn.upToDate;
      this.#log.info({ server: member.serverId, zxid: hex(held.zxid) }, 'in the place of a voter');
    }
  }

  async #close({ others }: Roles): Promise<void> {
    const first = this.#standIns[0];
    if (first === undefined) throw new CutError('there is no other voter to stand in for');
    this.#refuseUnlessStandingIn();
    this.#phase = 'closing';
    for (const member of others) await this.#stop(member);
    // What those may have acknowledged before they ended was proposed before, and so has come here when this is answered.
    await first.caughtUp();
    this.#refuseUnlessStandingIn();
    if (!this.#follower.held.isExact) throw new CutError('the state is not whole');
    first.fence();
    this.#phase = 'fenced';
    this.#log.info({ zxid: hex(this.#follower.held.zxid) }, 'fenced: nothing is committed there any more');
  }

  async #handOver({ leader, observers }: Roles): Promise<void> {
    const stops = Promise.all([leader, ...observers].map((member) => this.#stop(member)));
    // It is stopped: that it loses its majority is of no interest to it.
    for (const standIn of this.#standIns) standIn.close();
    try {
      await Promise.all([this.#ends.takeOver(this.#follower.held), stops]);
    } catch (error) {
      this.#phase = 'failed';
      this.#problem = `${messageOf(error)}; ${this.#toStart()}`;
      this.#log.error({ err: error }, `not taken over: ${this.#problem}`);
      return;
    }
    this.#phase = 'taken-over';
  }

  #refuseUnlessStandingIn(): void {
    if (!this.#standIns.every((standIn) => standIn.isFollowing))
      throw new CutError('the leader was lost before the fence');
  }

  async #stop(member: QuorumMember): Promise<void> {
    this.#log.info({ server: member.serverId, host: member.host }, 'to be stopped');
    await this.#ends.stop(member);
    this.#stopped.push(member);
    this.#log.info({ server: member.serverId, host: member.host }, 'is stopped');
  }

  /** Follows again; what was stopped is for whoever stopped it. */
  async #backOut(error: unknown): Promise<never> {
    this.#problem = `${messageOf(error)}; ${this.#toStart()}`;
    for (const standIn of this.#standIns) standIn.close();
    await this.#follower.stop();
    this.#standIns = [];
    this.#stopped.length = 0;
    this.#roles = undefined;
    this.#phase = undefined;
    this.#follower.start();
    throw new CutError(this.#problem);
  }

  /**
   * Whoever was stood in for goes first: with the leader they are just a majority, and it holds everything. A majority without it may not.
   */
  #toStart(): string {
    const isStopped = (member: QuorumMember): boolean => this.#stopped.includes(member);
    const { leader, replaced, others, observers } = this.#roles ?? NOBODY;
    const first = [...(leader === undefined ? [] : [leader]), ...replaced].filter(isStopped).map(named);
    const later = [...others, ...observers].filter(isStopped).map(named);
    if (first.length === 0) return 'no former member has to be started again';
    const rest = later.length === 0 ? '' : `; only once it serves again, start ${later.join(' and ')}`;
    return `to go on with the former ensemble, start ${first.join(' and ')}${rest}`;
  }
}

const NOBODY: Omit<Roles, 'leader'> & { readonly leader?: QuorumMember } = {
  replaced: [],
  others: [],
  observers: [],
};

function named({ serverId, host }: QuorumMember): string {
  return `server ${serverId} (${host})`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
