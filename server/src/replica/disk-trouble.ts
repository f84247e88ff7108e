import { Fitness, type NodeId, type Raft, Role } from 'raft-ts-lite';
import type { Logger } from '../ports/logger.ts';

/** Ticks between two attempts of a write for which the disk had no room. */
const TICKS_BETWEEN_RETRIES = 50;
/** A leader that cannot write hands over within this many ticks, or says that nobody can take over. */
const TICKS_TO_HAND_OVER = 100;

/** What is wrong, by the fitness that it leaves; nothing where that is absent. */
const troubles: Readonly<Partial<Record<Fitness, string>>> = {
  [Fitness.full]: 'the log cannot be written for now: this member acknowledges nothing until it can',
  [Fitness.stalled]:
    'the disk does not answer: this member acknowledges nothing until it does; look for a hung device or network volume',
};

/**
 * What becomes of a member whose disk takes no writes: it is said once, a full disk is tried again, and a leader hands over (which Raft does by
 * itself) or says that no other member can lead in its place.
 */
export class DiskTrouble {
  readonly #log: Logger;
  #said: Fitness = Fitness.able;
  #reason: string | undefined;
  #ticksUntilRetry = TICKS_BETWEEN_RETRIES;
  #leadingTicks = 0;
  #transferee: NodeId = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** A Write was refused: `reason` says why. */
  refused(reason: string): void {
    this.#reason = reason;
  }

  /** Called every tick, before the loop takes its turn. `serverIdOf`: of a member that is linked. */
  tick(raft: Raft, serverIdOf: (raftId: NodeId) => number | undefined): void {
    if (raft.isRefused) {
      this.#ticksUntilRetry -= 1;
      if (this.#ticksUntilRetry <= 0) {
        this.#ticksUntilRetry = TICKS_BETWEEN_RETRIES;
        raft.retryWrites();
      }
    } else this.#ticksUntilRetry = TICKS_BETWEEN_RETRIES;
    const { fitness } = raft;
    this.#say(fitness);
    this.#follow(raft, fitness, serverIdOf);
  }

  #say(fitness: Fitness): void {
    const trouble = troubles[fitness];
    const before = troubles[this.#said];
    this.#said = fitness;
    if (trouble === before) return;
    const facts = fitness === Fitness.full ? { reason: this.#reason } : {};
    if (trouble === undefined) this.#log.info({}, 'disk takes writes again');
    else this.#log.error(facts, trouble);
  }

  #follow(raft: Raft, fitness: Fitness, serverIdOf: (raftId: NodeId) => number | undefined): void {
    const { transferee } = raft;
    const begins = transferee !== 0 && transferee !== this.#transferee;
    this.#transferee = transferee;
    if (begins && fitness !== Fitness.able)
      this.#log.info({ to: serverIdOf(transferee) }, 'handing leadership to a member that is fitter to lead');
    const stays = raft.role === Role.leader && troubles[fitness] !== undefined && raft.fitterSuccessor === 0;
    this.#leadingTicks = stays ? this.#leadingTicks + 1 : 0;
    if (this.#leadingTicks === TICKS_TO_HAND_OVER)
      this.#log.error({}, 'this member leads on although it cannot write: of the others no majority can');
  }
}
