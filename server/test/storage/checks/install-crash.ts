import { FaultyVolume } from '../../../sim/disk/faulty-volume.ts';
import { Prng } from '../../../sim/prng.ts';
import { newMember, open, persistEntries, snapshotAt, takeSnapshot, volumeOf, writeOf } from '../member.ts';

/**
 * The machine stops after a leader's snapshot got its name and before the log was told. The old log contradicts the snapshot: throws where
 * any of it is still there.
 */
export async function checkInstallCrash(): Promise<void> {
  const leader = await newMember(volumeOf(9));
  await persistEntries(leader, 4, 20, 2);
  await takeSnapshot(leader, 15, 2);
  const file = (await leader.readSnapshotChunk(15, 0, 1_000_000))!.data;

  const volume = new FaultyVolume({ prng: new Prng(1) });
  const storage = await newMember(volume);
  await persistEntries(storage, 4, 20, 1);
  await storage.receiveSnapshotChunk(snapshotAt(15, 2), 0, file, true);
  volume.decide = ({ kind }) => (kind === 'append' ? { crash: 'before' } : {});
  await new Promise<void>((resolve) => {
    volume.onCrash = resolve;
    storage.persist(writeOf({ snapshot: snapshotAt(15, 2) }), () => undefined);
  });
  volume.decide = () => ({});
  for (let opening = 1; opening <= 2; opening++) {
    const { storage: again, recovered } = await open(volume);
    if (recovered.snapshot?.meta.index !== 15) throw new Error('the snapshot is not there');
    const answer = await again.readEntries(16, 1000);
    const isEmpty = recovered.entries.length === 0 && !answer.compacted && answer.entries.length === 0;
    if (!isEmpty || recovered.firstIndex !== 16)
      throw new Error('entries follow a snapshot that they contradict');
    await again.close();
  }
}
