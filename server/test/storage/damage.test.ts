import { describe, expect, test } from 'vitest';
import { SEGMENT_HEADER_BYTES } from '../../src/storage/log/log-format.ts';
import { RECORD_PREFIX_BYTES } from '../../src/storage/log/record.ts';
import type { StorageError } from '../../src/storage/storage-error.ts';
import {
  codeOf,
  describeEntry,
  entries,
  filesOf,
  identity,
  lastSegment,
  newMember,
  open,
  persist,
  persistEntries,
  readAll,
  takeSnapshot,
  volumeOf,
  volumeWith,
  writeOf,
} from './member.ts';

/** A log of two segments: one sealed; the last one of three Writes, the second of which has two records. */
async function smallLog(): Promise<{
  files: Map<string, Uint8Array>;
  last: string;
  /** Where the last segment's last Write begins, and where it ends. */
  begin: number;
  end: number;
  truth: string[];
}> {
  const volume = volumeOf();
  const storage = await newMember(volume, { segmentBytes: 512 });
  await persistEntries(storage, 4, 16);
  await persist(storage, writeOf({ entries: entries(17, 19, 2) }));
  await persist(storage, writeOf({ entries: entries(20, 21, 3), clearSuspect: true }));
  await persist(storage, writeOf({ entries: entries(22, 23, 3) }));
  const truth = await readAll(storage, 4);
  await storage.close();
  const files = filesOf(volume);
  expect(segmentsOf(files).length).toBe(2);
  const last = lastSegment(volume);
  const boundaries = recordBoundaries(files.get(last)!);
  expect(boundaries.length).toBe(5);
  return { files, last, begin: boundaries.at(-2)!, end: boundaries.at(-1)!, truth };
}

const segmentsOf = (files: ReadonlyMap<string, Uint8Array>): string[] =>
  [...files.keys()].filter((name) => name.startsWith('log/log-'));

/** Where records begin, and where the last one ends. */
function recordBoundaries(segment: Uint8Array): number[] {
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength);
  const boundaries = [SEGMENT_HEADER_BYTES];
  for (;;) {
    const at = boundaries.at(-1)!;
    const length = at + 8 <= segment.length ? view.getUint32(at + 4, true) : 0;
    if (length === 0) return boundaries;
    boundaries.push(at + RECORD_PREFIX_BYTES + length);
  }
}

type Outcome =
  | { readonly kind: 'refused'; readonly error: StorageError }
  | { readonly kind: 'opened'; readonly found: string[]; readonly suspect: boolean; readonly term: number };

async function openDamaged(
  files: ReadonlyMap<string, Uint8Array>,
  name: string,
  damage: (content: Uint8Array) => Uint8Array,
): Promise<Outcome> {
  const copy = new Map(files);
  copy.set(name, damage(copy.get(name)!.slice()));
  const volume = await volumeWith(copy);
  try {
    const { storage, recovered } = await open(volume, { segmentBytes: 512 });
    const found = await readAll(storage, recovered.firstIndex);
    expect(found).toEqual(recovered.entries.map(describeEntry));
    return { kind: 'opened', found, suspect: recovered.suspect, term: recovered.hardState.term };
  } catch (error) {
    return { kind: 'refused', error: error as StorageError };
  }
}

const flipped = (offset: number, bit: number) => (content: Uint8Array) => {
  content[offset]! ^= 1 << bit;
  return content;
};

describe('a flipped bit', () => {
  test('anywhere in a log is noticed: the member stops, or it is suspect and has lost a tail and nothing else', async () => {
    const { files, last, truth } = await smallLog();
    const totals = { refused: 0, suspect: 0 };
    for (const name of segmentsOf(files)) {
      for (let offset = 0; offset < files.get(name)!.length; offset++) {
        const outcome = await openDamaged(files, name, flipped(offset, offset % 8));
        const where = `${name} byte ${offset}`;
        const isUnused = name !== last && offset >= recordBoundaries(files.get(name)!).at(-1)!;
        if (isUnused) {
          expect(outcome, where).toMatchObject({ kind: 'opened', found: truth, suspect: false });
        } else if (outcome.kind === 'refused') {
          expect(['damaged', 'unknown-format'], where).toContain(outcome.error.code);
          expect(outcome.error.file, where).toMatch(/^log/);
          totals.refused++;
        } else {
          expect(outcome.suspect, where).toBe(true);
          expect(truth.slice(0, outcome.found.length), where).toEqual(outcome.found);
          expect(name, where).toBe(last);
          totals.suspect++;
        }
      }
    }
    console.log('bit flips:', JSON.stringify(totals));
    expect(totals.refused).toBeGreaterThan(0);
    expect(totals.suspect).toBeGreaterThan(0);
  });

  test('in a Write that later ones follow stops the member: that Write was durable once', async () => {
    const { files, last, begin } = await smallLog();
    for (let offset = SEGMENT_HEADER_BYTES; offset < begin; offset++) {
      const outcome = await openDamaged(files, last, flipped(offset, 7 - (offset % 8)));
      expect(outcome, `byte ${offset}`).toMatchObject({
        kind: 'refused',
        error: { code: 'damaged', file: last },
      });
    }
  });

  test('anywhere in identity, boot counter or the only snapshot of a purged log stops the member', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume, { segmentBytes: 512, snapRetainCount: 1 });
    for (let index = 4; index < 40; index += 4) await persistEntries(storage, index, index + 3);
    await takeSnapshot(storage, 38);
    await storage.close();
    const files = filesOf(volume);
    const names = [...files.keys()].filter((name) => !name.startsWith('log/') && name !== 'member/vote');
    expect(names.length).toBe(3);
    for (const name of names) {
      for (let offset = 0; offset < files.get(name)!.length; offset++) {
        const outcome = await openDamaged(files, name, flipped(offset, offset % 8));
        expect(outcome.kind, `${name} byte ${offset}`).toBe('refused');
      }
    }
  });
});

