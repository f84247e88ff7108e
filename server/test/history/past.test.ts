import { afterEach, describe, expect, test, vi } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { answer } from '../../src/history/answer.ts';
import { HistoryError } from '../../src/history/history-error.ts';
import { Past } from '../../src/history/past.ts';
import type { Asked, Question } from '../../src/history/question.ts';
import { RetainedLog } from '../../src/history/retained-log.ts';
import { SUPER } from '../../src/model/access.ts';
import { HistoryShelf } from '../../src/storage/history/history-shelf.ts';
import { type Change, PastRun } from './past-run.ts';

const SEEDS = [1, 2, 3, 4];
/** Moments of each run that are asked about. */
const MOMENTS = 40;
const STEPS = 60;

function question(run: PastRun, path: string, asked: Asked): Question {
  const { lastIndex } = run;
  return { dataDir: '', dataLogDir: '', lastIndex, maxTreeBytes: 2 ** 30, identities: SUPER, path, asked };
}

interface Line {
  readonly type: string;
  readonly path: string;
  readonly zxid: number;
}

async function linesOf(run: PastRun, path: string, asked: Asked): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of answer(question(run, path, asked), await run.source()))
    lines.push(JSON.parse(line.split('\t')[1]!) as Line);
  return lines;
}

describe('a past of replaced tails, snapshots, purges and new starts', () => {
  test.each(SEEDS)('is at every zxid and every time what it was (seed %i)', async (seed) => {
    const run = await new PastRun(seed).live(seed, STEPS);
    const prng = new Prng(seed, 'moments');
    for (let i = 0; i < MOMENTS; i++) {
      const { zxid, digest, timeMs } = prng.pick(run.known);
      expect(await run.digestAt({ zxid }), `zxid ${zxid}`).toBe(digest);
      const last = run.known.findLast((known) => known.timeMs <= timeMs)!;
      expect(await run.digestAt({ timeMs }), `time ${timeMs}`).toBe(last.digest);
    }
    const { met } = run;
    for (const count of Object.values(met)) expect(count, JSON.stringify(met)).toBeGreaterThan(0);
    expect(run.volume.fileNames().filter((name) => name.startsWith('history/log-'))).not.toEqual([]);
  });

  test.each(SEEDS)('tells every change once, in order, from any moment on (seed %i)', async (seed) => {
    const run = await new PastRun(seed).live(seed, STEPS);
    const prng = new Prng(seed, 'moments');
    for (let i = 0; i < 10; i++) {
      const after = prng.pick(run.known).zxid;
      const asked = { what: 'changes', isRecursive: true, after: { zxid: after }, to: undefined } as const;
      const told = (await linesOf(run, '/', asked)).filter(({ type }) => type !== 'at' && type !== 'end');
      const expected: Change[] = run.changes.filter(({ zxid }) => zxid > after);
      expect(
        told.filter(({ type }) => type !== 'acl').map(({ zxid, type, path }) => ({ zxid, type, path })),
      ).toEqual(expected);
    }
  });

  test('is in doubt nowhere: of a byte that went bad comes an error, or what is right all the same', async () => {
    const seed = 7;
    const prng = new Prng(seed, 'damage');
    let errors = 0;
    for (let i = 0; i < 60; i++) {
      const run = await new PastRun(seed).live(seed, 20);
      const files = run.volume.fileNames().filter((name) => /^(?:history|log)\//.test(name));
      const name = prng.pick(files);
      const { length } = run.volume.content(name);
      if (length > 0) run.volume.damage(name, prng.below(length), 1 << prng.below(8));
      const { zxid, digest } = prng.pick(run.known);
      const came = await run.digestAt({ zxid }).catch((error: unknown) => {
        expect(error, `flip ${i}`).toBeInstanceOf(HistoryError);
        errors++;
        return digest;
      });
      expect(came, `flip ${i} in ${name}`).toBe(digest);
    }
    expect(errors).toBeGreaterThan(0);
  });
});

describe('planted bugs are noticed', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Whether some moment of the run comes out as something else than it was, or not at all. */
  async function isNoticed(): Promise<boolean> {
    const run = await new PastRun(1).live(1, STEPS);
    for (const { zxid, digest } of run.known) {
      const came = await run.digestAt({ zxid }).catch(() => 'nothing');
      if (came !== digest) return true;
    }
    return false;
  }

  test('entries that a leader replaced are applied', async () => {
    vi.spyOn(RetainedLog, 'survey').mockImplementation(async (files, clusterId, from) => {
      const at = files.segments.findLastIndex(({ firstIndex }) => firstIndex <= from);
      return new RetainedLog(files, files.segments.slice(at), clusterId);
    });
    expect(await isNoticed()).toBe(true);
  });

  test('a moment is taken for the one before it', async () => {
    const { goTo } = Past.prototype;
    vi.spyOn(Past.prototype, 'goTo').mockImplementation(function (this: Past, point) {
      return goTo.call(this, 'zxid' in point ? { zxid: point.zxid - 1 } : point);
    });
    expect(await isNoticed()).toBe(true);
  });

  test('what was retired is not looked for', async () => {
    const { source } = PastRun.prototype;
    vi.spyOn(PastRun.prototype, 'source').mockImplementation(async function (this: PastRun) {
      const found = await source.call(this);
      const isLive = ({ names }: { readonly names: readonly string[] }): boolean =>
        names.some((name) => !name.startsWith('history/'));
      const { segments, snapshots } = found.files;
      const files = { segments: segments.filter(isLive), snapshots: snapshots.filter(isLive) };
      return { ...found, files: { ...found.files, ...files } };
    });
    expect(await isNoticed()).toBe(true);
  });
});

