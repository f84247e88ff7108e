import {
  lastSegment,
  newMember,
  open,
  persist,
  persistEntries,
  takeSnapshot,
  volumeOf,
  writeOf,
} from '../member.ts';

/** A member with a torn tail is suspect over openings, new segments and the purge of old ones. Throws where it is not. */
export async function checkSuspicionStays(): Promise<void> {
  const volume = volumeOf();
  const storage = await newMember(volume);
  await persistEntries(storage, 4, 9);
  await persistEntries(storage, 10, 12);
  await storage.close();
  const name = lastSegment(volume);
  const used = volume.content(name).findLastIndex((byte) => byte !== 0) + 1;
  volume.damage(name, used - 3, 1);
  for (let opening = 1; opening <= 2; opening++) {
    const again = await open(volume);
    if (!again.recovered.suspect) throw new Error(`not suspect at opening ${opening}`);
    if (again.recovered.entries.length !== 6)
      throw new Error('entries of the torn Write, or missing ones before it');
    await again.storage.close();
  }
  const grown = (await open(volume, { snapRetainCount: 1 })).storage;
  await persist(grown, writeOf({ hardState: { term: 1, vote: 1 } }));
  for (let index = 10; index < 800; index += 10) await persistEntries(grown, index, index + 9);
  await takeSnapshot(grown, 790);
  await grown.close();
  if (volume.fileNames().includes(name)) throw new Error('the segment with the mark is still there');
  if (!(await open(volume)).recovered.suspect) throw new Error('not suspect after a purge');
}
