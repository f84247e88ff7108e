import { finishHash, mixWord } from '../codec/hash.ts';
import type { IdentityLists } from './identity-lists.ts';
import type { Session } from './session.ts';

const LOW_SEED = 0x1b56c4e9;
const HIGH_SEED = 0x3c6ef372;
const TWO_32 = 0x1_0000_0000;

/** The sum of a hash of every session in two 32-bit halves, as the tree's digest is of its nodes. */
export class SessionDigest {
  low = 0;
  high = 0;
  readonly #identities: IdentityLists;

  constructor(identities: IdentityLists) {
    this.#identities = identities;
  }

  add(session: Session): void {
    this.low = (this.low + this.#hash(session, LOW_SEED)) | 0;
    this.high = (this.high + this.#hash(session, HIGH_SEED)) | 0;
  }

  subtract(session: Session): void {
    this.low = (this.low - this.#hash(session, LOW_SEED)) | 0;
    this.high = (this.high - this.#hash(session, HIGH_SEED)) | 0;
  }

  #hash({ id, timeoutMs, attachIndex, identities }: Session, seed: number): number {
    let hash = mixWord(seed, timeoutMs);
    hash = mixWord(hash, id >>> 0);
    hash = mixWord(hash, Math.floor(id / TWO_32));
    hash = mixWord(hash, attachIndex >>> 0);
    hash = mixWord(hash, Math.floor(attachIndex / TWO_32));
    // Logs from before sessions had identities replay to the digests that they had.
    if (identities.length > 0) hash = mixWord(hash, this.#identities.hash(identities));
    return finishHash(hash);
  }
}
