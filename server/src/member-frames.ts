import type { FieldReader } from './codec/field-reader.ts';
import type { Clients } from './connections/clients.ts';
import type { RunningReplica } from './member-parts.ts';
import { type Hello, isForMembersOnly, PeerFrame } from './replica/peers/peer-frames.ts';

/** A frame from another member of the cluster goes to that part of this one that it is for. Throws PeerProtocolError on what cannot be read. */
export function routeFrame(
  { clients, running }: { readonly clients: Clients; readonly running: RunningReplica },
  { serverId, raftId }: Hello,
  kind: PeerFrame,
  reader: FieldReader,
): void {
  const { replica } = running;
  if (isForMembersOnly(kind) && !replica.raft.configuration.contexts.has(raftId)) return;
  switch (kind) {
    case PeerFrame.touch:
      clients.sessions.receiveTouches(reader);
      break;
    case PeerFrame.space:
      clients.leaderSpace.receive(serverId, reader);
      break;
    case PeerFrame.reconfigAsked:
    case PeerFrame.reconfigAnswer:
      running.reconfigs.frame(serverId, kind, reader);
      break;
    case PeerFrame.asked:
    case PeerFrame.told:
      running.questions.frame(serverId, kind, reader);
      break;
    case PeerFrame.digest:
      running.checkpoints.receive(raftId, reader, replica);
      break;
    default:
      replica.frame(raftId, kind, reader);
  }
}
