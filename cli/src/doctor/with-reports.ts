import type { EnsembleStatus, MemberStatus } from '../ensemble-status/ensemble-status.ts';
import type { MemberReport } from '../members-http/window-ensemble.ts';

/** What is known of members whose HTTP did not answer here, and that told another member: their health stays what it was found to be. */
export function withReports(status: EnsembleStatus, reports: readonly MemberReport[]): EnsembleStatus {
  const byId = new Map(reports.map((report) => [report.serverId, report]));
  const members = status.members.map((member): MemberStatus => {
    const report = member.serverId === undefined ? undefined : byId.get(member.serverId);
    if (report === undefined || member.by !== undefined) return member;
    const { version, term, lastZxid, disk, connections, outstanding, certificates, highestFeatureLevel } =
      report.self;
    return {
      ...member,
      ...{ version, term, lastZxid, disk, connections, outstanding, certificates, highestFeatureLevel },
    };
  });
  return { ...status, members };
}
