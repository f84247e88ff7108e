import { lastSegment, newMember, open, persist, persistEntries, volumeOf, writeOf } from '../member.ts';

/** The newest record of the log goes bad after a vote. Throws where the member forgets term or vote with it. */
export async function checkBadTailKeepsVote(): Promise<void> {
  const volume = volumeOf();
  const storage = await newMember(volume);
  await persistEntries(storage, 4, 9);
  await persist(storage, writeOf({ hardState: { term: 5, vote: 0 } }));
  await persist(storage, writeOf({ hardState: { term: 5, vote: 3 } }));
  await storage.close();
  const name = lastSegment(volume);
  volume.damage(
    name,
    volume.content(name).findLastIndex((byte) => byte !== 0),
    1,
  );
  for (let opening = 1; opening <= 2; opening++) {
    const { storage: again, recovered } = await open(volume);
    const { term, vote } = recovered.hardState;
    if (term !== 5 || vote !== 3) throw new Error(`term ${term} and vote ${vote} after a bad tail`);
    if (!recovered.suspect) throw new Error('not suspect after a bad tail');
    await again.close();
  }
}
