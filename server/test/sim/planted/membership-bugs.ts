import type { PlantedBug } from '../../../../testkit/src/planted-bug.ts';

/** Ways in which changes of members and of the leader have gone wrong in such systems. */
export const membershipBugs: readonly PlantedBug[] = [
  {
    name: 'a leader that was removed goes on leading',
    file: 'raft/src/membership.ts',
    find: 'else if (!configuration.voters.includes(node.id)) resign(node, leader);',
    replace: '',
  },
  {
    name: 'a learner campaigns',
    file: 'raft/src/election.ts',
    find: 'return isVoter(configuration, id) || isVoter(configurations.at(log.commit), id);',
    replace: 'return configuration.contexts.has(id) || isVoter(configurations.at(log.commit), id);',
  },
  {
    name: 'a change of voters commits by a majority of the new ones alone',
    file: 'raft/src/quorum.ts',
    find: 'if (outgoing.length === 0) return incoming;',
    replace: 'if (outgoing.length >= 0) return incoming;',
  },
  {
    name: 'a member that was removed does not hear of it',
    file: 'server/src/replica/membership/membership.ts',
    find: 'outdated.push(serverId);',
    replace: 'outdated.push(...[]);',
  },
  {
    name: 'a removed voter still counts for the majority',
    file: 'raft/src/quorum.ts',
    find: 'const incoming = halfReached(node, leader, voters, own, reachedBy);',
    replace:
      'const gone = [...(node.configurations.at(0).voters ?? [])].filter((id) => !voters.includes(id)); const incoming = halfReached(node, leader, [...voters, ...gone], own, reachedBy);',
  },
  {
    name: 'a member that is told to take over waits for its timeout',
    file: 'raft/src/election.ts',
    find: 'if (from === node.leader && node.role === Role.follower && mayCampaign(node)) startVote(node, true);',
    replace:
      'if (from === node.leader && node.role === Role.candidate && mayCampaign(node)) startVote(node, true);',
  },
  {
    name: 'a transfer is said to have finished when it has begun',
    file: 'server/src/admin/leadership-transfer.ts',
    find: 'if (raft.leader === target) return true;',
    replace: 'if (raft.leader === target || raft.transferee === target) return true;',
  },
];
