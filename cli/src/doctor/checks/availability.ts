import { nameOf } from '../../ensemble-status/look.ts';
import { marginText } from '../../ensemble-status/quorum.ts';
import { countText } from '../../quantities.ts';
import type { Examined } from '../examined.ts';
import { capital, type Finding, finding } from '../finding.ts';

/** Entries: a second of a busy ensemble. */
const MAX_LAG_ENTRIES = 10_000;

/** Nothing can be written. */
export function quorum({ status }: Examined): Finding[] {
  if (status.quorum.hasLeader || status.state === 'unreachable') return [];
  const what = `The ensemble has ${marginText(status.quorum)}.`;
  return [
    finding(
      'quorum',
      'wrong',
      [],
      what,
      'Bring the members back that are away; if their data are lost for good, see force-new-cluster in docs/operations.md.',
    ),
  ];
}

/** Members that are not there, or cannot be asked. */
export function memberAway({ status }: Examined): Finding[] {
  return status.members.flatMap((member) => {
    const { health, serverId, reason, http } = member;
    const at = serverId === undefined || http === undefined ? '' : ` at ${http}`;
    if (health === 'away')
      return [
        finding(
          'member-away',
          'wrong',
          [serverId],
          `${capital(nameOf(member))} does not answer${at}: ${reason}.`,
          'Start it, and read its log; if it is gone for good, remove it from the ensemble and add another one.',
        ),
      ];
    if (health !== 'silent') return [];
    const what = `${capital(nameOf(member))} does not answer${at}: ${reason}; other members are connected to it.`;
    return [
      finding(
        'member-silent',
        'advice',
        [serverId],
        what,
        'Say where its HTTP is: --admin HOST:PORT,HOST:PORT.',
      ),
    ];
  });
}

/** Members that serve nobody. */
export function memberNotReady({ status }: Examined): Finding[] {
  return status.members.flatMap((member) => {
    const { health, serverId, reason } = member;
    if (health === 'draining')
      return [
        finding(
          'member-draining',
          'advice',
          [serverId],
          `${capital(nameOf(member))} is draining: somebody said that it is about to stop.`,
          'Stop it, or say that it stays: rookery-server undrain with its configuration.',
        ),
      ];
    if (health !== 'not-ready') return [];
    return [
      finding(
        'member-not-ready',
        'wrong',
        [serverId],
        `${capital(nameOf(member))} is not ready${reason === '' ? '' : `: ${reason}`}.`,
        'Wait until it has caught up; if it does not, read its log.',
      ),
    ];
  });
}

/** One voter more than an odd number can fail no more often. */
export function evenVoters({ status: { quorum } }: Examined): Finding[] {
  const { voters, needed } = quorum;
  if (voters < 2 || voters % 2 === 1) return [];
  const spare = voters - needed;
  return [
    finding(
      'even-voters',
      'advice',
      [],
      `There are ${voters} voters, of which ${spare === 0 ? 'none' : spare} may fail: as many as of ${voters - 1}.`,
      'Add a voter, or take one away.',
    ),
  ];
}

/** Members that could not take over at once. */
export function lag({ status }: Examined): Finding[] {
  return status.members
    .filter(({ lagEntries = 0 }) => lagEntries > MAX_LAG_ENTRIES)
    .map((member) =>
      finding(
        'lag',
        'wrong',
        [member.serverId],
        `${capital(nameOf(member))} is ${countText(member.lagEntries ?? 0)} entries behind the leader.`,
        'See whether its disk, its processor or its network is slow: rookery top.',
      ),
    );
}
