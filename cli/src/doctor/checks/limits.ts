import { bytesText, counted, countText } from '../../quantities.ts';
import type { Examined } from '../examined.ts';
import { capital, type Finding, finding } from '../finding.ts';
import { limitUses, type MemberUse } from './limit-uses.ts';

/** Of a limit: from there on it is worth a look, and from there on it is nearly reached. */
const LOOK = 0.8;
const NEARLY = 0.95;

/** What is done about a limit, and what its check is called. */
const advice: Readonly<Record<string, readonly [check: string, todo: string]>> = {
  'limits.treeBytes': [
    'tree-bytes',
    'Remove nodes that nobody needs (rookery find PATH --larger 10k), or raise limits.treeBytes on every member.',
  ],
  'limits.nodes': [
    'nodes',
    'Remove nodes that nobody needs (rookery tree / shows where they are), or raise limits.nodes on every member.',
  ],
  'limits.sessions': [
    'sessions',
    'See who opens them (rookery sessions): clients that connect anew in place of keeping one; or raise limits.sessions on every member.',
  ],
  'limits.connections': [
    'connections',
    'See who holds them (rookery sessions), raise the limit (limits.connections, maxCnxns), or add read replicas.',
  ],
  'limits.watches': [
    'watches',
    'See who sets so many (rookery sessions), have them set one watch over a whole subtree, or raise limits.watches.',
  ],
  'limits.outstandingRequests': [
    'outstanding-requests',
    'See whether its disk or its processor is slow, or somebody asks too much at once (rookery top); add read replicas, or raise limits.outstandingRequests.',
  ],
  clientMemory: [
    'client-memory',
    'See which clients read too slowly what they asked for (rookery sessions), or give the member more memory.',
  ],
  heap: [
    'heap',
    'Give its process more memory (of a container: a higher limit), or a larger heap: NODE_OPTIONS=--max-old-space-size=MEGABYTES.',
  ],
  descriptors: ['descriptors', 'Raise the limit of its process (ulimit -n, LimitNOFILE).'],
};

/** What a limit stops, or will stop soon: each limit once, with the member that is nearest to it. What is left of disks another check tells. */
export function nearLimits(examined: Examined): Finding[] {
  const near = limitUses(examined).filter(({ name, part }) => name !== 'disk' && part >= LOOK);
  return [...Map.groupBy(near, ({ name }) => name).values()].map(findingOf);
}

function findingOf(uses: readonly MemberUse[]): Finding {
  const worst = uses.reduce((one, other) => (other.part > one.part ? other : one));
  const { name, member, used, most, what, part } = worst;
  const [check, todo] = advice[name] ?? ['limit', `See in docs/operations.md what is said of ${name}.`];
  const text = worst.isBytes ? bytesText : countText;
  const others = uses.length === 1 ? '' : `, and ${counted(uses.length - 1, 'other member')} nearly as many`;
  return finding(
    check,
    part >= NEARLY ? 'wrong' : 'advice',
    uses.map(({ serverId }) => serverId),
    `${capital(member)} has ${text(used)} of ${text(most)} ${what}${others}.`,
    todo,
  );
}
