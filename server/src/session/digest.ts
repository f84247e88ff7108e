import { finishHash, mixWord } from '../model/hash.ts';
import type { Session } from './table.ts';

const LOW_SEED = 0x1b56c4e9;
const HIGH_SEED = 0x3c6ef372;
const TWO_32 = 0x1_0000_0000;

/** The sum of a hash of every session in two 32-bit halves, as the tree's digest is of its nodes. */
export class SessionDigest {
  low = 0;
  high = 0;

  add(session: Session): void {
    this.low = (this.low + sessionHash(session, LOW_SEED)) | 0;
    this.high = (this.high + sessionHash(session, HIGH_SEED)) | 0;
  }

  subtract(session: Session): void {
    this.low = (this.low - sessionHash(session, LOW_SEED)) | 0;
    this.high = (this.high - sessionHash(session, HIGH_SEED)) | 0;
  }
}

function sessionHash(session: Session, seed: number): number {
  let hash = mixWord(seed, session.timeoutMs);
  hash = mixWord(hash, session.id >>> 0);
  hash = mixWord(hash, Math.floor(session.id / TWO_32));
  hash = mixWord(hash, session.attachIndex >>> 0);
  hash = mixWord(hash, Math.floor(session.attachIndex / TWO_32));
  return finishHash(hash);
}
