import type { MemberAnswer, Role, Standing } from '../ensemble-status/member-answer.ts';
import type { Fields } from './fields.ts';

const roles: ReadonlySet<string> = new Set<Role>([
  'leader',
  'follower',
  'candidate',
  'learner',
  'joining',
  'starting',
  'voter',
]);

/** What GET /admin/members of a member of Rookery tells; undefined: it is not such an answer. */
export function adminMembers(answer: Fields): MemberAnswer | undefined {
  const self = answer.fields('self');
  const metrics = answer.fields('metrics');
  const serverId = self.number('serverId');
  if (serverId === undefined) return undefined;
  const members = answer.list('members').flatMap(standing);
  const free = metrics.number('diskFreeBytes');
  return {
    by: 'admin',
    self: {
      serverId,
      role: roleOf(self.text('role')),
      version: answer.text('version'),
      clusterId: self.text('clusterId'),
      term: self.number('term'),
      leader: self.number('leader'),
      ready: self.truth('ready') ?? false,
      draining: self.truth('draining'),
      reason: self.text('reason'),
      lastZxid: self.number('lastZxid'),
      lagEntries: members.find((member) => member.serverId === serverId)?.lagEntries,
      featureLevel: self.number('featureLevel'),
      highestFeatureLevel: self.number('highestFeatureLevel'),
      disk: free === undefined ? undefined : { freeBytes: free, room: metrics.number('diskRoom') ?? 0 },
      sessions: metrics.number('sessions'),
      nodes: metrics.number('nodes'),
      connections: metrics.number('connections'),
      outstanding: metrics.number('outstandingRequests'),
      certificates: self.list('certificates').map((each) => ({
        listener: each.text('listener') ?? '',
        subject: each.text('subject') ?? '',
        endsMs: Date.parse(each.text('notAfter') ?? ''),
      })),
      adminTokens: self.texts('adminTokens').length,
    },
    members,
    metrics: metrics.numbers,
  };
}

function standing(member: Fields): Standing[] {
  const serverId = member.number('serverId');
  if (serverId === undefined) return [];
  return [
    {
      serverId,
      role: roleOf(member.text('role')),
      address: member.text('address') ?? '',
      clientAddress: member.text('clientAddress'),
      connected: member.truth('connected'),
      lagEntries: member.number('lagEntries'),
    },
  ];
}

function roleOf(text: string | undefined): Role {
  return text !== undefined && roles.has(text) ? (text as Role) : 'unknown';
}
