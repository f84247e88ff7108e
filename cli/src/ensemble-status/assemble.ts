import { TOKEN } from '../members-http/json-reply.ts';
import { type Answered, answeredOf } from './answered.ts';
import type { EnsembleState, EnsembleStatus, Health, MemberStatus } from './ensemble-status.ts';
import { attribute, type Failed, failedOf } from './failed.ts';
import type { Asked } from './gather.ts';
import type { MemberAnswer, Role, Standing } from './member-answer.ts';
import { fullMargin, type Quorum, quorumOf } from './quorum.ts';

const nonVoting: ReadonlySet<Role> = new Set<Role>(['learner', 'observer', 'joining']);

/** What all answers together say of the ensemble. */
export function assemble(asked: readonly Asked[]): EnsembleStatus {
  const { answered, foreign } = answeredOf(asked);
  const failed = failedOf(asked, answered);
  const best = bestOf(answered);
  const standings = best === undefined ? [] : best.answer.members;
  const rows = answered.map((each) => ofAnswer(each, standings));
  const missing = standings.filter(({ serverId }) => !rows.some((row) => row.serverId === serverId));
  const { its, left } = attribute(missing, failed);
  const away = missing.map((standing) => awayMember(standing, its.get(standing.serverId), left));
  // Where the configuration is known there are no members besides.
  const unknown = standings.length > 0 ? [] : left.map(unknownMember);
  const members = [...rows, ...away, ...unknown].sort(byServerId);
  const leader = leaderOf(members, answered);
  const quorum = quorumOfMembers(members, answered, leader !== undefined);
  const self = best?.answer.self;
  return {
    state: stateOf(members, quorum, answered.length > 0),
    clusterId: self?.clusterId,
    leader,
    term: self?.term,
    featureLevel: self?.featureLevel,
    sessions: self?.sessions,
    nodes: self?.nodes,
    quorum,
    members,
    notes: [...foreign.map(foreignNote), ...notesOf(answered, standings.length > 0 ? left : [])],
  };
}

function foreignNote({ at, answer }: Answered): string {
  return `${at} is a member of another cluster, ${answer.self.clusterId}, and left out`;
}

