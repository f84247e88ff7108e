import type { SnapshotMeta } from 'raft-ts-lite';
import { MemoryDisk } from '../../../sim/disk/memory-disk.ts';
import { Prng } from '../../../sim/prng.ts';
import type { Storage as StorageClass } from '../../../src/storage/storage.ts';
import { genesis } from './member-state.ts';

export const clusterId = 'cluster-of-the-test';
export const secret = new Uint8Array(32).fill(5);

export const digestOf = (index: number): string => `digest-${index}`;

/** The state of the machine at `index`, as any member would write it. */
export function snapshotChunks(index: number): Uint8Array[] {
  const prng = new Prng(index, 'content');
  return Array.from({ length: 1 + (index % 4) }, () => prng.bytes(prng.below(1200)));
}

/** The bytes of a snapshot's file as another member holds it. */
export async function foreignSnapshot(Storage: typeof StorageClass, meta: SnapshotMeta): Promise<Uint8Array> {
  const { storage } = await Storage.open(new MemoryDisk(), { segmentBytes: 4096, snapRetainCount: 1 });
  await storage.writeIdentity({ clusterId, serverId: 2, raftId: 2, secret, genesis });
  const writer = await storage.createSnapshot(meta, digestOf(meta.index));
  for (const chunk of snapshotChunks(meta.index)) await writer.write(chunk);
  await writer.finish();
  const piece = await storage.readSnapshotChunk(meta.index, 0, 1_000_000);
  if (piece?.done !== true) throw new Error('the snapshot of the other member is not whole');
  return piece.data;
}
