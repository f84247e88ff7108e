import type { MemberAnswer, Role } from '../ensemble-status/member-answer.ts';
import { versionText } from '../members-http/admin-server.ts';

const roles: Readonly<Record<string, Role>> = {
  leader: 'leader',
  follower: 'follower',
  observer: 'observer',
  standalone: 'standalone',
  'read-only': 'read-only',
};

/** What `srvr` tells of a member of ZooKeeper or Rookery; undefined: it is no such answer, for the word is not allowed, or the member serves nobody. */
export function serverWord(text: string): MemberAnswer | undefined {
  const mode = lineOf(text, 'Mode');
  if (mode === undefined) return undefined;
  const role = roles[mode] ?? 'unknown';
  const zxid = lineOf(text, 'Zxid');
  const self = {
    serverId: undefined,
    role,
    version: versionText(lineOf(text, 'Zookeeper version')),
    ready: role !== 'read-only',
    lastZxid: zxid === undefined ? undefined : Number(zxid),
    nodes: numberOf(text, 'Node count'),
    connections: numberOf(text, 'Connections'),
    outstanding: numberOf(text, 'Outstanding'),
    certificates: [],
  };
  return { by: 'words', self, members: [], metrics: {} };
}

function lineOf(text: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1]?.trim();
}

function numberOf(text: string, name: string): number | undefined {
  const value = Number(lineOf(text, name) ?? 'none');
  return Number.isFinite(value) ? value : undefined;
}
