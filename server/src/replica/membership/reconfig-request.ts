import { ErrorCode, type ReconfigRequest } from '@rookery/protocol';
import type { Configuration } from 'raft-ts-lite';
import { MAX_MEMBERS, MAX_SERVER_ID, MIN_SERVER_ID } from '../../bounds/limits.ts';
import { MemberRole } from '../../config/config.ts';
import { ConfigError } from '../../config/config-error.ts';
import { parseServerLine } from '../../config/server-line.ts';
import { decodeContext, type WantedMember } from './membership.ts';

/** As ZooKeeper with `standaloneEnabled`, which is its default: a member alone is not made by reconfig. */
const LEAST_VOTERS = 2;
/** A server line without an address for clients: on all of them. */
const ANY_HOST = '0.0.0.0';

/** Why a reconfig is not carried out: what its client is told, and in words for the log. */
export class ReconfigRefused extends Error {
  override readonly name = 'ReconfigRefused';
  readonly err: ErrorCode;

  constructor(err: ErrorCode, message: string) {
    super(message);
    this.err = err;
  }
}

/** The members of the configuration, as a reconfig would name them; in its joint phase those that it ends in. */
export function membersOf(configuration: Configuration): WantedMember[] {
  const { voters, learners } = configuration;
  return [...voters, ...learners].flatMap((id) => {
    const { serverId, host, peerPort, electionPort, clientHost, clientPort, reconfigured, isToCome } =
      decodeContext(configuration.contexts.get(id)!);
    if (isToCome === true) return [];
    const role = reconfigured?.role ?? (voters.includes(id) ? 'voter' : 'learner');
    const election = electionPort === undefined ? {} : { electionPort };
    return [{ serverId, host, peerPort, ...election, clientHost, clientPort, role }];
  });
}

/**
 * The members as the request wants them, as ZooKeeper reads it: who names new members names all of them; else who leaves goes, and then who
 * joins comes, or takes another address or role. Throws ReconfigRefused.
 */
export function membersAfter(
  { joining, leaving, newMembers }: ReconfigRequest,
  current: readonly WantedMember[],
): WantedMember[] {
  const members = newMembers === undefined ? incremental(joining, leaving, current) : named(newMembers);
  const voters = [...members.values()].filter(({ role }) => role === 'voter').length;
  if (voters < LEAST_VOTERS)
    throw new ReconfigRefused(
      ErrorCode.badArguments,
      `there must be ${LEAST_VOTERS} participants at least, and ${voters} would be left`,
    );
  return [...members.values()];
}

/** Of the limits of this program, which ZooKeeper does not have. Throws ReconfigRefused. */
export function checkLimits(members: readonly WantedMember[]): void {
  const beyond = members.find(({ serverId }) => serverId < MIN_SERVER_ID || serverId > MAX_SERVER_ID);
  if (beyond !== undefined)
    throw new ReconfigRefused(
      ErrorCode.badArguments,
      `${beyond.serverId} is no server id of a member; allowed is ${MIN_SERVER_ID} to ${MAX_SERVER_ID}`,
    );
  if (members.length > MAX_MEMBERS)
    throw new ReconfigRefused(
      ErrorCode.badArguments,
      `an ensemble has ${MAX_MEMBERS} members at most, and these are ${members.length}`,
    );
}

function incremental(
  joining: string | undefined,
  leaving: string | undefined,
  current: readonly WantedMember[],
): Map<number, WantedMember> {
  const members = new Map(current.map((member) => [member.serverId, member]));
  for (const text of partsOf(leaving)) members.delete(serverIdOf(text));
  for (const text of partsOf(joining)) {
    const [key, line, ...more] = text.split('=').map((part) => part.trim());
    if (key === undefined || line === undefined || line === '' || more.length > 0)
      throw malformed(text, 'it is to be server.N=host:port:port[:role];[host:]port');
    const member = memberIn(key.slice(key.lastIndexOf('.') + 1), line);
    members.delete(member.serverId);
    for (const other of members.values()) checkDistinct(member, other);
    members.set(member.serverId, member);
  }
  return members;
}

/** Of all members, a line of Java properties for each. */
function named(newMembers: string): Map<number, WantedMember> {
  const members = new Map<number, WantedMember>();
  for (const text of newMembers.split(/[,\r\n]/)) {
    const entry = /^\s*([^\s=:#!][^\s=:]*)\s*[=:\s]\s*(.*)$/.exec(text);
    if (entry === null) {
      if (text.trim() === '' || /^\s*[#!]/.test(text)) continue;
      throw malformed(text, 'it is to be server.N=host:port:port[:role];[host:]port');
    }
    const [, key = '', line = ''] = entry;
    if (key === 'version') continue;
    if (!key.startsWith('server.'))
      throw malformed(text, 'only server.N is taken; there are no hierarchical quorums');
    const member = memberIn(key.slice('server.'.length), line.trim());
    members.set(member.serverId, member);
  }
  return members;
}

function memberIn(id: string, line: string): WantedMember {
  const serverId = serverIdOf(id);
  let member: ReturnType<typeof parseServerLine>['member'];
  try {
    ({ member } = parseServerLine(serverId, line, { file: 'reconfig', key: `server.${serverId}` }));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ReconfigRefused(ErrorCode.badArguments, error.message);
  }
  const { host, peerPort, electionPort, clientHost = ANY_HOST, clientPort } = member;
  if (electionPort === undefined || clientPort === undefined || electionPort === peerPort)
    throw malformed(line, 'each server has three ports: for its peers, for elections and for clients');
  const role = member.role === MemberRole.voter ? 'voter' : 'learner';
  return { serverId, host, peerPort, electionPort, clientHost, clientPort, role };
}

/** ZooKeeper trips over one that is no number, and answers what it answers then. */
function serverIdOf(text: string): number {
  if (!/^[+-]?\d{1,18}$/.test(text))
    throw new ReconfigRefused(ErrorCode.marshallingError, `${JSON.stringify(text)} is no server id`);
  return Number(text);
}

function partsOf(list: string | undefined): string[] {
  return (list ?? '').split(',').flatMap((part) => part.trim() || []);
}

/** Two members at one address; those that mean "here" may stand twice. */
function checkDistinct(member: WantedMember, other: WantedMember): void {
  const taken = new Set(addressesOf(other));
  const twice = addressesOf(member).find((address) => taken.has(address));
  if (twice !== undefined)
    throw malformed(twice, `members ${member.serverId} and ${other.serverId} would both be there`);
}

function addressesOf({ host, peerPort, electionPort, clientHost, clientPort }: WantedMember): string[] {
  const addresses = [
    [host, peerPort],
    [host, electionPort ?? peerPort],
    [clientHost, clientPort],
  ] as const;
  return addresses.filter(([name]) => !isSpecial(name)).map(([name, port]) => `${name}:${port}`);
}

function isSpecial(host: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?|localhost)$/.test(host);
}

function malformed(text: string, why: string): ReconfigRefused {
  return new ReconfigRefused(ErrorCode.badArguments, `${JSON.stringify(text)}: ${why}`);
}
