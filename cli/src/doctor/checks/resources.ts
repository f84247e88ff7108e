import { singleValue } from '../../members-http/prometheus-text.ts';
import { bytesText, countText } from '../../quantities.ts';
import { type Examined, type MemberDetails, nameOfMember } from '../examined.ts';
import { capital, type Finding, finding } from '../finding.ts';

/** Of a limit: from there on it is nearly reached. */
const NEARLY = 0.85;
/** Of the server, not to be set. */
const MAX_NODES = 16_000_000;

const rooms: Readonly<Record<number, string>> = {
  1: 'is low on disk',
  2: 'is so low on disk that it takes small writes alone',
  3: 'has a full disk: it takes deletions alone',
};

/** The disk is below what the member keeps free. */
export function disk({ status }: Examined): Finding[] {
  return status.members.flatMap(({ serverId, disk }) => {
    const room = rooms[disk?.room ?? 0];
    if (room === undefined) return [];
    return [
      finding(
        'disk',
        'wrong',
        [serverId],
        `Member ${serverId} ${room}: ${bytesText(disk?.freeBytes ?? 0)} are free.`,
        'Make room on the disk of its data folder, or give it a larger one.',
      ),
    ];
  });
}

interface Limited {
  readonly check: string;
  /** What there is so much of, and what bounds it. */
  readonly noun: string;
  readonly text: (count: number) => string;
  readonly used: (member: MemberDetails) => number | undefined;
  readonly most: (member: MemberDetails) => number | undefined;
  readonly todo: string;
}

const limits: readonly Limited[] = [
  {
    check: 'tree-bytes',
    noun: 'bytes of its tree',
    text: bytesText,
    used: ({ answer }) => answer.metrics.treeBytes,
    most: ({ answer }) => answer.metrics.treeLimitBytes,
    todo: 'Remove nodes that nobody needs (rookery find PATH --larger 10k), or raise limits.treeBytes on every member.',
  },
  {
    check: 'nodes',
    noun: 'nodes',
    text: countText,
    used: ({ answer }) => answer.metrics.nodes,
    most: ({ answer }) => (answer.by === 'admin' ? MAX_NODES : undefined),
    todo: 'Remove nodes that nobody needs.',
  },
  {
    check: 'connections',
    noun: 'connections',
    text: countText,
    used: ({ answer }) => answer.self.connections,
    most: ({ properties }) => numberOf(properties?.['zookeeper.maxCnxns']),
    todo: 'See who holds them (rookery sessions), raise the limit (limits.connections, maxCnxns), or add read replicas.',
  },
  {
    check: 'descriptors',
    noun: 'file descriptors',
    text: countText,
    used: ({ samples, answer }) =>
      (samples && singleValue(samples, 'process_open_fds')) ?? answer.metrics.open_file_descriptor_count,
    most: ({ samples, answer }) =>
      (samples && singleValue(samples, 'process_max_fds')) ?? answer.metrics.max_file_descriptor_count,
    todo: 'Raise the limit of its process (ulimit -n, LimitNOFILE).',
  },
];

/** What a limit will stop soon. */
export function nearLimits({ details }: Examined): Finding[] {
  return details.flatMap((member) =>
    limits.flatMap(({ check, noun, text, used, most, todo }) => {
      const count = used(member);
      const limit = most(member);
      if (count === undefined || limit === undefined || limit <= 0 || count < limit * NEARLY) return [];
      const what = `${capital(nameOfMember(member))} has ${text(count)} of ${text(limit)} ${noun}.`;
      return [finding(check, 'wrong', [member.answer.self.serverId], what, todo)];
    }),
  );
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}
