import type { Bounds } from '../bounds/bounds.ts';
import { parseAddress } from '../model/ip-acl.ts';

/** Of one network: how many failures it is charged with, as of when. */
interface Charge {
  failures: number;
  sinceMs: number;
}

export type ProofBounds = Pick<
  Bounds,
  'proofNetworks' | 'freeProofFailures' | 'proofFailureMs' | 'proofDelayStepMs' | 'proofDelayMs'
>;

/** Whoever has an address of IPv6 has the other ones with the same first 64 bits. */
const V6_BYTES = 16;
const V6_NETWORK_BYTES = 8;

/**
 * How often each network has lately failed to prove who it is, and how long what it says next has to wait for that.
 *
 *   charge ──a failure──► + 1, up to what makes the longest delay ──each proofFailureMs──► − 1 … 0: forgotten
 *   delay    0 up to freeProofFailures, then proofDelayStepMs more for each, proofDelayMs at most
 *
 * So who stops failing is slowed for a minute and no longer, and nobody is ever refused: others may share the address. Of more networks than
 * there is room for, that which failed the longest ago is forgotten.
 */
export class FailedProofTable {
  readonly #bounds: ProofBounds;
  readonly #mostFailures: number;
  /** That which failed the longest ago is the first. */
  readonly #charges = new Map<string, Charge>();

  constructor(bounds: ProofBounds) {
    this.#bounds = bounds;
    this.#mostFailures = bounds.freeProofFailures + Math.ceil(bounds.proofDelayMs / bounds.proofDelayStepMs);
  }

  /** Networks that are remembered. */
  get size(): number {
    return this.#charges.size;
  }

  /** One more failure. @param nowMs monotonic */
  fail(address: string, nowMs: number): void {
    const network = networkOf(address);
    const charges = this.#charges;
    const before = charges.get(network);
    const left = before === undefined ? 0 : this.#leftOf(before, nowMs);
    charges.delete(network);
    if (charges.size >= this.#bounds.proofNetworks) charges.delete(charges.keys().next().value!);
    charges.set(network, { failures: Math.min(left + 1, this.#mostFailures), sinceMs: nowMs });
  }

  /** How long the next proof of this address waits before it is looked at, right or wrong. */
  delayMs(address: string, nowMs: number): number {
    if (this.#charges.size === 0) return 0;
    const network = networkOf(address);
    const charge = this.#charges.get(network);
    if (charge === undefined) return 0;
    const left = this.#leftOf(charge, nowMs);
    if (left === 0) this.#charges.delete(network);
    const { freeProofFailures, proofDelayStepMs, proofDelayMs } = this.#bounds;
    return Math.min(Math.max(0, Math.ceil(left) - freeProofFailures) * proofDelayStepMs, proofDelayMs);
  }

  #leftOf({ failures, sinceMs }: Charge, nowMs: number): number {
    return Math.max(0, failures - (nowMs - sinceMs) / this.#bounds.proofFailureMs);
  }
}

function networkOf(address: string): string {
  const bytes = parseAddress(address);
  return bytes?.length === V6_BYTES ? `${bytes.slice(0, V6_NETWORK_BYTES).join('.')}/64` : address;
}
