import { BackupFault } from '../backup-format/backup-fault.ts';
import type { Manifest } from '../backup-format/manifest.ts';
import { chainFrom } from './catalog.ts';
import { type Point, type Replayed, type ReplayParts, replay } from './replay.ts';

export interface Chosen extends Replayed {
  readonly chain: readonly Manifest[];
}

/** The state at the point, out of the newest snapshot before it. Throws BackupFault. */
export async function stateAt(
  parts: ReplayParts,
  backups: readonly Manifest[],
  point: Point,
): Promise<Chosen> {
  if (backups.length === 0)
    throw new BackupFault('not-there', `there is no backup in ${parts.destination.name}`);
  const newest = backups.reduce((best, each) => (reaches(each, best) ? each : best));
  if (!holds(newest, point))
    throw new BackupFault(
      'not-there',
      `the newest backup goes to ${told(newest)}, and the point is after that`,
    );
  for (const base of basesOf(backups)) {
    const chain = chainFrom(base, backups);
    const end = chain.at(-1)!;
    if (!holds(end, point) || (point.by === 'end' && end.last.zxid < newest.last.zxid)) continue;
    const replayed = await replay(parts, asFarAs(chain, point), point);
    if (replayed !== undefined) return { ...replayed, chain };
  }
  throw new BackupFault(
    'hole',
    'no snapshot before that point has all of the log behind it: a backup between them is missing, or the point is before the first one',
  );
}

/** With a snapshot, the newest first. */
function basesOf(backups: readonly Manifest[]): readonly Manifest[] {
  return backups
    .filter((each) => each.snapshot !== undefined)
    .sort((a, b) => b.snapshot!.index - a.snapshot!.index);
}

function reaches(each: Manifest, other: Manifest): boolean {
  const [a, b] = [each.last.zxid, other.last.zxid];
  return a > b || (a === b && each.createdMs > other.createdMs);
}

/** Whether the log goes as far: what is after the point is in it, or nothing is. */
function holds({ last, createdMs }: Manifest, point: Point): boolean {
  switch (point.by) {
    case 'zxid':
      return last.zxid >= point.zxid;
    case 'time':
      // What was committed before it was begun is in it, though nothing was written for a while.
      return Math.max(last.timeMs, createdMs) >= point.timeMs;
    default:
      return true;
  }
}

/** Without the backups of which nothing is needed. */
function asFarAs(chain: readonly Manifest[], point: Point): readonly Manifest[] {
  const isEnough = ({ last }: Manifest): boolean =>
    point.by === 'zxid' ? last.zxid >= point.zxid : point.by === 'time' && last.timeMs > point.timeMs;
  const at = chain.findIndex(isEnough);
  return at < 0 ? chain : chain.slice(0, at + 1);
}

function told({ last }: Manifest): string {
  return `zxid 0x${last.zxid.toString(16)}, ${new Date(last.timeMs).toISOString()}`;
}
