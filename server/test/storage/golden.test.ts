import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readGolden } from './golden-files.ts';
import {
  entries,
  filesOf,
  newMember,
  open,
  persist,
  readAll,
  snapshotAt,
  takeSnapshot,
  volumeOf,
  volumeWith,
  writeOf,
} from './member.ts';

/**
 * The bytes of a small member's files. They may change only together with a format version: what a release wrote, every later one must
 * read. To write them anew: UPDATE_GOLDEN=1 npx vitest run server/test/storage/golden.test.ts
 */
const folder = path.join(import.meta.dirname, 'golden');
const goldenFile = path.join(folder, 'member.json');
const isUpdating = process.env.UPDATE_GOLDEN === '1';

async function write(): Promise<Map<string, Uint8Array>> {
  const volume = volumeOf();
  const storage = await newMember(volume, { segmentBytes: 640 });
  await persist(storage, writeOf({ hardState: { term: 2, vote: 3 } }));
  await persist(storage, writeOf({ hardState: { term: 5, vote: 1 }, entries: entries(4, 9, 2) }));
  await persist(storage, writeOf({ entries: entries(8, 8, 5, 'a replaced tail') }));
  await takeSnapshot(storage, 6, 2);
  await persist(storage, writeOf({ entries: entries(9, 15, 5) }));
  await storage.close();
  return filesOf(volume);
}

const withoutTrailingZeros = (bytes: Uint8Array): string =>
  `${Buffer.from(bytes)
    .toString('hex')
    .replace(/(00)+$/, '')}…${bytes.length}`;

describe('the format on disk', () => {
  test('is what it was', async () => {
    const files = await write();
    files.delete('log/next.tmp');
    const text = Object.fromEntries(
      [...files].map(([name, content]) => [name, withoutTrailingZeros(content)]),
    );
    if (isUpdating) writeFileSync(goldenFile, `${JSON.stringify(text, null, 2)}\n`);
    expect(text).toEqual(JSON.parse(readFileSync(goldenFile, 'utf8')));
  });

  /** `votes-in-log` was written before term and vote had a file of their own. */
  test.each(['member', 'votes-in-log'])('of an earlier release is read (%s)', async (name) => {
    const volume = await volumeWith(readGolden(name));
    for (let opening = 1; opening <= 2; opening++) {
      const { storage, recovered } = await open(volume, { segmentBytes: 640 });
      expect(recovered).toMatchObject({
        boots: 1 + opening,
        suspect: false,
        hardState: { term: 5, vote: 1 },
        firstIndex: 4,
        remarks: [],
      });
      expect(recovered.snapshot?.meta).toEqual(snapshotAt(6, 2));
      expect(await readAll(storage, 4)).toEqual([
        '4@2 entry 4',
        '5@2 entry 5',
        '6@2 entry 6',
        '7@2 entry 7',
        '8@5 a replaced tail',
        ...[9, 10, 11, 12, 13, 14, 15].map((index) => `${index}@5 entry ${index}`),
      ]);
      await storage.close();
    }
  });
});
