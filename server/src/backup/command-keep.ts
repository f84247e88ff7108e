import { BackupFault } from '../backup-format/backup-fault.ts';
import { folderOf, type Manifest } from '../backup-format/manifest.ts';
import { systemEntropy } from '../platform/machine.ts';
import { type Catalog, chainFrom, ofCluster, readCatalog } from './catalog.ts';
import { type ArchiveOptions, openArchive, progress, say } from './options.ts';
import { UsageFault } from './points.ts';
import { oldStrays, removeBackup, superfluous } from './prune.ts';
import { AT_END, replay } from './replay.ts';
import { toldOf } from './told.ts';

export async function list(where: string, options: ArchiveOptions): Promise<void> {
  const { destination, key } = await openArchive(where, options);
  const catalog = await readCatalog(destination, key);
  const { backups, damaged } = catalog;
  const shown = options.cluster === undefined ? backups : ofCluster(backups, options.cluster);
  const lines = shown.map((each) => `${each.clusterId}/${toldOf(each).text}`);
  for (const { key: name, reason } of damaged) lines.push(`${name}  cannot be used: ${reason}`);
  const told = { backups: shown.map((each) => toldOf(each).json), damaged };
  say(options, told, lines.length === 0 ? `no backup in ${destination.name}` : lines.join('\n'));
  refuseDamaged(catalog);
}

function refuseDamaged({ damaged }: Catalog): void {
  const [first] = damaged;
  if (first !== undefined) throw new BackupFault('damaged', `${first.key}: ${first.reason}`);
}

interface VerifyOptions extends ArchiveOptions {
  readonly id?: string;
}

/** Every backup: each chain of logs from its snapshot on. */
export async function verify(where: string, options: VerifyOptions): Promise<void> {
  const { destination, key } = await openArchive(where, options);
  const catalog = await readCatalog(destination, key);
  refuseDamaged(catalog);
  const backups = ofCluster(catalog.backups, options.cluster);
  const wanted = options.id === undefined ? backups : backups.filter(({ id }) => id === options.id);
  if (wanted.length === 0)
    throw new BackupFault('not-there', `there is no backup ${options.id ?? ''} in ${destination.name}`);
  const beganMs = Date.now();
  const parts = { destination, key, hashSeed: systemEntropy.uint32(), applied: progress('entry') };
  const left = new Set(wanted);
  let compared = 0;
  for (const chain of chainsOf(backups, wanted)) {
    compared += (await replay(parts, chain, AT_END))?.compared ?? 0;
    for (const each of chain) left.delete(each);
  }
  const [orphan] = left;
  if (orphan !== undefined)
    throw new BackupFault(
      'hole',
      `no snapshot has all of the log up to backup ${folderOf(orphan)}: one between them is missing`,
    );
  const told = { verified: wanted.length, digestsCompared: compared, durationMs: Date.now() - beganMs };
  say(
    options,
    told,
    `verified: ${told.verified} backups, ${compared} digests compared, ${told.durationMs} ms`,
  );
}

/** Each from a snapshot to the last of the wanted ones; that of a later snapshot is not gone through from the one before it alone. */
function chainsOf(
  backups: readonly Manifest[],
  wanted: readonly Manifest[],
): readonly (readonly Manifest[])[] {
  const bases = backups.filter((each) => each.snapshot !== undefined);
  return bases.flatMap((base) => {
    const chain = chainFrom(base, backups);
    const end = chain.findLastIndex((each) => wanted.includes(each));
    const isNeeded = wanted.includes(base) || (end >= 0 && wanted.length === 1);
    const next = chain.findIndex((each, at) => at > 0 && each.snapshot !== undefined);
    const last = next > 0 && wanted.length > 1 ? Math.min(end, next) : end;
    return isNeeded && last >= 0 ? [chain.slice(0, last + 1)] : [];
  });
}

interface PruneOptions extends ArchiveOptions {
  readonly keepLast?: string;
  readonly keepDays?: string;
  readonly dryRun?: boolean;
}

export async function prune(where: string, options: PruneOptions): Promise<void> {
  const retention = {
    keepLast: wholeOf('--keep-last', options.keepLast),
    keepDays: wholeOf('--keep-days', options.keepDays),
  };
  if (retention.keepLast === undefined && retention.keepDays === undefined)
    throw new UsageFault('say what stays: --keep-last N, --keep-days N, or both');
  const { destination, key } = await openArchive(where, options);
  const catalog = await readCatalog(destination, key);
  refuseDamaged(catalog);
  const backups = ofCluster(catalog.backups, options.cluster);
  const nowMs = Date.now();
  const going = superfluous(backups, retention, nowMs);
  const strays = oldStrays(catalog, nowMs);
  if (options.dryRun !== true) {
    // The newest first: what is left when it is cut off has its snapshot still.
    for (const each of going.toReversed()) await removeBackup(destination, each);
    for (const stray of strays) await destination.remove(stray);
  }
  const told = { removed: going.map(({ id }) => id), strays, kept: backups.length - going.length };
  const text = [...told.removed, ...strays].map(
    (each) => `${options.dryRun === true ? 'would go' : 'removed'}: ${each}`,
  );
  say(options, told, [...text, `kept: ${told.kept}`].join('\n'));
}

function wholeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new UsageFault(`${name} is a whole number`);
}
