import { BackupFault } from '../backup-format/backup-fault.ts';
import type { Manifest } from '../backup-format/manifest.ts';
import { BackupRefusal } from '../errors/error-codes.ts';
import { chainFrom, ofCluster, readCatalog } from './catalog.ts';
import { askMember, type BackupQuestion, type MemberDoor, MemberRefusal, readDoor } from './member-door.ts';
import { type Archive, type ArchiveOptions, openArchive, progress, say } from './options.ts';
import { UsageFault } from './points.ts';
import { takeBackup } from './take.ts';
import { toldOf } from './told.ts';

interface CreateOptions extends ArchiveOptions {
  readonly member?: readonly string[];
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly full?: boolean;
}

/** A chain of logs is ended by a snapshot where restoring it would read so much more than that … */
const LOG_PER_SNAPSHOT = 2;
const SMALL_LOG_BYTES = 64 * 1024 * 1024;
/** … or so many backups. */
const MAX_CHAIN = 500;

export async function create(where: string, options: CreateOptions): Promise<void> {
  const urls = options.member ?? [];
  if (urls.length === 0) throw new UsageFault('name a member by --member http://127.0.0.1:8080');
  const archive = await openArchive(where, options);
  const doors = urls.map((url) => readDoor(url, options.tokenFile, options.caFile));
  const { backups } = await readCatalog(archive.destination, archive.key);
  const manifest = await takenFrom(doors, archive, questions(ofOne(backups, options), options, archive));
  say(options, toldOf(manifest).json, `taken: ${toldOf(manifest).text}`);
}

/** Of which cluster the member is, is known once it answers: with several in the archive it has to be said, or begins anew. */
function ofOne(backups: readonly Manifest[], { cluster }: CreateOptions): readonly Manifest[] {
  const clusters = new Set(backups.map((each) => each.clusterId));
  if (cluster === undefined && clusters.size > 1) return [];
  return clusters.has(cluster ?? '') || cluster === undefined ? ofCluster(backups, cluster) : [];
}

/** What is asked for, the cheapest first: the log alone, the log with a snapshot, a snapshot. */
function questions(
  backups: readonly Manifest[],
  { full }: CreateOptions,
  { key }: Archive,
): readonly BackupQuestion[] {
  const anew: BackupQuestion = { withSnapshot: true };
  const bases = backups.filter((each) => each.snapshot !== undefined);
  const base = bases.at(-1);
  if (base === undefined) return [anew];
  const chain = chainFrom(base, backups);
  const { last, encryption } = chain.at(-1)!;
  const after = { index: last.index, term: last.term };
  const both: BackupQuestion = { after, withSnapshot: true };
  const isOtherKey = encryption?.keyId !== key?.id;
  if (full === true || isLong(chain) || isOtherKey) return [both, anew];
  return [{ after, withSnapshot: false }, anew];
}

function isLong(chain: readonly Manifest[]): boolean {
  const logBytes = chain.reduce((sum, { log }) => sum + log.bytes, 0);
  const snapshotBytes = chain[0]!.snapshot!.bytes;
  return chain.length >= MAX_CHAIN || logBytes > Math.max(SMALL_LOG_BYTES, snapshotBytes * LOG_PER_SNAPSHOT);
}

const ASKED_OTHERWISE: ReadonlySet<string> = new Set([BackupRefusal.compacted, BackupRefusal.otherLog]);

/** Of the first member that gives one. Throws BackupFault: what the last one said. */
async function takenFrom(
  doors: readonly MemberDoor[],
  archive: Archive,
  asked: readonly BackupQuestion[],
): Promise<Manifest> {
  let failure: unknown;
  for (const door of doors) {
    for (const question of asked) {
      try {
        return await takenBy(door, archive, question);
      } catch (error) {
        if (!(error instanceof BackupFault) || error.code !== 'member') throw error;
        failure = error;
        if (!(error instanceof MemberRefusal) || !ASKED_OTHERWISE.has(error.refusal)) break;
      }
    }
  }
  throw failure;
}

async function takenBy(door: MemberDoor, archive: Archive, question: BackupQuestion): Promise<Manifest> {
  const source = await askMember(door, question);
  const parts = { ...archive, progress: progress('bytes'), nowMs: Date.now };
  return await takeBackup(parts, source, question.after);
}
