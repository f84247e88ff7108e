import {
  aloneBy,
  type Configuration,
  decodeConfiguration,
  forceNewCluster,
  newestRecovery,
  type Recovery,
} from 'raft-ts-lite';
import { ForceRefusal } from '../errors/error-codes.ts';
import type { Disk } from '../ports/disk.ts';
import type { Recovered } from './recovered.ts';
import { Storage } from './storage.ts';
import { isDiskFull, type StorageError } from './storage-error.ts';
import type { StorageOptions } from './storage-options.ts';

/** Where the data of a member are. */
export interface MemberData {
  readonly disk: Disk;
  readonly storage: StorageOptions;
}

export type ForceOutcome =
  /** `isNew`: it was made now; else it had been made before. */
  | { readonly recovery: Recovery; readonly isNew: boolean; readonly refused?: undefined }
  | { readonly refused: ForceRefusal; readonly lastIndex: number };

/**
 * Makes the data of a stopped member those of a cluster in which it is the only voter; all of its log is kept. Durable when this resolves; a crash
 * before leaves the one or the other. Rejects with StorageError where the data cannot be opened or written.
 *
 * @param seenIndex of its last entry, as whoever asks has seen it; undefined: whatever it is
 */
export async function forceMember(
  data: MemberData,
  serverId: number,
  seenIndex: number | undefined,
): Promise<ForceOutcome> {
  try {
    const { storage, recovered } = await Storage.open(data.disk, data.storage);
    try {
      return await forceOpened(storage, recovered, serverId, seenIndex);
    } finally {
      await storage.close();
    }
  } catch (error) {
    // To open it takes some room, too.
    if (isDiskFull(error)) return { refused: ForceRefusal.noRoom, lastIndex: seenIndex ?? 0 };
    throw error;
  }
}

async function forceOpened(
  storage: Storage,
  recovered: Recovered,
  serverId: number,
  seenIndex: number | undefined,
): Promise<ForceOutcome> {
  const { identity, hardState } = recovered;
  if (identity === undefined) return { refused: ForceRefusal.noData, lastIndex: 0 };
  const lastIndex = Math.max(recovered.lastIndex, identity.genesis.index);
  if (identity.serverId !== serverId) return { refused: ForceRefusal.otherMember, lastIndex };
  if (recovered.formerSince !== undefined) return { refused: ForceRefusal.formerEnsemble, lastIndex };
  const configurations = configurationsOn(recovered, identity.genesis);
  const configuration = configurations.at(-1)!;
  const made = aloneBy(configuration, identity.raftId);
  if (made !== undefined) return { recovery: made, isNew: false };
  if (seenIndex !== undefined && lastIndex !== seenIndex)
    return { refused: ForceRefusal.otherLog, lastIndex };
  const recovery = newestRecovery(configurations.map((each) => each.recovery));
  const forced = forceNewCluster({ id: identity.raftId, hardState, lastIndex, configuration, recovery });
  if (forced === undefined) return { refused: ForceRefusal.notAMember, lastIndex };
  return await new Promise((resolve, reject) => {
    storage.persist(forced.write, (error: StorageError | undefined) => {
      if (error === undefined) resolve({ recovery: forced.recovery, isNew: true });
      else reject(error);
    });
  });
}

/** From the beginning of the cluster to the newest one. */
function configurationsOn({ snapshot, configurations }: Recovered, genesis: Configuration): Configuration[] {
  const before = snapshot === undefined ? [genesis] : [genesis, snapshot.meta.configuration];
  return [...before, ...configurations.map(({ data }) => decodeConfiguration(data))];
}
