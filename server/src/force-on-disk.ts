import { boundsOf } from './bounds/bounds.ts';
import type { Config } from './config/config.ts';
import { loadConfigOrExit } from './config/or-exit.ts';
import { ForceRefusal } from './errors/error-codes.ts';
import { FolderDisk } from './platform/disk.ts';
import { type ForceOutcome, forceMember, type MemberData } from './storage/force-member.ts';

/**
 * As POST /admin/force-new-cluster, of a member that is stopped and whose majority is lost for good: its data folder becomes that of a cluster of this member
 * alone. Exit 0; exit 1, with nothing changed, where it cannot.
 */
export async function forceOnDisk(argv: readonly string[]): Promise<void> {
  const { config } = loadConfigOrExit(argv, process.env);
  try {
    process.stdout.write(`${told(config, await force(config))}\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `rookery-server: cannot make a new cluster of the data in ${config.dataDir}: ${why}\n`,
    );
    process.exitCode = 1;
  }
}

function force(config: Config): Promise<ForceOutcome> {
  return forceMember(memberData(config), config.serverId, undefined);
}

/** Of a member that is stopped. */
export function memberData(config: Config): MemberData {
  const { dataDir, dataLogDir, snapshotRetain } = config;
  const logDisk = dataLogDir === dataDir ? {} : { logDisk: new FolderDisk(dataLogDir) };
  const storage = {
    segmentBytes: boundsOf(config).segmentBytes,
    snapRetainCount: snapshotRetain,
    purgeNow: () => false,
    ...logDisk,
  };
  return { disk: new FolderDisk(dataDir), storage };
}

const REASONS: Readonly<Partial<Record<ForceRefusal, string>>> = {
  [ForceRefusal.noData]: 'there are none: choose a member that has its data',
  [ForceRefusal.otherMember]: 'they are those of another member: correct myid or dataDir',
  [ForceRefusal.notAMember]: 'this member had not caught up so far as to be one: choose another one',
  [ForceRefusal.formerEnsemble]:
    'their ensemble was recovered by force without this member: choose a member of the one that goes on',
  [ForceRefusal.noRoom]: 'the disk has no room for one more entry: make room, and try again',
};

/** What was done, and what is to be done next. Throws where nothing was. */
function told({ dataDir, serverId, membership }: Config, outcome: ForceOutcome): string {
  if (outcome.refused !== undefined) throw new Error(REASONS[outcome.refused] ?? outcome.refused);
  const { number, index } = outcome.recovery;
  const next =
    membership === 'admin'
      ? 'add the others by POST /admin/members, each with an empty data folder, and promote them'
      : 'start the others, each with an empty data folder: the leader adds those that its file names';
  return [
    `${outcome.isNew ? '' : 'Nothing was left to do: '}member ${serverId} is the only voter of its cluster (forced recovery ${number}, entry ${index} of its log in ${dataDir}).`,
    `Next: keep a copy of the data of the other members and empty their folders, for they must not come back with them; start member ${serverId}; ${next}.`,
  ].join('\n');
}
