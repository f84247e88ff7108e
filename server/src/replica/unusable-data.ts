import { MemberErrorCode } from '../errors/error-codes.ts';
import { type LevelRange, tellRange } from '../model/feature-level.ts';

/** What this member has stored cannot be used by it: going on would make its tree another one. The message says what to do. */
export class UnusableData extends Error {
  override readonly name: string = 'UnusableData';
  readonly code: string = MemberErrorCode.unusableData;
}

/** The state is at a feature level that this build does not run. Nothing of it was applied here. */
export class UnrunnableLevel extends UnusableData {
  override readonly name: string = 'UnrunnableLevel';
  override readonly code = MemberErrorCode.unrunnableLevel;
  readonly level: number;

  constructor(level: number, range: LevelRange) {
    const todo =
      level > range.highest
        ? 'start the newer version again that ran before, or a newer one'
        : 'start the version that ran before, and raise the level there first (POST /admin/feature-level)';
    super(`the ensemble is at feature level ${level}, and this version runs ${tellRange(range)}: ${todo}`);
    this.level = level;
  }
}

/** The ensemble was recovered by force, and this member is one of those that were given up. */
export class FormerEnsemble extends UnusableData {
  override readonly name: string = 'FormerEnsemble';
  override readonly code = MemberErrorCode.formerEnsemble;

  readonly recovery: number;

  /** `tellers`: members that say so; none where this one was told in an earlier life. */
  constructor(recovery: number, tellers: readonly number[] = []) {
    const told = tellers.length === 0 ? '' : `, as member ${tellers.join(', ')} says`;
    super(
      `the ensemble was recovered by force without this member (recovery ${recovery}${told}), and its data must not be used any more: ${JOIN_ANEW}`,
    );
    this.recovery = recovery;
  }
}

/** Continues a sentence that says what is wrong with the data. */
export const JOIN_ANEW =
  'keep a copy of the data folder, empty it, and start the member again; it joins as a new member';
