import type { EnsembleStatus, MemberStatus } from '../../src/ensemble-status/ensemble-status.ts';
import type { Asked } from '../../src/ensemble-status/gather.ts';
import type { MemberAnswer, Self, Standing } from '../../src/ensemble-status/member-answer.ts';
import { quorumOf } from '../../src/ensemble-status/quorum.ts';
import { HttpFailure } from '../../src/members-http/http-failure.ts';

/** Three members, of which the second leads; each on a host of its own. */
export const THREE: readonly Standing[] = [1, 2, 3].map((serverId) => ({
  serverId,
  role: serverId === 2 ? 'leader' : 'follower',
  address: `zk-${serverId}:2888`,
  clientAddress: `zk-${serverId}:2181`,
  connected: true,
  lagEntries: 0,
}));

export function answer(serverId: number, self: Partial<Self> = {}, members = THREE): MemberAnswer {
  const role = serverId === 2 ? 'leader' : 'follower';
  return {
    by: 'admin',
    self: { serverId, role, version: '0.3.0', term: 5, leader: 2, ready: true, certificates: [], ...self },
    members,
    metrics: {},
  };
}

export function answered(serverId: number, self: Partial<Self> = {}, members = THREE): Asked {
  return { seed: seedOf(`zk-${serverId}`), outcome: answer(serverId, self, members) };
}

export function failed(host: string, serverId?: number): Asked {
  const seed = { ...seedOf(host), ...(serverId === undefined ? {} : { serverId }) };
  return { seed, outcome: new HttpFailure(`${host}:8080`, 'connection refused') };
}

export function seedOf(host: string) {
  return { http: { isSecure: false, host, port: 8080 } };
}

/** Of the leader, as the others see member `id`. */
export function standing(id: number, facts: Partial<Standing>): readonly Standing[] {
  return THREE.map((each) => (each.serverId === id ? { ...each, ...facts } : each));
}

export function member(serverId: number, facts: Partial<MemberStatus> = {}): MemberStatus {
  return {
    serverId,
    role: serverId === 2 ? 'leader' : 'follower',
    votes: true,
    health: 'ready',
    reason: '',
    http: `zk-${serverId}:8080`,
    by: 'admin',
    address: undefined,
    clientAddress: undefined,
    version: '0.3.0',
    term: 5,
    lastZxid: undefined,
    lagEntries: 0,
    disk: undefined,
    connections: undefined,
    outstanding: undefined,
    certificates: [],
    highestFeatureLevel: 2,
    ...facts,
  };
}

export function statusOf(
  members: readonly MemberStatus[],
  facts: Partial<EnsembleStatus> = {},
): EnsembleStatus {
  const up = members.filter(({ health }) => health !== 'away').length;
  return {
    state: 'well',
    clusterId: 'abc',
    leader: members.find(({ role }) => role === 'leader'),
    term: 5,
    featureLevel: 2,
    sessions: 0,
    nodes: 5,
    quorum: quorumOf(members.length, up, true),
    members,
    notes: [],
    ...facts,
  };
}
