import { MemberErrorCode } from '../errors/error-codes.ts';
import { JOIN_ANEW, UnusableData } from './unusable-data.ts';

/** Where a member differs from the others, and by what. */
export interface Divergence {
  /** Of the log. */
  readonly index: number;
  readonly own: string;
  /** Of a majority of the voters, or of the member whose snapshot it is. */
  readonly theirs: string;
}

/** This member's state is not the cluster's: it must not answer anybody any more. */
export class DivergenceError extends Error {
  override readonly name: string = 'DivergenceError';
  readonly code = MemberErrorCode.diverged;
  readonly divergence: Divergence;

  constructor(divergence: Divergence) {
    const { index, own, theirs } = divergence;
    super(`the state at log index ${index} is ${own} here and ${theirs} at a majority`);
    this.divergence = divergence;
  }
}

/** What this build makes of a snapshot is not what who took it had. */
export class SnapshotDiffers extends UnusableData {
  override readonly name: string = 'SnapshotDiffers';
  readonly divergence: Divergence;

  constructor(divergence: Divergence) {
    const { index, own, theirs } = divergence;
    super(`the snapshot at ${index} says its digest is ${theirs}, but its content has ${own}: ${JOIN_ANEW}`);
    this.divergence = divergence;
  }
}

/** undefined: it is another fault. */
export function divergenceOf(error: Error): Divergence | undefined {
  return error instanceof DivergenceError || error instanceof SnapshotDiffers ? error.divergence : undefined;
}