describe('a torn tail', () => {
  test('is cut, at whichever byte it was torn, and the member is suspect from then on', async () => {
    const { files, last, begin, end, truth } = await smallLog();
    for (let torn = begin + 1; torn < end; torn++) {
      const outcome = await openDamaged(files, last, (bytes) => bytes.fill(0, torn));
      expect(outcome, `torn at ${torn}`).toMatchObject({
        kind: 'opened',
        suspect: true,
        found: truth.slice(0, -2),
      });
    }
    const untouched = await openDamaged(files, last, (bytes) => bytes.fill(0, begin));
    expect(untouched).toMatchObject({ kind: 'opened', suspect: false, found: truth.slice(0, -2) });
  });

  test('is suspected although its beginning is missing and only a later sector came through', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume);
    await persistEntries(storage, 4, 5);
    await persist(storage, writeOf({ entries: entries(6, 6, 1, 'x'.repeat(2000)) }));
    await storage.close();
    const files = filesOf(volume);
    const name = lastSegment(volume);
    const begin = recordBoundaries(files.get(name)!).at(-2)!;
    const outcome = await openDamaged(files, name, (bytes) => bytes.fill(0, begin, 1024));
    expect(outcome).toMatchObject({ kind: 'opened', suspect: true });
  });

  test('stays cut and suspect over later openings, until a Write clears the suspicion', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume);
    await persistEntries(storage, 4, 9);
    await persistEntries(storage, 10, 12);
    await storage.close();
    const name = lastSegment(volume);
    volume.damage(name, recordBoundaries(volume.content(name)).at(-1)! - 3, 1);
    for (let opening = 0; opening < 3; opening++) {
      const again = await open(volume);
      expect(again.recovered).toMatchObject({ suspect: true, firstIndex: 4 });
      expect(again.recovered.entries.length).toBe(6);
      expect(again.recovered.remarks.length).toBe(opening === 0 ? 1 : 0);
      await again.storage.close();
    }
    const suspect = (await open(volume)).storage;
    for (let index = 10; index < 400; index += 10) await persistEntries(suspect, index, index + 9);
    expect(suspect.metrics().logSegments).toBeGreaterThan(2);
    await takeSnapshot(suspect, 395);
    await suspect.close();
    const caughtUp = await open(volume);
    expect(caughtUp.recovered.suspect).toBe(true);
    await persist(caughtUp.storage, writeOf({ entries: entries(400, 401), clearSuspect: true }));
    await caughtUp.storage.close();
    expect((await open(volume)).recovered.suspect).toBe(false);
  });

  test('leaves no moment at which it is cut and the mark is missing, wherever the machine stops', async () => {
    const { files, last, end, truth } = await smallLog();
    const torn = new Map(files);
    torn.set(last, torn.get(last)!.slice());
    flipped(end - 1, 3)(torn.get(last)!);
    let crashes = 0;
    for (let call = 1; ; call++) {
      let isReached = false;
      for (const crash of ['before', 'during', 'after'] as const) {
        const volume = await volumeWith(torn, call);
        const begin = volume.callCount;
        const crashed = new Promise<void>((resolve) => {
          volume.onCrash = resolve;
        });
        volume.decide = ({ number }) => (number === begin + call ? { crash } : {});
        const first = await Promise.race([crashed, open(volume, { segmentBytes: 512 })]);
        volume.decide = () => ({});
        if (first === undefined) {
          isReached = true;
          crashes++;
        } else {
          await first.storage.close();
        }
        const { recovered } = await open(volume, { segmentBytes: 512 });
        expect(recovered.suspect, `call ${call} ${crash}`).toBe(true);
        expect(recovered.entries.map(describeEntry)).toEqual(truth.slice(0, -2));
      }
      if (!isReached) break;
    }
    expect(crashes).toBeGreaterThan(30);
  });
});

