import { bareAddress } from '../config/addresses.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { ComplaintLog } from '../ports/rate-limited-log.ts';
import { FailedProofTable, type ProofBounds } from './failed-proof-table.ts';

/** What somebody can fail to prove. A new one is a row here, and one of the metrics. */
export const ProofKind = {
  /** An auth request of the client protocol. */
  auth: 'auth',
  /** The password of the session that a client wants to go on with. */
  sessionPassword: 'session password',
  /** The token of /admin. */
  adminToken: 'admin token',
  /** The join secret, of who wants to be a member. */
  joinSecret: 'join secret',
} as const;
export type ProofKind = (typeof ProofKind)[keyof typeof ProofKind];

/** Told of each failure. */
export interface FailureWitness {
  /** @param session the one that it was about; 0: none */
  proofFailed(address: string, what: string, session: number): void;
}

export interface ProofGuardParts {
  readonly bounds: ProofBounds;
  readonly clock: Clock;
  readonly log: Logger;
  readonly witness: FailureWitness | undefined;
}

/** Counts what cannot be proved at any of a member's doors, and slows those who keep trying. One for all doors of a member. */
export class ProofGuard {
  /** Failures since the start. */
  readonly failures: Record<ProofKind, number> = {
    [ProofKind.auth]: 0,
    [ProofKind.sessionPassword]: 0,
    [ProofKind.adminToken]: 0,
    [ProofKind.joinSecret]: 0,
  };
  /** Proofs that had to wait. */
  slowed = 0;
  readonly #table: FailedProofTable;
  readonly #clock: Clock;
  readonly #lines: ComplaintLog;
  readonly #witness: FailureWitness | undefined;

  constructor({ bounds, clock, log, witness }: ProofGuardParts) {
    this.#table = new FailedProofTable(bounds);
    this.#clock = clock;
    this.#lines = new ComplaintLog(log, clock);
    this.#witness = witness;
  }

  /**
   * @param address as a socket tells it
   * @param session the one that it was about; 0: none
   * @param scheme by which something was to be proved, where it has a name of its own
   */
  failedProof(address: string, kind: ProofKind, session = 0, scheme: string = kind): void {
    const nowMs = this.#clock.monotonicMs();
    const from = bareAddress(address);
    this.failures[kind]++;
    this.#witness?.proofFailed(from, scheme, session);
    this.#table.fail(from, nowMs);
    const delayMs = this.#table.delayMs(from, nowMs);
    if (delayMs === 0) return;
    const message =
      'an address keeps failing to prove who it is: what it says next is looked at later, right or wrong';
    this.#lines.say(kind, message, { address: from, proof: kind, delayMs });
  }

  /** How long a proof of this address, which has just come, must wait before it is looked at. Whoever asks lets it wait. */
  delayMs(address: string): number {
    const delayMs = this.#table.delayMs(bareAddress(address), this.#clock.monotonicMs());
    if (delayMs > 0) this.slowed++;
    return delayMs;
  }
}
