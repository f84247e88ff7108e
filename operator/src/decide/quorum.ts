import { type MemberStanding, type ObservedPod, VOTING } from '../model/observed.ts';

/** More entries behind, and it would keep the others waiting where its vote is needed. */
const CAUGHT_UP_ENTRIES = 1_000;

export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

export function isMajority(there: number, voters: number): boolean {
  return there >= majorityOf(voters);
}

/** By what the leader says of it. */
export function hasCaughtUp({ connected, lagEntries }: MemberStanding): boolean {
  return connected && lagEntries !== undefined && lagEntries < CAUGHT_UP_ENTRIES;
}

/** Voters other than this one, and which of them a majority cannot count on. */
export function othersThan(
  { raftId }: Pick<MemberStanding, 'raftId'>,
  members: readonly MemberStanding[],
  pods: readonly ObservedPod[],
): { readonly others: readonly MemberStanding[]; readonly away: readonly MemberStanding[] } {
  const others = members.filter((member) => VOTING.has(member.role) && member.raftId !== raftId);
  return { others, away: others.filter((member) => !hasCaughtUp(member) || hasYetToCome(member, pods)) };
}

/**
 * The leader has a link to a process as soon as it runs, and remembers how far its id once was. Whether it has read its data and takes part
 * again it says itself, and where it does not answer, its pod by being ready.
 */
function hasYetToCome({ serverId, raftId }: MemberStanding, pods: readonly ObservedPod[]): boolean {
  return pods.some(({ ordinal, ready, report }) => {
    if (ordinal + 1 !== serverId) return false;
    if (report.kind === 'silent') return !ready;
    return report.answer.leader === undefined || report.answer.raftId !== raftId;
  });
}

/** Who is to lead where the leader goes: of these the one that is least behind. */
export function successorAmong(members: readonly MemberStanding[]): MemberStanding | undefined {
  return members
    .filter((member) => VOTING.has(member.role) && hasCaughtUp(member))
    .toSorted((a, b) => (a.lagEntries ?? 0) - (b.lagEntries ?? 0))[0];
}
