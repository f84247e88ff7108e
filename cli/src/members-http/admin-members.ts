import type { MemberAnswer, Role, Self, Standing } from '../ensemble-status/member-answer.ts';
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
  return {
    by: 'admin',
    self: selfOf(self, metrics, {
      version: answer.text('version'),
      ready: self.truth('ready'),
      lagEntries: members.find((member) => member.serverId === serverId)?.lagEntries,
    }),
    members,
    metrics: metrics.numbers,
  };
}

/** What a member tells of itself by its status and its plain numbers, at /admin and at /window. `told`: what stands elsewhere in each of them. */
export function selfOf(
  status: Fields,
  metrics: Fields,
  told: {
    readonly version: string | undefined;
    readonly ready: boolean | undefined;
    readonly lagEntries: number | undefined;
  },
): Self {
  const free = metrics.number('diskFreeBytes');
  return {
    serverId: status.number('serverId'),
    role: roleOf(status.text('role')),
    version: told.version,
    clusterId: status.text('clusterId'),
    term: status.number('term'),
    leader: status.number('leader'),
    ready: told.ready ?? false,
    draining: status.truth('draining'),
    reason: status.text('reason'),
    lastZxid: status.number('lastZxid'),
    lagEntries: told.lagEntries,
    featureLevel: status.number('featureLevel'),
    highestFeatureLevel: status.number('highestFeatureLevel'),
    disk: free === undefined ? undefined : { freeBytes: free, room: metrics.number('diskRoom') ?? 0 },
    sessions: metrics.number('sessions'),
    nodes: metrics.number('nodes'),
    connections: metrics.number('connections'),
    outstanding: metrics.number('outstandingRequests'),
    certificates: status.list('certificates').map((each) => ({
      listener: each.text('listener') ?? '',
      subject: each.text('subject') ?? '',
      endsMs: Date.parse(each.text('notAfter') ?? ''),
    })),
    adminTokens: status.texts('adminTokens').length,
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
