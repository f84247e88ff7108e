import { describe, expect, test } from 'vitest';
import { chainFrom } from '../../src/backup/catalog.ts';
import { oldStrays, removeBackup, superfluous } from '../../src/backup/prune.ts';
import type { Manifest } from '../../src/backup-format/manifest.ts';
import { MemoryDestination } from './memory-destination.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 1_800_000_000_000;

/** `snapshot@after-last`, one a day, the last one today: '3@0-5' has a snapshot of entry 3, and its log is (0, 5]. */
function backups(...texts: readonly string[]): Manifest[] {
  return texts.map((text, at) => {
    const [, snapshot, after, last] = /^(?:(\d+)@)?(\d+)-(\d+)$/.exec(text)!;
    const part = { name: 'x', bytes: 1, sha256: '' };
    const index = Number(last);
    return {
      format: 1,
      id: text.replace('@', '.'),
      clusterId: 'c',
      serverId: 1,
      version: '',
      createdMs: NOW_MS - (texts.length - 1 - at) * DAY_MS,
      durationMs: 0,
      ...(snapshot === undefined
        ? {}
        : { snapshot: { ...part, index: Number(snapshot), term: 1, digest: '' } }),
      log: { ...part, entries: 0, after: { index: Number(after), term: 1 } },
      last: { index, term: 1, zxid: index, timeMs: 0, featureLevel: 1, digest: '' },
    };
  });
}

const ids = (some: readonly Manifest[]): string[] => some.map(({ id }) => id);

describe('retention', () => {
  const all = backups('3@3-5', '5-8', '9@8-10', '10-12', '12-14');

  test('keeps those of the last days or of a number, and what they need', () => {
    expect(ids(superfluous(all, { keepLast: 1 }, NOW_MS))).toEqual(['3.3-5', '5-8']);
    expect(ids(superfluous(all, { keepLast: 4 }, NOW_MS))).toEqual([]);
    expect(ids(superfluous(all, { keepDays: 2 }, NOW_MS))).toEqual(['3.3-5', '5-8']);
    expect(ids(superfluous(all, { keepDays: 3 }, NOW_MS))).toEqual([]);
  });

  test('keeps the newest one, however old, and all where nothing is said', () => {
    expect(ids(superfluous(all, { keepDays: 0 }, NOW_MS + 100 * DAY_MS))).toEqual(['3.3-5', '5-8']);
    expect(ids(superfluous(all, { keepLast: 0 }, NOW_MS))).toEqual(['3.3-5', '5-8']);
    expect(superfluous(all, {}, NOW_MS)).toEqual([]);
  });

  test('whatever goes, each one that stays can be restored still', () => {
    const many = backups(
      '3@3-5',
      '5-8',
      '9@8-10',
      '10-12',
      '11@10-13',
      '12-14',
      '13-16',
      '14-20',
      '18@16-19',
    );
    const canBe = (some: readonly Manifest[], one: Manifest): boolean =>
      some.some(
        (base) =>
          base.snapshot !== undefined &&
          chainFrom(
            base,
            some.filter(({ last }) => last.index <= one.last.index),
          ).includes(one),
      );
    for (let keepLast = 0; keepLast <= many.length; keepLast++) {
      const gone = new Set(superfluous(many, { keepLast }, NOW_MS));
      const left = many.filter((each) => !gone.has(each));
      for (const one of left.filter((each) => canBe(many, each))) expect(canBe(left, one), one.id).toBe(true);
    }
  });

  test('keeps the snapshot behind backups of an ensemble in which nothing was written', () => {
    const idle = backups('3@3-5', '4@3-5', '5-5', '5-5');
    expect(chainFrom(idle[0]!, idle)).toEqual([idle[0], idle[2], idle[3]]);
    const gone = superfluous(idle, { keepLast: 1 }, NOW_MS);
    expect(ids(gone)).toEqual(['3.3-5']);
  });

  test('takes nothing away beside one that cannot be restored', () => {
    const holed = backups('3@3-5', '5-8', '9-12');
    expect(superfluous(holed, { keepLast: 1 }, NOW_MS)).toEqual([]);
  });

  test('takes the manifest away before what it names', async () => {
    const destination = new MemoryDestination();
    const [one] = backups('3@3-5') as [Manifest];
    const order: string[] = [];
    destination.remove = async (key) => void order.push(key);
    await removeBackup(destination, one);
    expect(order[0]).toBe('c/3.3-5/manifest.json');
    expect(order).toHaveLength(3);
  });

  test('takes what was cut off more than a day ago, and leaves what may be on its way', () => {
    const at = (ms: number): string =>
      `c/${new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '')}-0a0b0c0d/log`;
    const [old, young] = [at(NOW_MS - 2 * DAY_MS), at(NOW_MS - DAY_MS / 2)];
    expect(oldStrays({ strays: [old, young, 'c/mine/file'] }, NOW_MS)).toEqual([old]);
  });
});
