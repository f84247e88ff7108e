import type { NodeStat } from '@rookery/client';
import { isEphemeral, sessionText } from '@rookery/client/subtree';

/** A stat for programs: ZooKeeper's names; zxids are numbers, times ISO 8601, the owner is a session's id as text or null. */
export function statJson(stat: NodeStat): Record<string, unknown> {
  return {
    ephemeralOwner: isEphemeral(stat) ? sessionText(stat.ephemeralOwner) : null,
    version: stat.version,
    cversion: stat.cversion,
    aversion: stat.aversion,
    numChildren: stat.numChildren,
    dataLength: stat.dataLength,
    ctime: new Date(stat.ctime).toISOString(),
    mtime: new Date(stat.mtime).toISOString(),
    czxid: stat.czxid,
    mzxid: stat.mzxid,
    pzxid: stat.pzxid,
  };
}
