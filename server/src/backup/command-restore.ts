import { loadConfigOrExit } from '../config/or-exit.ts';
import { wantedMember } from '../member-addresses.ts';
import { systemEntropy } from '../platform/machine.ts';
import { ofCluster, readCatalog } from './catalog.ts';
import { type ArchiveOptions, openArchive, progress, say } from './options.ts';
import { pointOf, UsageFault } from './points.ts';
import { restore } from './restore.ts';
import { isoOf } from './told.ts';

interface RestoreOptions extends ArchiveOptions {
  readonly to?: string;
  readonly atZxid?: string;
  readonly atTime?: string;
}

export async function restoreCommand(
  where: string,
  flags: readonly string[],
  options: RestoreOptions,
): Promise<void> {
  const point = pointOf(options, Date.now());
  const { destination, key } = await openArchive(where, options);
  const to = options.to === undefined ? [] : ['--data-dir', options.to];
  const { config } = loadConfigOrExit([...flags, ...to], process.env);
  const address = config.members.find(({ serverId }) => serverId === config.serverId);
  if (address === undefined)
    throw new UsageFault(`the configuration does not name member ${config.serverId}`);
  const beganMs = Date.now();
  const { backups: all } = await readCatalog(destination, key);
  const backups = ofCluster(all, options.cluster);
  const parts = { destination, key, hashSeed: systemEntropy.uint32(), applied: progress('entry') };
  const restored = await restore(parts, config, wantedMember(address), { backups, all, point });
  const { zxid, nextZxid, timeMs, ...rest } = restored;
  const told = {
    ...rest,
    zxid: `0x${zxid.toString(16)}`,
    time: isoOf(timeMs),
    nextZxid: `0x${nextZxid.toString(16)}`,
    dataDir: config.dataDir,
    durationMs: Date.now() - beganMs,
  };
  const text = [
    `restored: ${told.nodes} nodes as of zxid ${told.zxid} (${told.time}) of cluster ${told.from.clusterId}, in ${told.durationMs} ms`,
    `ended: ${told.endedSessions} sessions with ${told.endedEphemerals} ephemeral nodes; zxids go on from ${told.nextZxid}`,
    `Next: start member ${config.serverId} on ${config.dataDir}: it is the only voter of the new cluster ${told.clusterId}; start the others with empty data folders, and they join.`,
  ];
  say(options, told, text.join('\n'));
}
