import { expect, test } from 'vitest';
import {
  codeOf,
  filesOf,
  newMember,
  open,
  persistEntries,
  readAll,
  takeSnapshot,
  volumeOf,
  volumeWith,
} from './member.ts';

/** A member whose first segments were purged after a snapshot, and the files that it had before. */
async function purged(): Promise<{ before: Map<string, Uint8Array>; after: Map<string, Uint8Array> }> {
  const volume = volumeOf();
  const storage = await newMember(volume, { snapRetainCount: 1 });
  for (let index = 4; index <= 400; index++) await persistEntries(storage, index, index);
  const before = filesOf(volume);
  await takeSnapshot(storage, 200);
  await storage.close();
  return { before, after: filesOf(volume) };
}

test('a purged segment that comes back apart from the log is removed again', async () => {
  const { before, after } = await purged();
  const gone = [...before.keys()].filter((name) => name.startsWith('log/log-') && !after.has(name));
  expect(gone.length).toBeGreaterThan(1);
  const oldest = gone[0]!;
  const volume = await volumeWith(new Map([...after, [oldest, before.get(oldest)!]]));
  const { storage, recovered } = await open(volume);
  expect(recovered.remarks).toEqual([`${oldest} had been removed before and was there again: removed`]);
  expect(recovered.entries.map(({ index }) => index)).toEqual(Array.from({ length: 200 }, (_, i) => 201 + i));
  expect((await readAll(storage, 201)).length).toBe(200);
  expect(volume.fileNames()).not.toContain(oldest);
});

test('a segment that is missing above the snapshot stops the member', async () => {
  const { after } = await purged();
  const segments = [...after.keys()].filter((name) => name.startsWith('log/log-'));
  expect(segments.length).toBeGreaterThan(2);
  after.delete(segments.at(-2)!);
  expect(await codeOf(open(await volumeWith(after)))).toBe('damaged');
});
