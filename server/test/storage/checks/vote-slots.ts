import { HARD_STATE_NAME, SLOT_BYTES } from '../../../src/storage/member/hard-state-file.ts';
import { newMember, open, persist, persistEntries, volumeOf, writeOf } from '../member.ts';

/**
 * One of the two copies of term and vote goes bad. Throws where the member does not go on with the other one, or trusts it as if no
 * vote could have been lost.
 */
export async function checkVoteSlots(): Promise<void> {
  const found: string[] = [];
  for (const slot of [0, 1]) {
    const volume = volumeOf();
    const storage = await newMember(volume);
    await persist(storage, writeOf({ hardState: { term: 7, vote: 2 } }));
    await persist(storage, writeOf({ hardState: { term: 8, vote: 3 } }));
    await persistEntries(storage, 4, 9);
    await storage.close();
    volume.damage(HARD_STATE_NAME, slot * SLOT_BYTES + 20, 1);
    for (let opening = 1; opening <= 2; opening++) {
      const { storage: again, recovered } = await open(volume);
      if (!recovered.suspect) throw new Error(`slot ${slot} went bad, opening ${opening}: not suspect`);
      if (recovered.remarks.length !== (opening === 1 ? 1 : 0)) throw new Error('told never, or twice');
      if (recovered.entries.length !== 6) throw new Error('entries went with the vote');
      const { term, vote } = recovered.hardState;
      found.push(`${term}:${vote}`);
      await again.close();
    }
  }
  if (found.sort().join(' ') !== '7:2 7:2 8:3 8:3') throw new Error(`found the votes ${found.join(' ')}`);
}
