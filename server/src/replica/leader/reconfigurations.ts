import { ErrorCode, Reader, type ReconfigRequest, readReconfig } from '@rookery/protocol';
import { type Configuration, type ConfigurationRefusal, Role } from 'raft-ts-lite';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { ComplaintLog } from '../../ports/rate-limited-log.ts';
import { memberOf, type WantedMember } from '../membership/membership.ts';
import { checkLimits, membersAfter, membersOf, ReconfigRefused } from '../membership/reconfig-request.ts';
import { decideReconfig } from '../membership/reconfigured.ts';
import type { Replica } from '../replica.ts';
import type { StateMachine } from '../state-machine.ts';

/** Told once: why not, or the index of the entry that is to carry it out. Never told where this member ceases to lead before. */
type Answer = (err: ErrorCode, index: number) => void;

interface Reconfiguration {
  readonly request: ReconfigRequest;
  readonly isPermitted: boolean;
  readonly answer: Answer;
  /** What it comes to; undefined: nothing has been done for it. */
  members: readonly WantedMember[] | undefined;
}

export interface ReconfigurationsParts {
  readonly raftId: number;
  readonly replica: Replica;
  readonly machine: StateMachine;
  readonly log: Logger;
  readonly clock: Clock;
  /** undefined: reconfigs are taken; why not, for people. */
  readonly whyNot: () => string | undefined;
}

const reader = new Reader();

/** What the leader makes of reconfigs: one at a time, as ZooKeeper does. */
export class Reconfigurations {
  readonly #parts: ReconfigurationsParts;
  /** Clients may ask as often as they like. */
  readonly #refusals: ComplaintLog;
  #active: Reconfiguration | undefined;

  constructor(parts: ReconfigurationsParts) {
    this.#parts = parts;
    this.#refusals = new ComplaintLog(parts.log, parts.clock);
  }

  /** Something is to be done before the leader may change the membership otherwise. */
  get isActive(): boolean {
    return this.#active !== undefined;
  }

  /** @param record of a ReconfigRequest; not kept */
  ask(record: Uint8Array, isPermitted: boolean, answer: Answer): void {
    const request = readReconfig(reader.reset(record, 0, record.length));
    const whyNot = this.#parts.whyNot();
    if (whyNot !== undefined) this.#refuse(answer, ErrorCode.reconfigDisabled, whyNot);
    else if (reader.failed) this.#refuse(answer, ErrorCode.marshallingError, 'its record cannot be read');
    else if (this.#active !== undefined)
      this.#refuse(answer, ErrorCode.reconfigInProgress, 'another one is being carried out');
    else {
      this.#active = { request, isPermitted, answer, members: undefined };
      this.step();
    }
  }

  /** Does what is next, where something is. */
  step(): void {
    const active = this.#active;
    if (active === undefined) return;
    const { replica } = this.#parts;
    if (replica.raft.role !== Role.leader) this.#active = undefined;
    // Who has just been elected leads once an entry of its own is through.
    else if (replica.leading && !replica.raft.changeInFlight) this.#advance(active);
  }

  #advance(active: Reconfiguration): void {
    const { replica, log } = this.#parts;
    const { raft } = replica;
    try {
      active.members ??= this.#wanted(active);
      const { members } = active;
      const next = decideReconfig(
        raft.configuration,
        members,
        raft.lastIndex + 1,
        Math.floor(replica.timeMs()),
        (id) => replica.isCaughtUp(id),
      );
      const change = next.kind === 'place' ? { add: next.add } : next.change;
      const expectedIndex = raft.configuration.index;
      const { refused, index } = raft.proposeConfiguration({ expectedIndex, ...change });
      replica.wake();
      if (refused !== undefined) {
        throwUnlessPassing(refused);
        return;
      }
      if (next.kind === 'place') return;
      log.info({ index, members: members.map(({ serverId }) => serverId) }, 'reconfig: members change');
      this.#active = undefined;
      active.answer(ErrorCode.ok, index);
    } catch (error) {
      if (!(error instanceof ReconfigRefused)) throw error;
      this.#active = undefined;
      this.#refuse(active.answer, error.err, error.message);
    }
  }

  /** In ZooKeeper's order: whether the client may do it is found out when everything else is right. */
  #wanted({ request, isPermitted }: Reconfiguration): WantedMember[] {
    const { machine, replica } = this.#parts;
    const { configVersion } = request;
    const version = machine.zxidOfConfiguration(replica.raft.configuration);
    if (configVersion !== -1 && configVersion !== version)
      throw new ReconfigRefused(
        ErrorCode.badVersion,
        `it is meant for version ${configVersion.toString(16)} of /zookeeper/config, which is at ${version.toString(16)}`,
      );
    const members = membersAfter(request, membersOf(replica.raft.configuration));
    const isCaughtUp = (id: number): boolean => id === this.#parts.raftId || replica.isCaughtUp(id);
    if (!haveQuorum(replica.raft.configuration, members, isCaughtUp)) throw noQuorum();
    if (!isPermitted)
      throw new ReconfigRefused(
        ErrorCode.noAuth,
        'its client may not write /zookeeper/config: see superDigest, or give it a right there',
      );
    checkLimits(members);
    return members;
  }

  #refuse(answer: Answer, err: ErrorCode, reason: string): void {
    this.#refusals.say(`reconfig ${err}`, 'reconfig refused', { err, reason });
    answer(err, 0);
  }
}

/** All but these ends in a moment, and the step is tried again. */
function throwUnlessPassing(refused: ConfigurationRefusal): void {
  if (refused === 'no-voters' || refused === 'no-quorum-of-caught-up-voters') throw noQuorum();
}

/** Of those that would vote at once: what Raft asks for, before anything is done. */
function haveQuorum(
  configuration: Configuration,
  members: readonly WantedMember[],
  isCaughtUp: (raftId: number) => boolean,
): boolean {
  const voters = members.flatMap(({ serverId, role }) => {
    const id = memberOf(configuration, serverId)?.[0];
    if (id === undefined || role !== 'voter') return [];
    return configuration.voters.includes(id) || isCaughtUp(id) ? [id] : [];
  });
  return 2 * voters.filter(isCaughtUp).length > voters.length;
}

function noQuorum(): ReconfigRefused {
  return new ReconfigRefused(
    ErrorCode.newConfigNoQuorum,
    'those of its participants that could vote at once and have caught up are no majority of them',
  );
}
