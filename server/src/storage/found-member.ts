import type { HardState, SnapshotMeta } from 'raft-ts-lite';
import type { MemberData } from './force-member.ts';
import type { MemberIdentity } from './recovered.ts';
import { Storage } from './storage.ts';
import { type StorageError, StorageInvariantViolation } from './storage-error.ts';

/** With what a member begins that has not taken part in anything: the state behind an entry that nobody has. */
export interface FoundState {
  readonly meta: SnapshotMeta;
  readonly digest: string;
  readonly chunks: Iterable<Uint8Array>;
}

/**
 * Makes the data of a member out of a state that came from elsewhere. Its log begins behind that state, so that whoever joins gets a snapshot. Durable
 * when this resolves; until then what is there is no member's. Rejects with StorageError.
 */
export async function foundMember(
  data: MemberData,
  identity: MemberIdentity,
  { meta, digest, chunks }: FoundState,
): Promise<void> {
  if (meta.index <= identity.genesis.index)
    throw new StorageInvariantViolation('a state that others cannot tell from the empty one of the genesis');
  const { storage } = await Storage.open(data.disk, data.storage);
  try {
    await storage.writeIdentity(identity);
    const writer = await storage.createSnapshot(meta, digest);
    for (const chunk of chunks) await writer.write(chunk);
    await writer.finish();
    const hardState: HardState = { term: meta.term, vote: 0 };
    await new Promise<void>((resolve, reject) => {
      storage.persist(
        { snapshot: meta, hardState, entries: [], clearSuspect: false },
        (error: StorageError | undefined) => (error === undefined ? resolve() : reject(error)),
      );
    });
  } finally {
    await storage.close();
  }
}
