import { entriesRecordBytes } from '../../../src/storage/log/log-format.ts';
import {
  entries,
  filesOf,
  lastSegment,
  newMember,
  open,
  persist,
  volumeOf,
  volumeWith,
  writeOf,
} from '../member.ts';

/**
 * A record that is missing, repeated or in another's place verifies by itself; only the chain of checksums tells. Throws where such a log
 * is opened as if nothing were amiss.
 */
export async function checkRecordPlaces(): Promise<void> {
  const volume = volumeOf();
  const storage = await newMember(volume);
  const terms = [1, 2, 3, 4];
  // Each replaces the entry of the one before.
  for (const term of terms) await persist(storage, writeOf({ entries: entries(4, 4, term) }));
  await storage.close();
  const files = filesOf(volume);
  const name = lastSegment(volume);
  const content = files.get(name)!;
  const recordBytes = entriesRecordBytes(entries(4, 4));
  const begin = content.lastIndexOf(content.findLast((byte) => byte !== 0)!) + 1 - terms.length * recordBytes;

  const records = terms.map((_term, i) =>
    content.slice(begin + i * recordBytes, begin + (i + 1) * recordBytes),
  );
  const [first, second, third, fourth] = records as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const arrangements = {
    missing: [first, third, fourth],
    repeated: [first, second, second, third, fourth],
    exchanged: [first, third, second, fourth],
    'missing first': [second, third, fourth],
  };
  for (const [what, arrangement] of Object.entries(arrangements)) {
    const changed = content.slice();
    changed.fill(0, begin);
    arrangement.forEach((record, i) => {
      changed.set(record, begin + i * recordBytes);
    });
    const damagedVolume = await volumeWith(new Map(files).set(name, changed));
    const opened = await open(damagedVolume).catch(() => undefined);
    if (opened !== undefined && !opened.recovered.suspect)
      throw new Error(`a record is ${what}, and nobody noticed`);
  }
}
