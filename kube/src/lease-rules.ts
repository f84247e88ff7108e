import type { KubeObject, ResourceType } from './objects.ts';

export const LEASE: ResourceType = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
};

export interface LeaseSpec {
  /** Empty or absent: nobody holds it. */
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  /** MicroTime. For people only: the times of other machines decide nothing. */
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

export type Lease = KubeObject & { readonly spec?: LeaseSpec };

/** controller-runtime's. The last leader stops 5 s before anybody may follow it: time for what it has sent to arrive. */
export const LEASE_DURATION_MS = 15_000;
export const RENEW_DEADLINE_MS = 10_000;
export const RETRY_PERIOD_MS = 2_000;

/** What a candidate, or the holder, should do with the lease as it is. */
export type LeaseStep = 'create' | 'take' | 'renew' | 'wait';

/**
 * When a candidate may take a lease: when nobody holds it, or when it has not changed for a whole lease duration by the candidate's own
 * clock. Since no two machines' times of day are compared, a clock that is wrong does no harm; only its speed must be right.
 */
export class LeaseWatch {
  readonly #identity: string;
  #version: string | undefined;
  #unchangedSinceMs = 0;
  #seen = false;

  constructor(identity: string) {
    this.#identity = identity;
  }

  /**
   * @param lease as the API server answered; undefined: there is none
   * @param nowMs when that answer had arrived, on the monotonic clock
   */
  next(lease: Lease | undefined, nowMs: number): LeaseStep {
    const version = lease && `${lease.metadata.uid}/${lease.metadata.resourceVersion}`;
    if (version !== this.#version) {
      this.#version = version;
      this.#unchangedSinceMs = nowMs;
    }
    const unchangedMs = nowMs - this.#unchangedSinceMs;
    if (lease === undefined) {
      // Deleted by hand: its holder does not know yet, and may lead on as if it were there.
      return !this.#seen || unchangedMs >= LEASE_DURATION_MS ? 'create' : 'wait';
    }
    this.#seen = true;
    const { holderIdentity = '', leaseDurationSeconds = 0 } = lease.spec ?? {};
    if (holderIdentity === '') return 'take';
    if (holderIdentity === this.#identity) return 'renew';
    // The holder's own duration counts where it is longer: it may be of another version than we are.
    return unchangedMs >= Math.max(leaseDurationSeconds * 1000, LEASE_DURATION_MS) ? 'take' : 'wait';
  }
}

/** The spec to write for `step`. */
export function heldSpec(
  before: LeaseSpec | undefined,
  step: Exclude<LeaseStep, 'wait'>,
  identity: string,
  wallMs: number,
): LeaseSpec {
  const now = microTime(wallMs);
  const transitions = before?.leaseTransitions ?? 0;
  return {
    holderIdentity: identity,
    leaseDurationSeconds: LEASE_DURATION_MS / 1000,
    acquireTime: step === 'renew' ? (before?.acquireTime ?? now) : now,
    renewTime: now,
    leaseTransitions: step === 'take' ? transitions + 1 : transitions,
  };
}

/** The spec by which the holder gives the lease back: the next candidate need not wait. */
export function releasedSpec(before: LeaseSpec | undefined, wallMs: number): LeaseSpec {
  const now = microTime(wallMs);
  return {
    holderIdentity: '',
    leaseDurationSeconds: 1,
    acquireTime: now,
    renewTime: now,
    leaseTransitions: before?.leaseTransitions ?? 0,
  };
}

/** The API's MicroTime wants exactly six digits of a second. */
export function microTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/Z$/, '000Z');
}
