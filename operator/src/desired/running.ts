import { FIRST_READ_ORDINAL, ordinalOfClaim } from '../model/cluster-names.ts';
import {
  leaderWithQuorum,
  type MemberAnswer,
  newestConfiguration,
  type Observed,
  type StatefulSet,
} from '../model/observed.ts';
import { MEMBERS_ANNOTATION } from './stateful-set.ts';

/** What tells what runs. */
export type Found = Pick<
  Observed,
  'cluster' | 'statefulSet' | 'pods' | 'volumeClaims' | 'tls' | 'readReplicas' | 'proof'
>;

/**
 * Members that there are, whatever the spec has come to say; undefined where there are none.
 *
 * The StatefulSet is only what keeps the pods: it may have been deleted by hand, or with a cluster whose volumes stayed, and be made anew
 * from a spec that was changed meanwhile. With fewer pods than there are voters the others would be deleted, and the quorum with them. So
 * there is a pod for each member that the leader names, once a majority goes by it, and no other is made. While nobody leads, members, pods and
 * volumes are asked as well, and the most that any of them tells is what there is.
 */
export function runningMembers(found: Found): number | undefined {
  const made = madeWith(found.statefulSet);
  const leader = leaderWithQuorum(found.pods);
  if (leader !== undefined && !leader.answer.changing) {
    // A place whose id went with its data is taken again by the process that waits in its pod.
    return Math.max(membersOf(leader.answer), Math.min(made ?? 0, found.cluster.spec.replicas));
  }
  const members = Math.max(
    ...(made === undefined ? remains(found) : [made]),
    ...newestConfiguration(found.pods).map(({ serverId }) => serverId),
    found.cluster.status?.voters ?? 0,
  );
  return members > 0 ? members : undefined;
}

/**
 * Read replicas that there are, by the same rule; undefined: there are none, none are wanted, and nothing is left that was made for them. One that the
 * leader does not name gets no pod: its place in Raft comes before its process. Volumes tell nothing here, for who never votes is missed by nobody while it
 * is not known whether it is a member.
 */
export function runningReadReplicas({ cluster, pods, readReplicas }: Found): number | undefined {
  const { statefulSet } = readReplicas;
  const made = madeWith(statefulSet);
  const leader = leaderWithQuorum(pods);
  const isKnown = leader !== undefined && !leader.answer.changing;
  const places = isKnown ? readPlaces(leader.answer) : 0;
  const running = isKnown
    ? Math.max(places, Math.min(made ?? 0, cluster.spec.readReplicas))
    : (made ?? countOf(readReplicas.pods.map(({ ordinal }) => ordinal)));
  const isOver = statefulSet === undefined || (statefulSet.spec.replicas === 0 && isKnown);
  if (running === 0 && readReplicas.pods.length === 0 && isOver) return undefined;
  return running;
}

function readPlaces({ readReplicas = [] }: MemberAnswer): number {
  return countOf(readReplicas.filter(({ raftId }) => raftId !== 0).map(({ serverId }) => serverId - 1));
}

/** So many ordinals are there up to the last of these. */
function countOf(ordinals: readonly number[]): number {
  return Math.max(0, ...ordinals.map((ordinal) => ordinal + 1 - FIRST_READ_ORDINAL));
}

/** Pods are there for ordinals without a gap: for that of the last member, and all before it. */
function membersOf({ members }: MemberAnswer): number {
  return Math.max(...members.filter(({ raftId }) => raftId !== 0).map(({ serverId }) => serverId));
}

/** @returns undefined where it does not tell */
function madeWith(statefulSet: StatefulSet | undefined): number | undefined {
  const noted = statefulSet?.metadata.annotations?.[MEMBERS_ANNOTATION] ?? '';
  return /^(0|[1-9][0-9]?)$/.test(noted) ? Number(noted) : statefulSet?.spec.replicas;
}

/**
 * So many members had a pod or a volume, by each that is left of them. Only where no StatefulSet tells: one that somebody scaled up by
 * hand has pods that are no members.
 */
function remains({ cluster, pods, volumeClaims }: Found): number[] {
  const { name } = cluster.metadata;
  const claims = volumeClaims
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => ordinalOfClaim(name, metadata.name));
  return [...pods.map(({ ordinal }) => ordinal), ...claims].map((ordinal) => (ordinal ?? -1) + 1);
}
