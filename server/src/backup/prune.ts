import { folderOf, MANIFEST_NAME, type Manifest } from '../backup-format/manifest.ts';
import type { Catalog } from './catalog.ts';
import { chainFrom } from './catalog.ts';
import type { Destination } from './destination.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface Retention {
  /** So many of the newest ones stay. */
  readonly keepLast?: number | undefined;
  /** And those of so many days. */
  readonly keepDays?: number | undefined;
}

/**
 * Which backups go: those that nobody wants to keep, and that no kept one needs: one that has only log needs the snapshot before it, and all between. The
 * newest one that can be restored always stays.
 */
export function superfluous(
  backups: readonly Manifest[],
  { keepLast, keepDays }: Retention,
  nowMs: number,
): readonly Manifest[] {
  if (keepLast === undefined && keepDays === undefined) return [];
  const newestFirst = [...backups].sort((a, b) => b.createdMs - a.createdMs);
  const kept = new Set<Manifest>();
  for (const [at, each] of newestFirst.entries()) {
    const isRecent = keepDays !== undefined && nowMs - each.createdMs <= keepDays * DAY_MS;
    if (at < Math.max(1, keepLast ?? 1) || isRecent)
      for (const needed of neededBy(each, backups)) kept.add(needed);
  }
  return backups.filter((each) => !kept.has(each));
}

/** Itself, the newest snapshot from which its log continues, and what is between them. */
function neededBy(backup: Manifest, backups: readonly Manifest[]): readonly Manifest[] {
  const bases = backups
    .filter((each) => each.snapshot !== undefined && each.last.index <= backup.last.index)
    .sort((a, b) => b.snapshot!.index - a.snapshot!.index);
  for (const base of bases) {
    const chain = chainFrom(
      base,
      backups.filter((each) => each.last.index <= backup.last.index),
    );
    const at = chain.indexOf(backup);
    if (at >= 0) return chain.slice(0, at + 1);
  }
  // One that nobody can restore takes nothing away from those who look for what is missing.
  return backups.filter((each) => each.last.index <= backup.last.index);
}

/** First the manifest: what is cut off in the middle leaves no backup that lacks a part. */
export async function removeBackup(destination: Destination, manifest: Manifest): Promise<void> {
  const folder = folderOf(manifest);
  await destination.remove(`${folder}/${MANIFEST_NAME}`);
  for (const part of [manifest.snapshot, manifest.log])
    if (part !== undefined) await destination.remove(`${folder}/${part.name}`);
}

/** What belongs to no backup and was begun more than a day ago, by the name of its folder. */
export function oldStrays({ strays }: Pick<Catalog, 'strays'>, nowMs: number): readonly string[] {
  return strays.filter((key) => {
    const begun = begunMs(key.split('/')[1] ?? '');
    return begun !== undefined && nowMs - begun > DAY_MS;
  });
}

function begunMs(id: string): number | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-/.exec(id);
  if (match === null) return undefined;
  const [year, month, ...rest] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, ...rest);
}
