import { ErrorCode } from '@rookery/protocol';
import { Role } from 'raft-ts-lite';
import type { FieldReader } from '../codec/field-reader.ts';
import { ZOOKEEPER_LEVEL } from '../model/feature-level.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { ComplaintLog } from '../ports/rate-limited-log.ts';
import { Reconfigurations } from './leader/reconfigurations.ts';
import type { Links } from './peers/links.ts';
import { PeerFrame } from './peers/peer-frames.ts';
import {
  type ReconfigAnswer,
  readReconfigAnswer,
  readReconfigAsked,
  writeReconfigAnswer,
  writeReconfigAsked,
} from './peers/reconfig-frames.ts';
import type { Replica } from './replica.ts';
import type { StateMachine } from './state-machine.ts';

/** A reconfig of a client of this member. One of the two is told, once. */
export interface ReconfigWaiter {
  /** With ok this member's state holds it, and nothing behind it. */
  reconfigured(err: ErrorCode): void;
  /** Whether it is carried out cannot be known here. */
  abandoned(): void;
}

interface Waiting {
  readonly waiter: ReconfigWaiter;
  /** Who was asked. */
  readonly leader: number;
  /** Of the entry that is to carry it out; 0: the leader has not said. */
  index: number;
}

export interface ReconfigRequestsParts {
  readonly config: { readonly membership: 'file' | 'admin'; readonly reconfigEnabled: boolean };
  readonly raftId: number;
  readonly replica: Replica;
  readonly machine: StateMachine;
  readonly links: Links;
  readonly log: Logger;
  readonly clock: Clock;
}

/**
 * The reconfigs of this member's clients, which the leader carries out, and as the leader those of the others'. What of them is known is lost with the
 * leader: a client is told of an outcome, or parted from.
 */
export class ReconfigRequests {
  /** What this member does of them while it leads. */
  readonly led: Reconfigurations;
  readonly #parts: ReconfigRequestsParts;
  readonly #refusals: ComplaintLog;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor(parts: ReconfigRequestsParts) {
    this.#parts = parts;
    const { config } = parts;
    this.#refusals = new ComplaintLog(parts.log, parts.clock);
    this.led = new Reconfigurations({
      ...parts,
      whyNot: () => {
        if (config.membership === 'admin') return 'callers of /admin/members decide who is a member';
        return config.reconfigEnabled ? undefined : 'reconfigEnabled is not true at the leader';
      },
    });
  }

  /** @param record of a ReconfigRequest; not kept */
  ask(record: Uint8Array, isPermitted: boolean, waiter: ReconfigWaiter): void {
    const { replica, machine, links } = this.#parts;
    if (machine.featureLevel < ZOOKEEPER_LEVEL) {
      const message = 'reconfig refused: the feature level must be raised first (POST /admin/feature-level)';
      this.#refusals.say('level', message, { featureLevel: machine.featureLevel, needed: ZOOKEEPER_LEVEL });
      waiter.reconfigured(ErrorCode.reconfigDisabled);
      return;
    }
    const number = ++this.#last;
    if (replica.raft.role === Role.leader) {
      this.#waiting.set(number, { waiter, leader: 0, index: 0 });
      this.led.ask(record, isPermitted, (err, index) => this.#answered({ number, err, index }));
      return;
    }
    const leader = replica.leaderServerId;
    const outbox = leader === undefined ? undefined : links.outbox(leader);
    if (leader === undefined || outbox === undefined) {
      waiter.abandoned();
      return;
    }
    this.#waiting.set(number, { waiter, leader, index: 0 });
    writeReconfigAsked(outbox, { number, isPermitted, record });
    replica.wake();
  }

  /** From the member `serverId`. Throws PeerProtocolError on what cannot be read. */
  frame(serverId: number, kind: number, reader: FieldReader): void {
    if (kind === PeerFrame.reconfigAnswer) {
      const answer = readReconfigAnswer(reader);
      if (this.#waiting.get(answer.number)?.leader === serverId) this.#answered(answer);
      return;
    }
    const { number, isPermitted, record } = readReconfigAsked(reader);
    const { replica, links } = this.#parts;
    // Who asked hears of the leader that there is.
    if (replica.raft.role !== Role.leader) return;
    this.led.ask(record, isPermitted, (err, index) => {
      const outbox = links.outbox(serverId);
      if (outbox === undefined) return;
      writeReconfigAnswer(outbox, { number, err, index });
      replica.wake();
    });
  }

  /** A configuration was applied. */
  configured(): void {
    for (const [number, { index }] of this.#waiting) if (index !== 0) this.#settle(number, index);
    this.led.step();
  }

  /** Leader, term or role changed. */
  leadershipChanged(): void {
    this.#abandon(() => true);
    this.led.step();
  }

  parted(serverId: number): void {
    this.#abandon(({ leader }) => leader === serverId);
  }

  #answered({ number, err, index }: ReconfigAnswer): void {
    const waiting = this.#waiting.get(number);
    if (waiting === undefined) return;
    if (err === ErrorCode.ok) {
      waiting.index = index;
      this.#settle(number, index);
    } else {
      this.#waiting.delete(number);
      waiting.waiter.reconfigured(err);
    }
  }

  /** Under the leader that said so the entry at this index is the reconfig. */
  #settle(number: number, index: number): void {
    const { waiter } = this.#waiting.get(number)!;
    if (this.#parts.machine.appliedIndex < index) return;
    this.#waiting.delete(number);
    waiter.reconfigured(ErrorCode.ok);
  }

  #abandon(isLost: (waiting: Waiting) => boolean): void {
    for (const [number, waiting] of this.#waiting) {
      if (!isLost(waiting)) continue;
      this.#waiting.delete(number);
      waiting.waiter.abandoned();
    }
  }
}
