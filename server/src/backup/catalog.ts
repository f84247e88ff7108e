import { BackupFault } from '../backup-format/backup-fault.ts';
import {
  decodeManifest,
  folderOf,
  MANIFEST_NAME,
  type Manifest,
  type Place,
} from '../backup-format/manifest.ts';
import { type ArchiveKey, isSealBy } from './archive-key.ts';
import type { Destination } from './destination.ts';

/** Longer than any. */
const MAX_MANIFEST_BYTES = 1024 * 1024;
/** Manifests asked for at once. */
const AT_ONCE = 8;

export interface Catalog {
  /** By cluster, the oldest first. */
  readonly backups: readonly Manifest[];
  /** Manifests that cannot be used, and why. */
  readonly damaged: readonly { readonly key: string; readonly reason: string }[];
  /** Keys of objects that belong to no backup: to one that is being written, or was cut off. */
  readonly strays: readonly string[];
}

/** What is at the destination. */
export async function readCatalog(destination: Destination, key: ArchiveKey | undefined): Promise<Catalog> {
  const keys = await destination.list('');
  const names = keys.filter((each) => each.split('/').length === 3 && each.endsWith(`/${MANIFEST_NAME}`));
  const backups: Manifest[] = [];
  const damaged: { key: string; reason: string }[] = [];
  const left = [...names];
  const worker = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      try {
        backups.push(await readManifest(destination, name, key));
      } catch (error) {
        if (!(error instanceof BackupFault) || error.code === 'destination') throw error;
        damaged.push({ key: name, reason: error.message });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  backups.sort(
    (a, b) =>
      a.clusterId.localeCompare(b.clusterId) || a.last.index - b.last.index || a.createdMs - b.createdMs,
  );
  const known = new Set(names.map((name) => name.slice(0, -MANIFEST_NAME.length)));
  const strays = keys.filter((each) => each.split('/').length === 3 && !known.has(folderPrefix(each)));
  return { backups, damaged, strays };
}

function folderPrefix(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}

async function readManifest(
  destination: Destination,
  name: string,
  key: ArchiveKey | undefined,
): Promise<Manifest> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of destination.read(name)) {
    bytes += piece.length;
    if (bytes > MAX_MANIFEST_BYTES) throw new BackupFault('damaged', 'the manifest is longer than any is');
    pieces.push(piece);
  }
  const manifest = decodeManifest(Buffer.concat(pieces).toString('utf8'), isSealBy(key));
  if (`${folderOf(manifest)}/${MANIFEST_NAME}` !== name)
    throw new BackupFault('damaged', 'the manifest is that of another backup');
  return manifest;
}

/** Of one cluster; where there are several, it has to be said of which. */
export function ofCluster(backups: readonly Manifest[], clusterId: string | undefined): readonly Manifest[] {
  const clusters = [...new Set(backups.map((each) => each.clusterId))];
  if (clusterId !== undefined) {
    const found = backups.filter((each) => each.clusterId === clusterId);
    if (found.length > 0 || clusters.length === 0) return found;
    throw new BackupFault(
      'wrong-cluster',
      `there is no backup of cluster ${clusterId}, but of ${clusters.join(', ')}`,
    );
  }
  if (clusters.length <= 1) return backups;
  throw new BackupFault(
    'wrong-cluster',
    `there are backups of ${clusters.length} clusters: name one by --cluster (${clusters.join(', ')})`,
  );
}

/**
 * Whose logs continue one another from the snapshot of `base` on: each begins where the one before it ends. Where several do, that which goes on furthest.
 */
export function chainFrom(base: Manifest, backups: readonly Manifest[]): readonly Manifest[] {
  const chain = [base];
  for (;;) {
    const { last } = chain.at(-1)!;
    const following = backups.filter((each) => isSame(each.log.after, last) && !chain.includes(each));
    // Of an ensemble in which nothing was written: they say so of a later time.
    const idle = following.filter((each) => isSame(each.last, last));
    chain.push(...idle.toSorted((a, b) => a.createdMs - b.createdMs));
    const next = following
      .filter((each) => each.last.index > last.index)
      .reduce<Manifest | undefined>(
        (best, each) => (best === undefined || reach(each, backups) > reach(best, backups) ? each : best),
        undefined,
      );
    if (next === undefined) return chain;
    chain.push(next);
  }
}

/** How far the log goes that continues one: two may have been taken behind the same one, and only one of them gone on with. */
function reach(from: Manifest, backups: readonly Manifest[]): number {
  let furthest = from.last;
  for (;;) {
    const place: Place = furthest;
    const next = backups.filter((each) => isSame(each.log.after, place) && each.last.index > place.index);
    if (next.length === 0) return furthest.index;
    furthest = next.reduce((best, each) => (each.last.index > best.last.index ? each : best)).last;
  }
}

function isSame(a: Place, b: Place): boolean {
  return a.index === b.index && a.term === b.term;
}
