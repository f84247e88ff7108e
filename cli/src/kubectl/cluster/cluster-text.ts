import { marginText } from '../../ensemble-status/quorum.ts';
import type { Colours } from '../../output/colours.ts';
import { printable } from '../../output/node-text.ts';
import { type Column, tableHead, tableRow } from '../../output/table.ts';
import { counted, countText, durationText } from '../../quantities.ts';
import type { ClusterMember, ClusterState, ClusterStatus, Condition } from './cluster-status.ts';
import { isReadReplica } from './member-names.ts';

const left = (title: string, width: number): Column => ({ title, width, align: 'left' });
const right = (title: string, width: number): Column => ({ title, width, align: 'right' });

const listColumns: readonly Column[] = [
  left('NAMESPACE', 12),
  left('NAME', 16),
  left('STATE', 10),
  left('PHASE', 13),
  left('VOTERS', 6),
  left('LEADER', 18),
  left('VERSION', 10),
  left('WAITS FOR', 0),
];

const memberColumns: readonly Column[] = [
  right('ID', 3),
  left('POD', 20),
  left('ROLE', 8),
  left('READY', 5),
  left('VERSION', 10),
  right('LAG', 6),
  left('POD IS', 16),
  right('RESTARTS', 8),
  right('AGE', 8),
  left('NODE', 0),
];

const conditionColumns: readonly Column[] = [
  left('CONDITION', 17),
  left('STATUS', 7),
  left('FOR', 8),
  left('REASON', 0),
];

const paintOf: Readonly<Record<ClusterState, keyof Colours>> = {
  well: 'green',
  asleep: 'dim',
  degraded: 'yellow',
  'no-quorum': 'red',
};

/** One cluster on each line, for people. */
export function clusterListLines(clusters: readonly ClusterStatus[], colours: Colours): string[] {
  return [
    colours.dim(tableHead(listColumns)),
    ...clusters.map((each) => {
      const { namespace, name, state, phase, quorum, leader, version, waitsFor } = each;
      const row = tableRow(listColumns, [
        namespace,
        name,
        state,
        printable(phase),
        `${quorum.up}/${quorum.voters}`,
        leader ?? '-',
        printable(version.running ?? version.wanted),
        printable(waitsFor[0] ?? '-'),
      ]);
      return state === 'well' ? row : colours[paintOf[state]](row);
    }),
  ];
}

/** One screen for people, line by line. */
export function clusterLines(status: ClusterStatus, colours: Colours, nowMs: number): string[] {
  const { operation, waitsFor, members, conditions } = status;
  return [
    headline(status, colours),
    ...detailLine(status),
    '',
    colours.dim(tableHead(memberColumns)),
    ...members.map((member) => painted(member, tableRow(memberColumns, memberCells(member, nowMs)), colours)),
    '',
    colours.dim(tableHead(conditionColumns)),
    ...conditions.map((each) => tableRow(conditionColumns, conditionCells(each, nowMs))),
    ...(operation === undefined && waitsFor.length === 0 ? [] : ['']),
    ...(operation === undefined ? [] : [`under way: ${printable(operation)}`]),
    ...waitsFor.map((message) => `waits for: ${printable(message)}`),
  ];
}

function headline(
  { name, namespace, members, leader, state, quorum }: ClusterStatus,
  colours: Colours,
): string {
  const voters = members.filter(({ votes }) => votes).length;
  const readers = members.filter(({ serverId }) => isReadReplica(serverId)).length;
  const others = readers === 0 ? '' : ` and ${counted(readers, 'read replica')}`;
  const who = leader === undefined ? 'nobody is known to lead' : `${leader} leads`;
  const margin =
    state === 'asleep' ? 'hibernated: nobody is served, the volumes keep the data' : marginText(quorum);
  return `${namespace}/${name}: ${counted(voters, 'voter')}${others}, ${who}: ${colours[paintOf[state]](margin)}`;
}

function detailLine({ phase, version, featureLevel, endpoints }: ClusterStatus): string[] {
  const running = version.running === undefined ? 'no one version runs' : `version ${version.running}`;
  const wanted = version.running === version.wanted ? '' : ` (${version.wanted} is asked for)`;
  const parts = [
    `phase ${phase}`,
    `${running}${wanted}`,
    ...(featureLevel === undefined ? [] : [`feature level ${featureLevel}`]),
    ...(endpoints.client === undefined ? [] : [`clients at ${endpoints.client}`]),
    ...(endpoints.read === undefined ? [] : [`readers at ${endpoints.read}`]),
  ];
  return [printable(parts.join(', '))];
}

function memberCells(member: ClusterMember, nowMs: number): string[] {
  const { serverId, pod, role, ready, version, lagEntries, podState, restarts, podSince, node } = member;
  return [
    String(serverId),
    pod,
    printable(role),
    ready ? 'yes' : 'no',
    printable(version ?? '-'),
    lagEntries === undefined ? '-' : countText(lagEntries),
    printable(podState),
    restarts === undefined ? '-' : countText(restarts),
    ageText(podSince, nowMs),
    printable(node ?? '-'),
  ];
}

function conditionCells({ type, status, since, reason }: Condition, nowMs: number): string[] {
  return [printable(type), printable(status), ageText(since, nowMs), printable(reason)];
}

function ageText(since: string | undefined, nowMs: number): string {
  const ms = nowMs - Date.parse(since ?? '');
  return Number.isNaN(ms) ? '-' : durationText(ms);
}

function painted({ ready, podState }: ClusterMember, row: string, colours: Colours): string {
  if (ready) return row;
  return podState === 'absent' ? colours.red(row) : colours.yellow(row);
}
