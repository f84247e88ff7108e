import { zxidText } from '../output/node-text.ts';
import type { EnsembleStatus, MemberStatus } from './ensemble-status.ts';
import { marginText } from './quorum.ts';

/** For programs: what is not known is null. */
export function statusJson(status: EnsembleStatus): unknown {
  const { quorum, leader } = status;
  return {
    state: status.state,
    clusterId: status.clusterId ?? null,
    leader: leader?.serverId ?? null,
    term: status.term ?? null,
    featureLevel: status.featureLevel ?? null,
    sessions: status.sessions ?? null,
    nodes: status.nodes ?? null,
    quorum: {
      voters: quorum.voters,
      up: quorum.up,
      needed: quorum.needed,
      margin: quorum.margin,
      text: marginText(quorum),
    },
    members: status.members.map(memberJson),
    notes: status.notes,
  };
}

function memberJson(member: MemberStatus): unknown {
  const { disk, lastZxid } = member;
  return {
    id: member.serverId ?? null,
    role: member.role,
    votes: member.votes,
    health: member.health,
    reason: member.reason,
    http: member.http ?? null,
    by: member.by ?? null,
    address: member.address ?? null,
    clientAddress: member.clientAddress ?? null,
    version: member.version ?? null,
    term: member.term ?? null,
    lastZxid: lastZxid === undefined ? null : zxidText(lastZxid),
    lagEntries: member.lagEntries ?? null,
    diskFreeBytes: disk?.freeBytes ?? null,
    diskRoom: disk?.room ?? null,
    connections: member.connections ?? null,
    outstanding: member.outstanding ?? null,
    certificates: member.certificates.map(({ listener, subject, endsMs }) => ({
      listener,
      subject,
      ends: Number.isNaN(endsMs) ? null : new Date(endsMs).toISOString(),
    })),
  };
}
