/**
 * Changes of the configuration by joint consensus (paper, 6; thesis, 4): a change of voters is one entry that needs the
 * majorities of both the old and the new voters; once it has committed the leader itself appends the final one. A change
 * of learners or contexts only moves no majority and is final at once.
 */
import { encodeConfiguration, isMember, MAX_MEMBERS, membersOf } from './configuration.ts';
import { resign } from './leadership.ts';
import type { RaftNode } from './node.ts';
import type { ConfigurationChange, ConfigurationRefusal, ConfigurationResult } from './ready.ts';
import { appendOwn, trackMembers } from './replication.ts';
import type { Leader } from './roles.ts';
import { type Configuration, EntryKind, type NodeId } from './types.ts';

/** Not committed yet, or in its joint phase. */
export function isChangeInFlight(node: RaftNode): boolean {
  return node.configuration.index > node.log.commit || node.configuration.outgoing.length > 0;
}

/** A voter that has acknowledged all that was committed a heartbeat ago, and is being heard of. */
function hasCaughtUp(node: RaftNode, leader: Leader, id: NodeId): boolean {
  if (id === node.id) return true;
  const progress = leader.progress.get(id);
  return (
    progress !== undefined &&
    node.connected.has(id) &&
    progress.match >= leader.commitAtHeartbeat &&
    node.now - progress.heardTick < node.options.electionTicks
  );
}

function refusalOf(
  node: RaftNode,
  leader: Leader,
  change: ConfigurationChange,
): ConfigurationRefusal | undefined {
  if (leader.transferee !== 0) return 'transferring';
  if (change.expectedIndex !== node.configuration.index) return 'stale-configuration';
  if (isChangeInFlight(node)) return 'change-in-flight';
  if (node.log.commit < leader.termStart) return 'term-not-committed';
  return contradictionOf(node.configuration, change);
}

function contradictionOf(
  current: Configuration,
  change: ConfigurationChange,
): ConfigurationRefusal | undefined {
  const { add = [], remove = [], promote = [], demote = [], update = [] } = change;
  if (add.length > 1) return 'several-additions';
  const moved = [...remove, ...promote, ...demote];
  const updated = update.map((each) => each.id);
  if (add.length + moved.length + updated.length === 0) return 'no-change';
  if ([...moved, ...updated].some((id) => !isMember(current, id))) return 'unknown-member';
  if (hasDuplicates(moved) || hasDuplicates(updated)) return 'contradictory-change';
  if (remove.some((id) => updated.includes(id))) return 'contradictory-change';
  if (promote.some((id) => current.voters.includes(id))) return 'contradictory-change';
  if (demote.some((id) => !current.voters.includes(id))) return 'contradictory-change';
  return undefined;
}

function hasDuplicates(ids: readonly NodeId[]): boolean {
  return new Set(ids).size !== ids.length;
}

function changed(current: Configuration, change: ConfigurationChange, index: number): Configuration {
  const { add = [], remove = [], promote = [], demote = [], update = [] } = change;
  const gone = (id: NodeId): boolean => remove.includes(id);
  const voters = current.voters.filter((id) => !gone(id) && !demote.includes(id)).concat(promote);
  const learners = current.learners.filter((id) => !gone(id) && !promote.includes(id)).concat(demote);
  const contexts = new Map(current.contexts);
  for (const { id, context } of update) contexts.set(id, context);
  for (const { context, role } of add) {
    (role === 'voter' ? voters : learners).push(index);
    contexts.set(index, context);
  }
  voters.sort((a, b) => a - b);
  learners.sort((a, b) => a - b);
  const sameVoters =
    voters.length === current.voters.length && voters.every((id) => current.voters.includes(id));
  const outgoing = sameVoters ? [] : current.voters;
  return withContexts({ ...current, index, voters, outgoing, learners, contexts });
}

/** Contexts of members only. */
function withContexts(configuration: Configuration): Configuration {
  const contexts = new Map<NodeId, string>();
  for (const id of membersOf(configuration)) contexts.set(id, configuration.contexts.get(id) ?? '');
  return { ...configuration, contexts };
}

function appendConfiguration(node: RaftNode, leader: Leader, configuration: Configuration): void {
  appendOwn(node, leader, EntryKind.configuration, encodeConfiguration(configuration));
  node.configurations.append(configuration);
  trackMembers(node, leader, configuration);
}

export function proposeConfiguration(node: RaftNode, change: ConfigurationChange): ConfigurationResult {
  const leader = node.asLeader;
  if (leader === undefined) return { refused: 'not-leader' };
  const refused = refusalOf(node, leader, change);
  if (refused !== undefined) return { refused };
  const next = changed(node.configuration, change, node.log.last + 1);
  if (next.voters.length === 0) return { refused: 'no-voters' };
  if (next.contexts.size > MAX_MEMBERS) return { refused: 'too-many-members' };
  const caughtUp = next.voters.filter((id) => hasCaughtUp(node, leader, id)).length;
  if (caughtUp * 2 <= next.voters.length) return { refused: 'no-quorum-of-caught-up-voters' };
  appendConfiguration(node, leader, next);
  return { index: next.index, added: change.add?.length === 1 ? next.index : undefined };
}

/** Ends a joint consensus that has committed; a leader that the final configuration leaves out steps down. */
export function afterCommit(node: RaftNode, leader: Leader): void {
  const { configuration } = node;
  if (configuration.index > node.log.commit) return;
  if (configuration.outgoing.length > 0)
    appendConfiguration(
      node,
      leader,
      withContexts({ ...configuration, outgoing: [], index: node.log.last + 1 }),
    );
  else if (!configuration.voters.includes(node.id)) resign(node, leader);
}
