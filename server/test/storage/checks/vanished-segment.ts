import {
  codeOf,
  filesOf,
  lastSegment,
  newMember,
  open,
  persistEntries,
  volumeOf,
  volumeWith,
} from '../member.ts';

/** The newest segment vanishes as a whole, also right after it was begun. Throws where what is left passes for the log. */
export async function checkVanishedSegment(): Promise<void> {
  const volume = volumeOf();
  const storage = await newMember(volume, { segmentBytes: 512 });
  let segments = 1;
  for (let index = 4; segments < 4; index++) {
    await persistEntries(storage, index, index);
    if (storage.metrics().logSegments === segments) continue;
    segments++;
    const files = filesOf(volume);
    files.delete(lastSegment(volume));
    const code = await codeOf(open(await volumeWith(files), { segmentBytes: 512 }));
    if (code !== 'damaged') throw new Error(`segment ${segments} is gone: opened with "${code}"`);
  }
}
