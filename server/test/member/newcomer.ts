import type { MembershipChange } from '../../src/admin/member-status.ts';
import { configOf, type TestEnsemble, TestMember } from '../connections/ensemble.ts';
import { freePort } from '../platform/ports.ts';

/** One more process of an ensemble of which callers decide the membership: it knows those that are there and itself, and has not started. */
export async function newcomer(ensemble: TestEnsemble, serverId: number): Promise<TestMember> {
  const [peerPort, clientPort] = [await freePort(), await freePort()];
  const own = { serverId, host: '127.0.0.1', peerPort, clientPort, role: 'voter' as const };
  const members = [
    ...ensemble.members[0]!.config.members.filter((other) => other.serverId !== serverId),
    own,
  ];
  const sorted = members.toSorted((a, b) => a.serverId - b.serverId);
  const member = new TestMember(configOf(serverId, sorted, { membership: 'admin' }));
  ensemble.members.push(member);
  return member;
}

/** What a caller asks the leader for, so that it may come. */
export function added({ config, serverId }: TestMember): MembershipChange {
  const { host, peerPort, clientPort } = config.members.find((member) => member.serverId === serverId)!;
  return { kind: 'add', member: { serverId, host, peerPort, clientHost: host, clientPort: clientPort! } };
}
