import type { MemberView } from '../admin/member-status.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ask, Heard } from './ask.ts';
import type { ReportAnswer } from './questions.ts';
import type { EnsembleReport, MemberEntry } from './shapes.ts';

/** Asks all members at once, and tells what each says; of those that are silent why. */
export async function askAll(
  view: Pick<MemberView, 'status'>,
  ask: Ask,
  clock: Clock,
): Promise<EnsembleReport> {
  const { serverId, members } = view.status();
  const heard = await Promise.all(members.map((member) => ask(member.serverId, 'report', {})));
  const lags = leadersLags(heard);
  return {
    askedMember: serverId,
    atMs: clock.wallMs(),
    members: members.map((standing, at): MemberEntry => {
      const lagEntries = lags.get(standing.serverId) ?? standing.lagEntries;
      const told = heard[at];
      return {
        standing: lagEntries === undefined ? standing : { ...standing, lagEntries },
        ...(told?.ok === true ? { report: told.answer.report } : { silent: told?.why ?? '' }),
      };
    }),
  };
}

/** Of two that believe that they lead the one of the greater term does. */
function leadersLags(heard: readonly Heard<ReportAnswer>[]): ReadonlyMap<number, number> {
  let leader: ReportAnswer | undefined;
  for (const told of heard) {
    if (!told.ok || told.answer.report.status.role !== 'leader') continue;
    if (leader === undefined || told.answer.report.status.term > leader.report.status.term)
      leader = told.answer;
  }
  return new Map(leader?.lags ?? []);
}
