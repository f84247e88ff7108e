import { NO_BYTES, PASSWORD_BYTES } from '@rookery/protocol';
import type { Entropy } from '../ports/entropy.ts';

/** What a client shows in order to attach to its session again. Any member derives the same: HMAC of the id under the cluster's secret. */
export class SessionPasswords {
  /** The cluster's; known once this member has an identity, before it serves anybody. */
  secret: Uint8Array = NO_BYTES;
  readonly #entropy: Entropy;

  constructor(entropy: Entropy) {
    this.#entropy = entropy;
  }

  of(session: number): Uint8Array {
    const id = new Uint8Array(8);
    new DataView(id.buffer).setFloat64(0, session);
    return this.#entropy.hmac(this.secret, id).subarray(0, PASSWORD_BYTES);
  }

  /** In constant time. */
  isRight(session: number, given: Uint8Array): boolean {
    if (given.length !== PASSWORD_BYTES) return false;
    const right = this.of(session);
    let difference = 0;
    for (let i = 0; i < PASSWORD_BYTES; i++) difference |= right[i]! ^ given[i]!;
    return difference === 0;
  }
}
