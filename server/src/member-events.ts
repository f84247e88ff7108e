import type { Clients } from './connections/clients.ts';
import type { LeaderChanges } from './leader-changes.ts';
import type { RunningReplica } from './member-parts.ts';
import type { ReplicaEvents } from './replica/replica-parts.ts';

interface EventsOwner {
  readonly clients: Clients;
  readonly leaderChanges: LeaderChanges;
  readonly running: RunningReplica | undefined;
  /** Of a Raft id. */
  serverIdOf(raftId: number): number | undefined;
}

/** What the events of the loop mean for the other parts of a member. The loop has the first ones while it is made: what runs is not known then. */
export function memberEvents(member: EventsOwner, connectToPeers: () => void): ReplicaEvents {
  const { clients } = member;
  return {
    applying: () => clients.clock.look(),
    changed: (result, from, steps) => clients.watches.changed(result, from, steps),
    held: (isHeld) => clients.hold(isHeld),
    overtaken: () => clients.overtaken(),
    commandApplied: (result) => {
      clients.commandApplied(result);
      const { running } = member;
      running?.checkpoints.compareDigest(result, running.replica);
    },
    flush: () => clients.flush(),
    turned: () => clients.turned(),
    configured: () => {
      const { running } = member;
      if (running === undefined) return;
      clients.configured(running.machine);
      running.reconfigs.configured();
      connectToPeers();
    },
    leadershipChanged: (raft) => {
      member.leaderChanges.observe(raft, member.serverIdOf(raft.leader));
      member.running?.reconfigs.leadershipChanged();
    },
  };
}
