import { codeOf, identity, newMember, open, persistEntries, takeSnapshot, volumeOf } from '../member.ts';

/**
 * The sync of a folder fails and the process ends; the next one sees the names that it was to write. Throws where these are gone after a
 * crash, although a whole start lies between.
 */
export async function checkFailedNames(): Promise<void> {
  for (let seed = 1; seed <= 12; seed++) {
    await checkIdentity(seed);
    await checkSnapshot(seed);
  }
}

async function checkIdentity(seed: number): Promise<void> {
  const volume = volumeOf(seed);
  const { storage } = await open(volume);
  let isNamed = false;
  volume.decide = ({ kind, name }) => {
    isNamed ||= kind === 'rename' && name.startsWith('member/identity');
    return isNamed && kind === 'sync-folder' && name === 'member' ? { error: 'EIO' } : {};
  };
  if ((await codeOf(storage.writeIdentity(identity))) !== 'failed')
    throw new Error('the identity did not fail');
  volume.kill();
  volume.decide = () => ({});
  if ((await open(volume)).recovered.identity === undefined) throw new Error('the identity is not seen');
  volume.crash();
  if ((await open(volume)).recovered.identity === undefined) throw new Error('the identity is gone');
}

async function checkSnapshot(seed: number): Promise<void> {
  const volume = volumeOf(seed);
  const storage = await newMember(volume);
  await persistEntries(storage, 4, 50);
  volume.decide = ({ kind, name }) => (kind === 'sync-folder' && name === 'member' ? { error: 'EIO' } : {});
  if ((await codeOf(takeSnapshot(storage, 40))) !== 'failed') throw new Error('the snapshot did not fail');
  volume.kill();
  volume.decide = () => ({});
  if ((await open(volume)).recovered.snapshot === undefined) throw new Error('the snapshot is not seen');
  volume.crash();
  if ((await open(volume)).recovered.snapshot === undefined) throw new Error('the snapshot is gone');
}
