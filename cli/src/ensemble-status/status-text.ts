import type { Colours } from '../output/colours.ts';
import { printable } from '../output/node-text.ts';
import { type Column, tableHead, tableRow } from '../output/table.ts';
import { bytesText, counted, countText, durationText } from '../quantities.ts';
import type { EnsembleStatus, Health, MemberStatus } from './ensemble-status.ts';
import type { Certificate } from './member-answer.ts';
import { marginText } from './quorum.ts';

const columns: readonly Column[] = [
  { title: 'ID', width: 3, align: 'right' },
  { title: 'ROLE', width: 10, align: 'left' },
  { title: 'HEALTH', width: 9, align: 'left' },
  { title: 'VERSION', width: 13, align: 'left' },
  { title: 'TERM', width: 4, align: 'right' },
  { title: 'LAG', width: 6, align: 'right' },
  { title: 'DISK FREE', width: 9, align: 'right' },
  { title: 'CONNS', width: 6, align: 'right' },
  { title: 'CERTIFICATE', width: 11, align: 'left' },
  { title: 'AT', width: 0, align: 'left' },
];

/** One screen for people, line by line. */
export function statusLines(status: EnsembleStatus, colours: Colours, nowMs: number): string[] {
  const trouble = status.members.filter(({ reason }) => reason !== '');
  return [
    headline(status, colours),
    ...ensembleLine(status),
    '',
    colours.dim(tableHead(columns)),
    ...status.members.map((member) => painted(member, tableRow(columns, cellsOf(member, nowMs)), colours)),
    ...(trouble.length === 0 ? [] : ['']),
    ...trouble.map((member) => troubleLine(member)),
    ...status.notes.map((note) => `note: ${note}`),
  ];
}

function headline(status: EnsembleStatus, colours: Colours): string {
  const { members, leader, term, quorum, state } = status;
  const who = leader === undefined ? 'nobody is known to lead' : `${whoText(leader)} leads${termText(term)}`;
  const paint = {
    well: colours.green,
    degraded: colours.yellow,
    'no-quorum': colours.red,
    unreachable: colours.red,
  };
  return `${counted(members.length, 'member')}, ${who}: ${paint[state](marginText(quorum))}`;
}

function termText(term: number | undefined): string {
  return term === undefined ? '' : ` in term ${term}`;
}

function whoText({ serverId, http }: MemberStatus): string {
  return serverId === undefined ? `the one at ${http}` : `member ${serverId}`;
}

function ensembleLine({ clusterId, featureLevel, sessions, nodes }: EnsembleStatus): string[] {
  const parts = [
    ...(clusterId === undefined || clusterId === '' ? [] : [`cluster ${clusterId}`]),
    ...(featureLevel === undefined ? [] : [`feature level ${featureLevel}`]),
    ...(sessions === undefined ? [] : [counted(sessions, 'session')]),
    ...(nodes === undefined ? [] : [counted(nodes, 'node')]),
  ];
  return parts.length === 0 ? [] : [parts.join(', ')];
}

function cellsOf(member: MemberStatus, nowMs: number): string[] {
  const { serverId, role, health, version, term, lagEntries, disk, connections, certificates, http } = member;
  return [
    numberText(serverId),
    role,
    health,
    printable(version ?? '-'),
    numberText(term),
    lagEntries === undefined ? '-' : countText(lagEntries),
    disk === undefined ? '-' : bytesText(disk.freeBytes),
    connections === undefined ? '-' : countText(connections),
    certificateText(certificates, nowMs),
    printable(http ?? member.clientAddress ?? member.address ?? '-'),
  ];
}

function numberText(value: number | undefined): string {
  return value === undefined ? '-' : String(value);
}

/** Of the one that ends first. */
function certificateText(certificates: readonly Certificate[], nowMs: number): string {
  const ends = certificates.map(({ endsMs }) => endsMs).filter((ms) => !Number.isNaN(ms));
  if (ends.length === 0) return '-';
  const leftMs = Math.min(...ends) - nowMs;
  return leftMs <= 0 ? 'expired' : durationText(leftMs);
}

const paintOf: Readonly<Record<Health, keyof Colours | undefined>> = {
  ready: undefined,
  'not-ready': 'yellow',
  draining: 'yellow',
  silent: 'yellow',
  away: 'red',
};

function painted({ health }: MemberStatus, row: string, colours: Colours): string {
  const name = paintOf[health];
  return name === undefined ? row : colours[name](row);
}

function troubleLine(member: MemberStatus): string {
  const { serverId, http, health, reason } = member;
  const who = serverId === undefined ? (http ?? 'a member') : `member ${serverId}`;
  const at = serverId === undefined || http === undefined ? '' : ` at ${http}`;
  const text = printable(reason);
  switch (health) {
    case 'away':
      return `${who} does not answer${at}: ${text}`;
    case 'silent':
      return `${who} does not answer${at}: ${text}; another member is connected to it`;
    default:
      return `${who} is ${health === 'ready' ? 'ready, but' : `${health}:`} ${text}`;
  }
}
