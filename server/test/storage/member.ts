import type { Entry, HardState, SnapshotMeta, Write } from 'raft-ts-lite';
import { soon } from '../../sim/disk/disk-call.ts';
import { FaultyVolume } from '../../sim/disk/faulty-volume.ts';
import { Prng } from '../../sim/prng.ts';
import type { MemberIdentity, Recovered } from '../../src/storage/recovered.ts';
import { Storage } from '../../src/storage/storage.ts';
import type { StorageError } from '../../src/storage/storage-error.ts';
import type { StorageOptions } from '../../src/storage/storage-options.ts';

/** Words in which the tests of storage are written. */

export const options: StorageOptions = { segmentBytes: 4096, snapRetainCount: 3 };

export const genesis: SnapshotMeta['configuration'] = {
  index: 3,
  voters: [1, 2, 3],
  outgoing: [],
  learners: [],
  contexts: new Map([
    [1, 'one'],
    [2, 'two'],
    [3, 'three'],
  ]),
};

export const identity: MemberIdentity = {
  clusterId: 'a-cluster',
  serverId: 1,
  raftId: 1,
  secret: Uint8Array.from({ length: 32 }, (_, i) => i),
  genesis,
};

export function volumeOf(seed = 1): FaultyVolume {
  return new FaultyVolume({ prng: new Prng(seed) });
}

/** A volume with exactly these files, all durable. */
export async function volumeWith(files: ReadonlyMap<string, Uint8Array>, seed = 1): Promise<FaultyVolume> {
  const volume = volumeOf(seed);
  const disk = volume.mount();
  await disk.lock();
  const folders = new Set(['']);
  for (const [name, content] of files) {
    const folder = name.includes('/') ? name.slice(0, name.indexOf('/')) : '';
    if (!folders.has(folder)) await disk.createFolder(folder);
    folders.add(folder);
    const file = await disk.create(name);
    await file.write(content, 0);
    await file.sync();
  }
  for (const folder of folders) await disk.syncFolder(folder);
  await disk.close();
  return volume;
}

export function filesOf(volume: FaultyVolume): Map<string, Uint8Array> {
  return new Map(volume.fileNames().map((name) => [name, volume.content(name)]));
}

/** What was recovered, and the entries after the snapshot as storage gives them. */
export type RecoveredWhole = Recovered & { readonly entries: readonly Entry[] };

export async function open(
  volume: FaultyVolume,
  more: Partial<StorageOptions> = {},
): Promise<{ storage: Storage; recovered: RecoveredWhole }> {
  return withEntries(await Storage.open(volume.mount(soon), { ...options, ...more }));
}

export async function withEntries({
  storage,
  recovered,
}: {
  storage: Storage;
  recovered: Recovered;
}): Promise<{ storage: Storage; recovered: RecoveredWhole }> {
  const { identity, snapshot, lastIndex } = recovered;
  if (identity === undefined) return { storage, recovered: { ...recovered, entries: [] } };
  const begin = snapshot?.meta.index ?? identity.genesis.index;
  const found = await readEntries(storage, begin + 1, 1_000_000);
  if (begin + found.length !== lastIndex) throw new Error(`entries to ${lastIndex}, found ${found.length}`);
  return { storage, recovered: { ...recovered, entries: found } };
}

/** Storage of a member that has just got its identity. */
export async function newMember(volume: FaultyVolume, more: Partial<StorageOptions> = {}): Promise<Storage> {
  const { storage } = await open(volume, more);
  await storage.writeIdentity(identity);
  return storage;
}

export const entry = (index: number, term = 1, text = `entry ${index}`): Entry => ({
  index,
  term,
  kind: 0,
  data: new TextEncoder().encode(text),
});

export function entries(from: number, to: number, term = 1, text?: string): Entry[] {
  return Array.from({ length: to - from + 1 }, (_, i) => entry(from + i, term, text));
}

export function writeOf(
  parts: {
    entries?: readonly Entry[];
    hardState?: HardState;
    snapshot?: SnapshotMeta;
    clearSuspect?: boolean;
  } = {},
): Write {
  return {
    snapshot: parts.snapshot,
    hardState: parts.hardState,
    entries: parts.entries ?? [],
    clearSuspect: parts.clearSuspect ?? false,
  };
}

export function persist(storage: Storage, write: Write): Promise<void> {
  return new Promise((resolve, reject) => {
    storage.persist(write, (error) => (error === undefined ? resolve() : reject(error)));
  });
}

export const persistEntries = (storage: Storage, from: number, to: number, term = 1): Promise<void> =>
  persist(storage, writeOf({ entries: entries(from, to, term) }));

export async function readAll(storage: Storage, from: number, maxBytes = 1_000_000): Promise<string[]> {
  return (await readEntries(storage, from, maxBytes)).map(describeEntry);
}

async function readEntries(storage: Storage, from: number, maxBytes: number): Promise<Entry[]> {
  const found: Entry[] = [];
  for (let next = from; ; ) {
    const answer = await storage.readEntries(next, maxBytes);
    if (answer.compacted) throw new Error(`entry ${next} is compacted`);
    if (answer.entries.length === 0) return found;
    found.push(...answer.entries);
    next += answer.entries.length;
  }
}

export const describeEntry = (found: Entry): string =>
  `${found.index}@${found.term} ${new TextDecoder().decode(found.data)}`;

export const snapshotAt = (index: number, term = 1): SnapshotMeta => ({
  index,
  term,
  configuration: genesis,
});

export async function takeSnapshot(storage: Storage, index: number, term = 1, size = 10): Promise<void> {
  const writer = await storage.createSnapshot(snapshotAt(index, term), `digest ${index}`);
  await writer.write(new Uint8Array(size).fill(index));
  await writer.write(Uint8Array.of(1, 2, 3));
  await writer.finish();
}

/** The code with which a call fails; '' where it does not. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return '';
  } catch (error) {
    return (error as StorageError).code;
  }
}

/** The last segment's name. */
export function lastSegment(volume: FaultyVolume): string {
  return volume
    .fileNames()
    .filter((name) => name.startsWith('log/log-'))
    .at(-1)!;
}