/** Who knows best how the others are: the leader of the latest term, else who knows the latest term. */
function bestOf(answered: readonly Answered[]): Answered | undefined {
  const rank = ({ answer: { self, members } }: Answered): readonly number[] => [
    self.term ?? 0,
    self.role === 'leader' || self.role === 'standalone' ? 1 : 0,
    members.length,
  ];
  return [...answered].sort((a, b) => compareRanks(rank(b), rank(a)))[0];
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

function ofAnswer({ at, answer }: Answered, standings: readonly Standing[]): MemberStatus {
  const { self, by } = answer;
  const standing = standings.find(({ serverId }) => serverId === self.serverId);
  const votes = !nonVoting.has(self.role) && standing?.role !== 'learner';
  return {
    serverId: self.serverId,
    role: self.role,
    votes,
    health: healthOf(answer),
    reason: self.ready && self.draining !== true ? diskText(self.disk?.room ?? 0) : (self.reason ?? ''),
    http: at,
    by,
    address: standing?.address,
    clientAddress: standing?.clientAddress ?? self.clientAddress,
    version: self.version,
    term: self.term,
    lastZxid: self.lastZxid,
    // The leader knows it of all, the others what they have not applied themselves.
    lagEntries: standing?.lagEntries ?? self.lagEntries,
    disk: self.disk,
    connections: self.connections,
    outstanding: self.outstanding,
    certificates: self.certificates,
    highestFeatureLevel: self.highestFeatureLevel,
  };
}

function healthOf({ self }: MemberAnswer): Health {
  if (self.draining === true) return 'draining';
  return self.ready ? 'ready' : 'not-ready';
}

function diskText(room: number): string {
  if (room === 0) return '';
  if (room === 1) return 'its disk is low';
  return room === 2
    ? 'its disk is so low that it takes small writes alone'
    : 'its disk is full: only deletions are taken';
}

function awayMember(
  standing: Standing,
  failure: Failed | undefined,
  others: readonly Failed[],
): MemberStatus {
  const { serverId, role, address, clientAddress, connected, lagEntries } = standing;
  return {
    ...NOTHING_KNOWN,
    serverId,
    role,
    votes: !nonVoting.has(role),
    health: connected === true ? 'silent' : 'away',
    reason: failure?.why ?? unknownPlace(others),
    http: failure?.at,
    address,
    clientAddress,
    lagEntries,
  };
}

function unknownPlace(others: readonly Failed[]): string {
  if (others.length === 0)
    return 'it is not known where its HTTP is; say all of them at --admin HOST:PORT,HOST:PORT';
  return `it is at one of ${others.map(({ at }) => at).join(', ')}, which do not answer`;
}

/** Nobody who answered says who that is. */
function unknownMember({ at, why }: Failed): MemberStatus {
  return {
    ...NOTHING_KNOWN,
    serverId: undefined,
    role: 'unknown',
    votes: true,
    health: 'away',
    reason: why,
    http: at,
  };
}

const NOTHING_KNOWN = {
  by: undefined,
  address: undefined,
  clientAddress: undefined,
  version: undefined,
  term: undefined,
  lastZxid: undefined,
  lagEntries: undefined,
  disk: undefined,
  connections: undefined,
  outstanding: undefined,
  certificates: [],
  highestFeatureLevel: undefined,
} as const;

function byServerId(a: MemberStatus, b: MemberStatus): number {
  return (a.serverId ?? Number.POSITIVE_INFINITY) - (b.serverId ?? Number.POSITIVE_INFINITY) || 0;
}

/** Who says so itself; else whom those name that serve. In the latest term alone: a former leader may not know yet that it is none. */
function leaderOf(members: readonly MemberStatus[], answered: readonly Answered[]): MemberStatus | undefined {
  const serving = answered.filter(({ answer }) => answer.self.ready).map(({ answer }) => answer.self);
  const latest = Math.max(0, ...serving.map(({ term }) => term ?? 0));
  const own = members.find(({ role, by, term }) => {
    return by !== undefined && (role === 'leader' || role === 'standalone') && (term ?? 0) >= latest;
  });
  if (own !== undefined) return own;
  const named = serving.find(({ leader, term }) => leader !== undefined && (term ?? 0) === latest);
  return members.find(({ serverId }) => serverId !== undefined && serverId === named?.leader);
}

function quorumOfMembers(
  members: readonly MemberStatus[],
  answered: readonly Answered[],
  hasLeader: boolean,
): Quorum {
  const voters = members.filter(({ votes }) => votes);
  const said = Math.max(0, ...answered.map(({ answer }) => answer.self.quorumSize ?? 0));
  const up = voters.filter(isUp).length;
  // A follower that is there and serves proves that there is a leader, though nobody who answered says who.
  return quorumOf(Math.max(voters.length, said), up, hasLeader || answered.some(servesAsFollower));
}

function servesAsFollower({ answer: { self, by } }: Answered): boolean {
  return by === 'words' && self.ready && (self.role === 'follower' || self.role === 'observer');
}

/** Whether its vote counts now. */
function isUp({ health, role }: MemberStatus): boolean {
  if (health === 'away') return false;
  return health !== 'not-ready' || role === 'leader' || role === 'follower';
}

function stateOf(members: readonly MemberStatus[], quorum: Quorum, hasAnswer: boolean): EnsembleState {
  if (!hasAnswer) return 'unreachable';
  if (!quorum.hasLeader) return 'no-quorum';
  const isWell = members.every(({ health, disk }) => {
    return (health === 'ready' || health === 'silent') && (disk?.room ?? 0) === 0;
  });
  return isWell && quorum.margin >= fullMargin(quorum) ? 'well' : 'degraded';
}

function notesOf(answered: readonly Answered[], left: readonly Failed[]): string[] {
  const closed = answered.filter(({ answer }) => answer.wantsToken === true).map(({ at }) => at);
  const notes =
    closed.length === 0 ? [] : [`${closed.join(', ')} tells more to whoever has the token: ${TOKEN}`];
  for (const { at, why } of left) notes.push(`${at} does not answer: ${why}`);
  if (answered.length > 0 && answered.every(({ answer }) => answer.by === 'words'))
    notes.push(
      'no HTTP of the members was found, and four-letter words tell less: say where it is by --admin HOST:PORT,HOST:PORT',
    );
  return notes;
}
