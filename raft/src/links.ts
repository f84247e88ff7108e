/** What changes with the links that the transport reports. */
import { askNewlyConnected, onLinkDown } from './election.ts';
import { NOTHING_ACKNOWLEDGED, type RaftNode } from './node.ts';
import { ProgressState } from './progress.ts';
import { refuseReads } from './read-index.ts';
import { askStatus } from './suspect.ts';
import { type NodeId, Role } from './types.ts';

export function peerConnected(node: RaftNode, id: NodeId): void {
  if (id === node.id) return;
  node.connected.add(id);
  node.statuses.delete(id);
  const progress = node.progress.get(id);
  if (progress?.state === ProgressState.snapshot) progress.snapshotBusy = false;
  else if (progress !== undefined) {
    // What was under way may be lost, and the member may have restarted as a suspect one with less than it
    // acknowledged: only what it acknowledges from now on counts.
    progress.becomeProbe(progress.match > 0 ? progress.match + 1 : progress.next);
    progress.match = 0;
  }
  if (id === node.leader) node.acknowledged = NOTHING_ACKNOWLEDGED;
  if (node.role === Role.preCandidate || node.role === Role.candidate) askNewlyConnected(node, id);
  if (node.suspect) askStatus(node, id);
}

export function peerDisconnected(node: RaftNode, id: NodeId): void {
  if (!node.connected.delete(id)) return;
  node.statuses.delete(id);
  if (node.transferee === id) node.transferee = 0;
  if (node.leader === id) refuseReads(node);
  onLinkDown(node, id);
}
