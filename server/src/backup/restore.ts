import { BackupFault } from '../backup-format/backup-fault.ts';
import type { Manifest } from '../backup-format/manifest.ts';
import type { Config } from '../config/config.ts';
import type { WantedMember } from '../replica/membership/membership.ts';
import { RECOVERY_ZXIDS } from '../replica/state-machine.ts';
import { stateAt } from './choose.ts';
import { endSessions } from './end-sessions.ts';
import { refuseUsedFolders, writeNewData } from './new-data.ts';
import type { Point, ReplayParts } from './replay.ts';

export interface Restored {
  /** The former cluster, and the backup whose snapshot and with whose log it was restored. */
  readonly from: { readonly clusterId: string; readonly snapshot: string; readonly last: string };
  /** The last write of the former cluster that is kept. */
  readonly zxid: number;
  readonly index: number;
  readonly timeMs: number;
  /** Of the new one. */
  readonly clusterId: string;
  readonly nextZxid: number;
  readonly nodes: number;
  readonly endedSessions: number;
  readonly endedEphemerals: number;
}

/**
 * A new cluster, of this member alone, with the state at the point. Its zxids are above all that the archive knows of, by as much as after a forced recovery:
 * what the former cluster wrote after its newest backup is below them, too.
 *
 * @param all backups of whatever cluster: clients may have seen those that were restored before
 */
export async function restore(
  parts: ReplayParts,
  config: Config,
  member: WantedMember,
  { backups, all, point }: { backups: readonly Manifest[]; all: readonly Manifest[]; point: Point },
): Promise<Restored> {
  await refuseUsedFolders(config);
  const former = backups[0]?.clusterId;
  if (config.clusterId !== '' && config.clusterId === former)
    throw new BackupFault(
      'wrong-cluster',
      `the configuration names the former cluster (${former}), and what is restored is another one: leave clusterId out`,
    );
  const { machine, chain } = await stateAt(parts, backups, point);
  const [zxid, index, timeMs] = [machine.lastZxid, machine.appliedIndex, machine.lastTimeMs];
  machine.restore.drop();
  const known = Math.max(zxid, ...all.map(({ last }) => last.zxid));
  machine.raiseZxids(known + RECOVERY_ZXIDS);
  const { sessions, ephemerals } = endSessions(machine);
  const clusterId = await writeNewData(config, member, machine);
  return {
    from: { clusterId: chain[0]!.clusterId, snapshot: chain[0]!.id, last: chain.at(-1)!.id },
    zxid,
    index,
    timeMs,
    clusterId,
    nextZxid: machine.lastZxid + 1,
    nodes: machine.tree.nodeCount,
    endedSessions: sessions,
    endedEphemerals: ephemerals,
  };
}
