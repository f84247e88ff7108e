import { MAX_SERVER_ID, MIN_SERVER_ID } from '../bounds/limits.ts';
import { type MemberAddress, MemberRole } from './config.ts';
import { ConfigError, type Origin } from './config-error.ts';
import { host, integer, parseInteger } from './values.ts';

/*
 * One member, as ZooKeeper writes it in `server.N=…` (and as our --member and ROOKERY_MEMBERS take it after `N=`):
 *
 *   zoo1.example.com:2888:3888:participant;0.0.0.0:2181
 *   └ host           │    │    │           └ where clients connect: [address:]port, optional
 *                    │    │    └ participant (a voter) or observer (a learner), optional
 *                    │    └ ZooKeeper's election port: checked and shown, not used (one port carries everything here)
 *                    └ quorum port: where members speak to each other
 *
 * Before the `;` there may be several of these joined by `|` (one member on several networks); the first is used.
 */
const FORM = 'host:port:port[:participant|observer][;[address:]clientPort]';

const ELECTION_PORT_ABOVE = 1_000;
const MAX_PORT = 65_535;

/**
 * The second port of a member where it is told as ZooKeeper tells it, though nobody listens there: the one that was said, or one that ZooKeeper's own classes,
 * by which zkCli and Curator read such a line, take: they refuse a line whose two ports are the same.
 */
export function electionPortShown({
  peerPort: port,
  electionPort,
}: Pick<MemberAddress, 'peerPort' | 'electionPort'>): number {
  return (
    electionPort ??
    port + (port + ELECTION_PORT_ABOVE > MAX_PORT ? -ELECTION_PORT_ABOVE : ELECTION_PORT_ABOVE)
  );
}

const ROLES: ReadonlyMap<string, MemberRole> = new Map([
  ['participant', MemberRole.voter],
  ['voter', MemberRole.voter],
  ['observer', MemberRole.learner],
  ['learner', MemberRole.learner],
]);

export function parseRole(text: string): MemberRole | undefined {
  return ROLES.get(text.toLowerCase());
}

const peerPort = integer(1, MAX_PORT, 'ports');

export interface ServerLine {
  readonly member: MemberAddress;
  readonly warnings: readonly string[];
}

/** `[::1]:2888:3888` → `['::1', '2888', '3888']`. */
function splitAddress(text: string): readonly string[] {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed === null) return text.split(':');
  const [, address = '', rest] = bracketed;
  return rest === undefined ? [address] : [address, ...rest.split(':')];
}

function refuse(origin: Origin, value: string, problem: string): ConfigError {
  return new ConfigError(origin, `${JSON.stringify(value)} is not allowed: ${problem}; allowed is ${FORM}`);
}

export function parseServerId(text: string, origin: Origin): number {
  const serverId = parseInteger(text);
  if (serverId === undefined || serverId < MIN_SERVER_ID || serverId > MAX_SERVER_ID) {
    const problem = `${JSON.stringify(text)} is no server id of a member; allowed is ${MIN_SERVER_ID} to ${MAX_SERVER_ID}`;
    throw new ConfigError(origin, problem);
  }
  return serverId;
}

function parseClientAddress(text: string, value: string, origin: Origin): Partial<MemberAddress> {
  const parts = splitAddress(text.trim());
  const portText = parts.at(-1) ?? '';
  const clientPort = peerPort.parse(portText);
  if (clientPort === undefined || parts.length > 2) {
    throw refuse(origin, value, `${JSON.stringify(text)} is no client port`);
  }
  if (parts.length === 1) return { clientPort };
  const clientHost = host.parse(parts[0] ?? '');
  if (clientHost === undefined) throw refuse(origin, value, `${JSON.stringify(parts[0])} is no address`);
  return { clientHost, clientPort };
}

interface PeerSide {
  readonly host: string;
  readonly peerPort: number;
  readonly electionPort: number | undefined;
  /** Undefined where it is not said. */
  readonly role: MemberRole | undefined;
}

/** `host:port[:port][:role]` */
function parsePeerSide(text: string, value: string, origin: Origin): PeerSide {
  const [hostText = '', ...rest] = splitAddress(text);
  const memberHost = host.parse(hostText.trim());
  if (memberHost === undefined) throw refuse(origin, value, `${JSON.stringify(hostText)} is no host`);
  const quorumPort = peerPort.parse(rest[0]?.trim() ?? '');
  if (quorumPort === undefined) throw refuse(origin, value, 'a port from 1 to 65535 must follow the host');
  let role: MemberRole | undefined;
  let electionPort: number | undefined;
  const tail = rest.slice(1).map((part) => part.trim());
  if (tail.length > 2) throw refuse(origin, value, 'too many parts');
  for (const [place, part] of tail.entries()) {
    const asRole = parseRole(part);
    if (asRole !== undefined && place === tail.length - 1) role = asRole;
    else {
      electionPort = place > 0 ? undefined : peerPort.parse(part);
      if (electionPort === undefined)
        throw refuse(origin, value, `${JSON.stringify(part)} is neither a port nor a role`);
    }
  }
  return { host: memberHost, peerPort: quorumPort, electionPort, role };
}

/** Throws ConfigError. `serverId` is the N of `server.N`. */
export function parseServerLine(serverId: number, value: string, origin: Origin): ServerLine {
  const warnings: string[] = [];
  const [servers = '', client, ...more] = value.split(';');
  if (more.length > 0) throw refuse(origin, value, 'more than one ";"');
  const texts = servers.split('|').map((text) => text.trim());
  const [first, ...others] = texts.map((text) => parsePeerSide(text, value, origin)) as [
    PeerSide,
    ...PeerSide[],
  ];
  if (others.length > 0) {
    warnings.push(`${origin.key}: of several addresses the first one, ${texts[0]}, is used`);
  }
  const role = first.role ?? MemberRole.voter;
  if (others.some((other) => (other.role ?? MemberRole.voter) !== role)) {
    throw refuse(origin, value, 'its addresses have different roles');
  }
  const address = client === undefined ? {} : parseClientAddress(client, value, origin);
  const election = first.electionPort === undefined ? {} : { electionPort: first.electionPort };
  return {
    member: { serverId, host: first.host, peerPort: first.peerPort, ...election, role, ...address },
    warnings,
  };
}
