import {
  answersOf,
  type Checkpoint,
  type MemberAnswer,
  type ObservedPod,
  VOTING,
} from '../model/observed.ts';
import { majorityOf } from './quorum.ts';

/** What a prover's digests come to, beside those of the voters. */
export interface CheckpointComparison {
  /** Indices at which it is equal to a majority of the voters, the oldest first. */
  readonly equal: readonly number[];
  /** The first at which a majority of them agree with each other and not with it. */
  readonly difference: { readonly index: number; readonly own: string; readonly theirs: string } | undefined;
}

/**
 * Only what each member says of itself counts. Where the voters do not agree among themselves, nobody knows who is right, and the checkpoint
 * says nothing.
 *
 * @param leader whose voters these are
 */
export function compareCheckpoints(
  prover: MemberAnswer,
  leader: MemberAnswer,
  pods: readonly ObservedPod[],
): CheckpointComparison {
  const voters = leader.members.filter(({ role }) => VOTING.has(role)).map(({ serverId }) => serverId);
  const told = answersOf(pods).filter(({ serverId }) => voters.includes(serverId));
  const equal: number[] = [];
  const differences = prover.differs === undefined ? [] : [prover.differs];
  for (const { index, digest } of prover.checkpoints ?? []) {
    const theirs = agreedDigest(
      told.flatMap(({ checkpoints = [] }) => digestAt(checkpoints, index)),
      majorityOf(voters.length),
    );
    if (theirs === digest) equal.push(index);
    else if (theirs !== undefined) differences.push({ index, own: digest, theirs });
  }
  const [difference] = differences.toSorted((a, b) => a.index - b.index);
  return { equal: equal.toSorted((a, b) => a - b), difference };
}

function digestAt(checkpoints: readonly Checkpoint[], index: number): readonly string[] {
  const found = checkpoints.find((checkpoint) => checkpoint.index === index);
  return found === undefined ? [] : [found.digest];
}

function agreedDigest(digests: readonly string[], majority: number): string | undefined {
  return digests.find((digest) => digests.filter((other) => other === digest).length >= majority);
}
