import { NO_BYTES, PASSWORD_BYTES } from '@rookery/protocol';
import { formerSessionId } from '../model/former-session.ts';
import { zookeeperPassword } from '../model/zookeeper-password.ts';
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

  isRight(session: number, given: Uint8Array): boolean {
    return isSame(this.of(session), given);
  }

  /** What the session is called here that an Apache ZooKeeper knew by that id; undefined where that is not the password which ZooKeeper gave. */
  former(high: number, low: number, given: Uint8Array): number | undefined {
    if (!isSame(zookeeperPassword(high, low), given)) return undefined;
    return formerSessionId(high, low, (bytes) => this.#entropy.hmac(this.secret, bytes));
  }
}

/** In constant time. */
function isSame(right: Uint8Array, given: Uint8Array): boolean {
  if (given.length !== PASSWORD_BYTES) return false;
  let difference = 0;
  for (let i = 0; i < PASSWORD_BYTES; i++) difference |= right[i]! ^ given[i]!;
  return difference === 0;
}
