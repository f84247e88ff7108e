import { MAX_MEMBERS, MAX_VOTERS } from '../bounds/limits.ts';
import { joinAddress } from './addresses.ts';
import { type MemberAddress, MemberRole } from './config.ts';
import { ConfigError, type Origin } from './config-error.ts';
import type { GivenMember, Layers } from './layer.ts';
import { parseServerId } from './server-line.ts';

export interface Ensemble {
  readonly serverId: number;
  readonly serverIdSource: string | undefined;
  readonly members: readonly MemberAddress[];
  readonly warnings: readonly string[];
}

/** Two members under one server id or at one address would each take the other's place. */
function refuseDuplicates(given: readonly GivenMember[]): void {
  const serverIds = new Set<number>();
  const addresses = new Map<string, number>();
  for (const { member, origin } of given) {
    if (serverIds.has(member.serverId))
      throw new ConfigError(origin, `the server id ${member.serverId} is given to two members`);
    serverIds.add(member.serverId);
    const address = joinAddress(member.host.toLowerCase(), member.peerPort);
    const other = addresses.get(address);
    if (other !== undefined) {
      throw new ConfigError(
        origin,
        `members ${other} and ${member.serverId} have the same address, ${address}`,
      );
    }
    addresses.set(address, member.serverId);
    const { clientPort } = member;
    if (clientPort === member.peerPort) {
      throw new ConfigError(
        origin,
        `${clientPort} cannot be both its port for clients and its port for members`,
      );
    }
  }
}

function checkSize(given: readonly GivenMember[], origin: Origin): readonly string[] {
  const voters = given.filter(({ member }) => member.role === MemberRole.voter).length;
  if (given.length > MAX_MEMBERS)
    throw new ConfigError(origin, `${given.length} members; at most ${MAX_MEMBERS}`);
  if (voters > MAX_VOTERS) throw new ConfigError(origin, `${voters} voters; at most ${MAX_VOTERS}`);
  if (voters === 0) throw new ConfigError(origin, 'no member is a voter; at least one is needed');
  if (voters % 2 === 1) return [];
  const survives = voters / 2 - 1;
  return [
    `${voters} voters survive the loss of ${survives}, no more than ${voters - 1} would; use an odd number`,
  ];
}

/** The server id, or one more than the ordinal; undefined where neither is given. */
function givenServerId(layers: Layers): number | undefined {
  const serverId = layers.value('serverId');
  const ordinal = layers.given('ordinal');
  const counted = layers.value('ordinal');
  if (counted === undefined || ordinal === undefined) return serverId;
  if (serverId !== undefined && serverId !== counted + 1) {
    throw new ConfigError(
      ordinal.origin,
      `ordinal ${counted} is member ${counted + 1}, but the server id says ${serverId}`,
    );
  }
  return counted + 1;
}

/** The member's own number: from a setting, else from dataDir/myid, as ZooKeeper keeps it. */
function ownServerId(
  layers: Layers,
  dataDir: string,
  alone: MemberAddress | undefined,
  readMyid: (path: string) => string | undefined,
): { serverId: number; source?: string } {
  const set = givenServerId(layers);
  if (set !== undefined) return { serverId: set };
  const path = `${dataDir}/myid`;
  const text = readMyid(path);
  if (text !== undefined)
    return { serverId: parseServerId(text.trim(), { file: path, key: 'myid' }), source: path };
  if (alone !== undefined) return { serverId: alone.serverId };
  const problem = 'is missing: it must hold the number N of this member among server.N (or give --server-id)';
  throw new ConfigError({ file: path, key: 'myid' }, problem);
}

/** Which members there are and which one this is. Throws ConfigError. */
export function readEnsemble(
  layers: Layers,
  dataDir: string,
  clientPort: number,
  readMyid: (path: string) => string | undefined,
): Ensemble {
  const given = layers.members();
  const [first] = given;
  if (first === undefined) {
    // Alone: myid is not asked for, and nobody else is there to connect to.
    const serverId = givenServerId(layers) ?? 1;
    const member: MemberAddress = {
      serverId,
      host: '127.0.0.1',
      peerPort: 0,
      role: MemberRole.voter,
      clientPort,
    };
    return { serverId, serverIdSource: undefined, members: [member], warnings: [] };
  }
  refuseDuplicates(given);
  const warnings = checkSize(given, first.origin);
  const alone = given.length === 1 ? first.member : undefined;
  const { serverId, source } = ownServerId(layers, dataDir, alone, readMyid);
  const members = given.map(({ member }) => member).sort((a, b) => a.serverId - b.serverId);
  if (!members.some((member) => member.serverId === serverId)) {
    const origin = (layers.given('serverId') ?? layers.given('ordinal'))?.origin ?? {
      file: source ?? first.origin.file,
      key: 'myid',
    };
    const serverIds = members.map((member) => member.serverId).join(', ');
    throw new ConfigError(origin, `this is member ${serverId}, but the members are ${serverIds}`);
  }
  return { serverId, serverIdSource: source, members, warnings };
}
