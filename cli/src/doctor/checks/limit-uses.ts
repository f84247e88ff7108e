import { singleValue } from '../../members-http/prometheus-text.ts';
import type { LimitUse } from '../../members-http/window-ensemble.ts';
import { type Examined, type MemberDetails, nameOfMember } from '../examined.ts';

/** Of the server in releases that do not tell their limits, where it was not to be set. */
const MAX_NODES = 16_000_000;

/** How near one member is to one limit. */
export interface MemberUse extends LimitUse {
  readonly serverId: number | undefined;
  /** As people are told it. */
  readonly member: string;
  /** Of the limit: 1 is all of it. */
  readonly part: number;
}

interface ToldElsewhere extends Pick<LimitUse, 'name' | 'what' | 'isBytes'> {
  readonly used: (member: MemberDetails) => number | undefined;
  readonly most: (member: MemberDetails) => number | undefined;
}

/** What members tell that do not report their limits: those of ZooKeeper, and of Rookery 0.2.0 and before. */
const toldElsewhere: readonly ToldElsewhere[] = [
  {
    name: 'limits.treeBytes',
    what: 'bytes of its tree',
    isBytes: true,
    used: ({ answer }) => answer.metrics.treeBytes,
    most: ({ answer }) => answer.metrics.treeLimitBytes,
  },
  {
    name: 'limits.nodes',
    what: 'nodes',
    isBytes: false,
    used: ({ answer }) => answer.metrics.nodes,
    most: ({ answer }) => (answer.by === 'admin' ? MAX_NODES : undefined),
  },
  {
    name: 'limits.connections',
    what: 'connections',
    isBytes: false,
    used: ({ answer }) => answer.self.connections,
    most: ({ properties }) => numberOf(properties?.['zookeeper.maxCnxns']),
  },
  {
    name: 'descriptors',
    what: 'file descriptors',
    isBytes: false,
    used: ({ samples, answer }) =>
      (samples && singleValue(samples, 'process_open_fds')) ?? answer.metrics.open_file_descriptor_count,
    most: ({ samples, answer }) =>
      (samples && singleValue(samples, 'process_max_fds')) ?? answer.metrics.max_file_descriptor_count,
  },
];

/** Of each member what it reports, else what it tells elsewhere. Where there is no limit there is no use of it. */
export function limitUses({ details, reports }: Examined): readonly MemberUse[] {
  const reported = reports.flatMap(({ serverId, limits }) =>
    limits.map((limit) => ({ ...limit, serverId, member: `member ${serverId}` })),
  );
  const telling = new Set(reported.map(({ serverId }) => serverId));
  const told = details.flatMap((details) => {
    const { serverId } = details.answer.self;
    if (serverId !== undefined && telling.has(serverId)) return [];
    return elsewhere(details).map((limit) => ({ ...limit, serverId, member: nameOfMember(details) }));
  });
  return [...reported, ...told]
    .filter(({ most }) => most > 0)
    .map((use) => ({ ...use, part: use.used / use.most }));
}

function elsewhere(details: MemberDetails): LimitUse[] {
  return toldElsewhere.flatMap(({ name, what, isBytes, ...read }) => {
    const used = read.used(details);
    const most = read.most(details);
    return used === undefined || most === undefined ? [] : [{ name, what, isBytes, used, most }];
  });
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}
