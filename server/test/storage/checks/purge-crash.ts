import { newMember, open, persistEntries, takeSnapshot, volumeOf } from '../member.ts';

/** The machine stops while several segments are removed. Throws where the next start finds the log damaged. */
export async function checkPurgeCrash(): Promise<void> {
  for (let seed = 1; seed <= 20; seed++) {
    const volume = volumeOf(seed);
    const storage = await newMember(volume, { segmentBytes: 512, snapRetainCount: 1 });
    for (let index = 4; index < 104; index += 10) await persistEntries(storage, index, index + 9);
    if (storage.metrics().logSegments < 8) throw new Error('the log has too few segments for this check');
    let removals = 0;
    const crashed = new Promise<'crashed'>((resolve) => {
      volume.onCrash = () => resolve('crashed');
    });
    volume.decide = ({ kind }) => (kind === 'remove' && ++removals === 5 ? { crash: 'after' } : {});
    if ((await Promise.race([crashed, takeSnapshot(storage, 100)])) !== 'crashed')
      throw new Error('nothing was purged');
    volume.decide = () => ({});
    const { recovered } = await open(volume, { segmentBytes: 512 });
    if (recovered.snapshot?.meta.index !== 100 || recovered.entries.length !== 3)
      throw new Error('something is missing');
  }
}
