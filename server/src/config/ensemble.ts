import { MAX_MEMBERS, MAX_VOTERS } from '../bounds/limits.ts';
import { joinAddress } from './addresses.ts';
import { type MemberAddress, MemberRole } from './config.ts';
import { ConfigError, type Origin } from './config-error.ts';
import type { GivenMember, Layers } from './layer.ts';
import { parseLabel } from './server-line.ts';

export interface Ensemble {
  readonly label: number;
  readonly labelSource: string | undefined;
  readonly members: readonly MemberAddress[];
  readonly warnings: readonly string[];
}

/** Two members under one label or at one address would each take the other's place. */
function refuseDuplicates(given: readonly GivenMember[]): void {
  const labels = new Set<number>();
  const addresses = new Map<string, number>();
  for (const { member, origin } of given) {
    if (labels.has(member.label))
      throw new ConfigError(origin, `the label ${member.label} is given to two members`);
    labels.add(member.label);
    const address = joinAddress(member.host.toLowerCase(), member.peerPort);
    const other = addresses.get(address);
    if (other !== undefined) {
      throw new ConfigError(origin, `members ${other} and ${member.label} have the same address, ${address}`);
    }
    addresses.set(address, member.label);
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

/** The label, or one more than the ordinal; undefined where neither is given. */
function givenLabel(layers: Layers): number | undefined {
  const label = layers.value('label');
  const ordinal = layers.given('ordinal');
  const counted = layers.value('ordinal');
  if (counted === undefined || ordinal === undefined) return label;
  if (label !== undefined && label !== counted + 1) {
    throw new ConfigError(
      ordinal.origin,
      `ordinal ${counted} is member ${counted + 1}, but the label says ${label}`,
    );
  }
  return counted + 1;
}

/** The member's own number: from a setting, else from dataDir/myid, as ZooKeeper keeps it. */
function ownLabel(
  layers: Layers,
  dataDir: string,
  alone: MemberAddress | undefined,
  readMyid: (path: string) => string | undefined,
): { label: number; source?: string } {
  const set = givenLabel(layers);
  if (set !== undefined) return { label: set };
  const path = `${dataDir}/myid`;
  const text = readMyid(path);
  if (text !== undefined)
    return { label: parseLabel(text.trim(), { file: path, key: 'myid' }), source: path };
  if (alone !== undefined) return { label: alone.label };
  const problem = 'is missing: it must hold the number N of this member among server.N (or give --label)';
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
    const label = givenLabel(layers) ?? 1;
    const member: MemberAddress = {
      label,
      host: '127.0.0.1',
      peerPort: 0,
      role: MemberRole.voter,
      clientPort,
    };
    return { label, labelSource: undefined, members: [member], warnings: [] };
  }
  refuseDuplicates(given);
  const warnings = checkSize(given, first.origin);
  const alone = given.length === 1 ? first.member : undefined;
  const { label, source } = ownLabel(layers, dataDir, alone, readMyid);
  const members = given.map(({ member }) => member).sort((a, b) => a.label - b.label);
  if (!members.some((member) => member.label === label)) {
    const origin = (layers.given('label') ?? layers.given('ordinal'))?.origin ?? {
      file: source ?? first.origin.file,
      key: 'myid',
    };
    const labels = members.map((member) => member.label).join(', ');
    throw new ConfigError(origin, `this is member ${label}, but the members are ${labels}`);
  }
  return { label, labelSource: source, members, warnings };
}
