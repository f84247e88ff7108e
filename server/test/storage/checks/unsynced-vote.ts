import { newMember, open, volumeOf, writeOf } from '../member.ts';

/**
 * A process is killed while it writes a vote; the next one sees the vote, which may not have reached the disk, and goes on with it. Throws
 * where a later loss of power takes it away again.
 */
export async function checkUnsyncedVote(): Promise<void> {
  let seen = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const volume = volumeOf(seed);
    const storage = await newMember(volume);
    storage.persist(writeOf({ hardState: { term: 3, vote: 2 } }), () => undefined);
    volume.kill();
    const { term, vote } = (await open(volume)).recovered.hardState;
    if (term === 3 && vote === 2) seen++;
    volume.crash();
    const later = (await open(volume)).recovered.hardState;
    if (later.term !== term || later.vote !== vote)
      throw new Error(`term ${later.term} and vote ${later.vote} after term ${term} and vote ${vote}`);
  }
  if (seen === 0) throw new Error('no vote was seen');
}