describe('a record that goes bad while the member runs', () => {
  test('behind the newest snapshot is as good as compacted, and what comes before and after it is read', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume);
    for (let index = 4; index <= 40; index += 4)
      await persist(storage, writeOf({ entries: entries(index, index + 3) }));
    const name = lastSegment(volume);
    const offset = recordBoundaries(volume.content(name))[5]!;
    // Of entries 24 to 27.
    volume.damage(name, offset + 30, 1);
    expect(await codeOf(storage.readEntries(24, 100))).toBe('damaged');
    await storage.close();

    const again = volumeOf();
    const other = await newMember(again);
    for (let index = 4; index <= 40; index += 4)
      await persist(other, writeOf({ entries: entries(index, index + 3) }));
    await takeSnapshot(other, 30);
    again.damage(name, offset + 30, 1);
    const before = await other.readEntries(20, 1000);
    expect(before).toMatchObject({ compacted: false, entries: [20, 21, 22, 23].map((index) => ({ index })) });
    const bad = await other.readEntries(24, 1000);
    expect(bad).toMatchObject({ compacted: true, damage: { code: 'damaged', file: name, offset } });
    // Nothing has failed for it.
    await persistEntries(other, 44, 50);
    await takeSnapshot(other, 45);
    expect(await codeOf(other.readEntries(46, 100))).toBe('');
  });
});

describe('a sealed segment that goes bad behind the newest snapshot', () => {
  test('goes once somebody has come upon it, so that the next start does not', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume, { segmentBytes: 512 });
    for (let index = 4; index <= 40; index += 4)
      await persist(storage, writeOf({ entries: entries(index, index + 3) }));
    await takeSnapshot(storage, 6);
    await takeSnapshot(storage, 40);
    const segments = segmentsOf(filesOf(volume));
    expect(segments.length).toBeGreaterThan(2);
    volume.damage(segments[0]!, 200, 1);
    expect(await storage.readEntries(5, 100)).toMatchObject({ compacted: true });
    await takeSnapshot(storage, 41);
    expect(storage.metrics().firstIndex).toBeGreaterThan(8);
    await storage.close();
    const { recovered } = await open(volume, { segmentBytes: 512 });
    expect([recovered.snapshot?.meta.index, recovered.lastIndex, recovered.suspect]).toEqual([41, 43, false]);
  });
});

describe('a log that is not whole', () => {
  const cases: [string, (files: Map<string, Uint8Array>, segments: string[]) => void, RegExp][] = [
    [
      'a segment in the middle is missing',
      (files, segments) => files.delete(segments[1]!),
      /segment 2 is missing/,
    ],
    [
      'the oldest segment is missing',
      (files, segments) => files.delete(segments[0]!),
      /entries before are missing/,
    ],
    [
      'all segments are missing',
      (files, segments) => {
        for (const name of segments) files.delete(name);
      },
      /log is missing/,
    ],
    ['the identity is missing', (files) => files.delete('member/identity'), /identity is missing/],
    [
      'a sealed segment was cut',
      (files, segments) => files.set(segments[0]!, files.get(segments[0]!)!.slice(0, 300)),
      /does not verify/,
    ],
    [
      'a segment is in the place of another',
      (files, segments) => files.set(segments[1]!, files.get(segments[0]!)!),
      /name of another/,
    ],
    [
      'a segment is shorter than its header',
      (files, segments) => files.set(segments[1]!, new Uint8Array(50)),
      /header/,
    ],
  ];
  test.each(cases)('%s: the member stops', async (_what, change, message) => {
    const volume = volumeOf();
    const storage = await newMember(volume, { segmentBytes: 512 });
    for (let index = 4; index < 34; index += 10) await persistEntries(storage, index, index + 9);
    await storage.close();
    const files = filesOf(volume);
    const segments = segmentsOf(files);
    expect(segments.length).toBe(3);
    change(files, segments);
    const damaged = await volumeWith(files);
    await expect(open(damaged)).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringMatching(message),
    });
  });

  test('of another cluster is refused', async () => {
    const volume = volumeOf();
    await (await newMember(volume)).close();
    const other = volumeOf(2);
    const { storage } = await open(other);
    await storage.writeIdentity({ ...identity, clusterId: 'another' });
    await storage.close();
    const files = filesOf(volume);
    for (const [name, content] of filesOf(other)) if (name.startsWith('log/')) files.set(name, content);
    await expect(open(await volumeWith(files))).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringMatching(/cluster another/),
    });
  });
});