describe('what is kept', () => {
  test('goes with its time, but never so that less than that time is known', async () => {
    const seed = 3;
    const run = await new PastRun(seed).live(seed, 300);
    // Each step takes a minute, an hour is kept.
    const retired = run.volume.fileNames().filter((name) => name.startsWith('history/snapshot-'));
    const times = retired.map((name) => Number(name.split('-').at(-1))).sort((a, b) => a - b);
    expect(times[0]).toBeLessThan(run.nowMs - 3_600_000);
    expect(times[0]).toBeGreaterThan(run.nowMs - 2 * 3_600_000);
    const [first] = run.known;
    await expect(run.digestAt({ zxid: first!.zxid })).rejects.toMatchObject({ code: 'history-gone' });
    const { zxid, digest } = run.known.at(-100)!;
    expect(await run.digestAt({ zxid })).toBe(digest);
  });

  test('is no more than it may be, and the newest of it', async () => {
    const seed = 4;
    const maxBytes = 40_000;
    const run = await new PastRun(seed).live(seed, 120, maxBytes);
    const names = run.volume.fileNames().filter((name) => name.startsWith('history/'));
    const bytes = names.reduce((sum, name) => sum + run.volume.content(name).length, 0);
    expect(bytes).toBeLessThanOrEqual(maxBytes);
    const { zxid, digest } = run.known.at(-5)!;
    expect(await run.digestAt({ zxid })).toBe(digest);
  });

  test('gives way where the disk gets low, its older half first, and no more than has to', async () => {
    const run = await new PastRun(5).live(5, STEPS);
    const { disk } = (await run.source()).files;
    const shelf = new HistoryShelf(disk, disk, { retainMs: 1, maxBytes: 2 ** 30, nowMs: () => 0 });
    await shelf.open();
    const { bytes } = shelf;
    let looks = 0;
    await shelf.giveWay(
      () => looks < 1,
      async () => void looks++,
    );
    expect(shelf.bytes).toBeLessThanOrEqual(bytes / 2);
    expect(shelf.isEmpty).toBe(false);
    const { zxid, digest } = run.known.at(-5)!;
    expect(await run.digestAt({ zxid })).toBe(digest);
    await shelf.giveWay(
      () => true,
      async () => {},
    );
    expect(shelf.isEmpty).toBe(true);
    expect(await run.digestAt({ zxid: run.known.at(-1)!.zxid })).toBe(run.known.at(-1)!.digest);
  });

  test('says where it begins, to whoever asks about something before', async () => {
    const seed = 4;
    const run = await new PastRun(seed).live(seed, 120, 40_000);
    const asked = { what: 'node', at: { zxid: run.known[0]!.zxid } } as const;
    await expect(linesOf(run, '/', asked)).rejects.toMatchObject({
      code: 'history-gone',
      earliest: { zxid: expect.any(Number) },
    });
  });
});
