import type { MemberAnswer, Role, Self, Standing } from '../ensemble-status/member-answer.ts';
import type { Fields } from './fields.ts';

/** Commands of ZooKeeper's AdminServer that tell how a member is. */
export const STATUS_COMMANDS = ['zabstate', 'voting_view', 'leader', 'monitor', 'server_stats'] as const;
export type StatusCommand = (typeof STATUS_COMMANDS)[number];

const roles: Readonly<Record<string, Role>> = {
  leader: 'leader',
  follower: 'follower',
  observer: 'observer',
  standalone: 'standalone',
  'read-only': 'read-only',
};

/** What these commands told, those that were answered among them; undefined: none was. */
export function commandsAnswer(
  told: Readonly<Partial<Record<StatusCommand, Fields>>>,
  wantsToken: boolean,
): MemberAnswer | undefined {
  const { zabstate, voting_view: votingView, leader, monitor, server_stats: serverStats } = told;
  const stats = serverStats?.fields('server_stats');
  if ((zabstate ?? monitor ?? stats) === undefined) return undefined;
  const state = stats?.text('server_state') ?? monitor?.text('server_state');
  // Each of them has an error where the member serves nobody.
  const whyNot = stats === undefined && monitor === undefined ? undefined : serverStats?.text('error');
  const leaderId = leader?.number('leader_id');
  const members = votingView === undefined ? [] : standings(votingView.fields('current_config'));
  const role = state === undefined ? roleOf(zabstate) : (roles[state] ?? 'unknown');
  const self: Self = {
    serverId: zabstate?.number('myid'),
    role,
    version: versionText(stats === undefined ? monitor?.text('version') : serverStats?.text('version')),
    clientAddress: zabstate?.text('client_address') || undefined,
    term: zabstate?.number('zab_epoch'),
    leader: leaderId === undefined || leaderId < 0 ? undefined : leaderId,
    ready: whyNot === undefined && state !== undefined ? role !== 'read-only' : isServing(zabstate),
    reason: whyNot,
    lastZxid: stats?.number('last_processed_zxid'),
    sessions: monitor?.number('global_sessions'),
    nodes: serverStats?.number('node_count') ?? monitor?.number('znode_count'),
    connections: stats?.number('num_alive_client_connections') ?? monitor?.number('num_alive_connections'),
    outstanding: stats?.number('outstanding_requests') ?? monitor?.number('outstanding_requests'),
    quorumSize: monitor?.number('quorum_size'),
    certificates: [],
  };
  return { by: 'commands', self, members, metrics: monitor?.numbers ?? {}, wantsToken };
}

function roleOf(zabstate: Fields | undefined): Role {
  if (zabstate?.truth('is_leader') === true) return 'leader';
  if (zabstate?.text('zabstate')?.toLowerCase() === 'election') return 'candidate';
  if (zabstate?.truth('voting') === true) return 'follower';
  return zabstate?.number('myid') === undefined ? 'standalone' : 'observer';
}

function isServing(zabstate: Fields | undefined): boolean {
  return (zabstate?.text('zabstate') ?? 'broadcast').toLowerCase() === 'broadcast';
}

function standings(config: Fields): Standing[] {
  return config.names.flatMap((id) => {
    const view = config.fields(id);
    const serverId = Number(id);
    if (!Number.isInteger(serverId)) return [];
    const clientAddress = view.text('client_address');
    return [
      {
        serverId,
        role: view.text('learner_type') === 'observer' ? 'observer' : 'voter',
        address: view.texts('server_addresses')[0] ?? '',
        clientAddress: clientAddress === '' ? undefined : clientAddress,
      } as const,
    ];
  });
}

/** Without the time at which it was built. */
export function versionText(version: string | undefined): string | undefined {
  return version?.split(/,|-[0-9a-f]{40}/, 1)[0];
}
