import { describe, expect, test } from 'vitest';
import { Random } from '../../../testkit/src/random.ts';
import { type Entry, emptyConfiguration, type StoredEntries, type TermRun } from '../../src/index.ts';
import { entryBytes, RaftLog } from '../../src/log.ts';

const MAX_BYTES = 500;

function entry(index: number, term: number, bytes = 10): Entry {
  return { index, term, kind: 0, data: new Uint8Array(bytes) };
}

function logAfter(index: number, term: number): RaftLog {
  const snapshot = { index, term, configuration: emptyConfiguration };
  return new RaftLog({ snapshot, entries: [], maxLogBytes: MAX_BYTES });
}

/** Where the log says something else than the list of terms; undefined: nowhere. */
function disagreement(
  log: RaftLog,
  terms: readonly number[],
  base: number,
  random: Random,
): string | undefined {
  if (log.last !== terms.length - 1) return `last ${log.last}`;
  if (log.base !== base) return `base ${log.base}`;
  for (let index = base - 1; index <= log.last + 1; index += 1) {
    if (log.termAt(index) !== (index < base ? -1 : (terms[index] ?? -1))) return `term at ${index}`;
  }
  for (let index = log.first; index <= log.last; index += 1) {
    if (log.entry(index).index !== index) return `entry ${index}`;
  }
  const term = random.between(0, (terms[log.last] ?? 0) + 1);
  const from = random.between(base, log.last);
  let expected = from;
  while (expected > base && (terms[expected] ?? 0) > term) expected -= 1;
  return log.lastWithTermAtMost(from, term) === expected ? undefined : `last at most ${term} from ${from}`;
}

describe('the log', () => {
  test('agrees with a plain list of terms whatever is appended, cut off, applied and compacted', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = new Random(seed);
      const log = logAfter(5, 2);
      /** By index; the log begins after `base`. */
      const terms: number[] = [];
      terms[5] = 2;
      let base = 5;
      for (let step = 0; step < 200; step += 1) {
        const last = terms.length - 1;
        switch (random.below(6)) {
          case 0:
          case 1: {
            const term = (terms[last] ?? 0) + (random.chance(0.3) ? random.between(1, 3) : 0);
            log.append(entry(last + 1, term, random.below(100)));
            terms.push(term);
            break;
          }
          case 2:
            if (log.last > log.commit && random.chance(0.5)) {
              const from = random.between(log.commit + 1, log.last);
              log.truncateFrom(from);
              terms.length = from;
            }
            break;
          case 3:
            log.handed = log.last;
            log.persistedToHanded();
            break;
          case 4:
            log.commitTo(random.between(log.commit, log.last));
            log.appliedTo(random.between(log.applied, log.commit));
            break;
          default: {
            const to = Math.min(log.applied, log.persisted);
            if (random.chance(0.2) && to > base) {
              base = random.between(base, to);
              log.compact(base);
            }
          }
        }
        const wrong = disagreement(log, terms, base, random);
        if (wrong !== undefined) throw new Error(`seed ${seed}, step ${step}: ${wrong}`);
      }
    }
  });

  test('keeps no more in memory than it may, below what is applied and durable', () => {
    const log = logAfter(0, 0);
    for (let index = 1; index <= 5_000; index += 1) {
      log.append(entry(index, 1));
      log.handed = index;
      log.persistedToHanded();
      log.commitTo(index);
      log.appliedTo(index - 1);
      const below = log.bytesBetween(log.first, index - 1);
      expect(below).toBeLessThanOrEqual(MAX_BYTES);
      if (index > 20) expect(below).toBeGreaterThan(MAX_BYTES - 2 * entryBytes(entry(1, 1)));
    }
    expect(log.termAt(1)).toBe(1);
  });

  test('keeps in memory whatever is not durable or not applied', () => {
    const log = logAfter(0, 0);
    for (let index = 1; index <= 100; index += 1) log.append(entry(index, 1));
    log.commitTo(100);
    log.appliedTo(100);
    expect(log.first).toBe(1);
    log.handed = 50;
    log.persistedToHanded();
    expect(log.first).toBeLessThanOrEqual(51);
    expect(log.entry(51).index).toBe(51);
  });

  test('takes up what storage holds below the snapshot', () => {
    const snapshot = { index: 20, term: 4, configuration: emptyConfiguration };
    const olderTerms = [
      { firstIndex: 10, term: 1 },
      { firstIndex: 12, term: 3 },
      { firstIndex: 18, term: 4 },
    ];
    const log = new RaftLog({
      snapshot,
      entries: [entry(21, 4), entry(22, 6)],
      olderTerms,
      maxLogBytes: MAX_BYTES,
    });
    expect([log.base, log.first, log.last]).toEqual([10, 21, 22]);
    expect([9, 10, 11, 12, 17, 18, 20, 22].map((index) => log.termAt(index))).toEqual([
      -1, 1, 1, 3, 3, 4, 4, 6,
    ]);
  });

  test('has nothing in memory of what stays in storage, and counts it among its own', () => {
    const log = new RaftLog({
      snapshot: { index: 20, term: 4, configuration: emptyConfiguration },
      stored: { last: 30, terms: [{ firstIndex: 25, term: 6 }], configurations: [] },
      entries: [],
      maxLogBytes: MAX_BYTES,
    });
    expect([log.first, log.last, log.persisted, log.applied]).toEqual([31, 30, 30, 20]);
    expect([20, 21, 24, 25, 30].map((index) => log.termAt(index))).toEqual([4, 4, 4, 6, 6]);
    log.append(entry(31, 6));
    log.commitTo(23);
    log.appliedTo(23);
    expect([log.first, log.bytesBetween(21, 31)]).toEqual([31, entryBytes(entry(31, 6))]);
    log.truncateFrom(27);
    expect([log.first, log.last, log.persisted, log.termAt(26), log.termAt(27)]).toEqual([27, 26, 26, 6, -1]);
    for (let index = 27; index <= 60; index += 1) log.append(entry(index, 7));
    log.handed = 60;
    log.persistedToHanded();
    log.commitTo(60);
    log.appliedTo(60);
    expect(log.first).toBeGreaterThan(50);
    expect(log.entry(60).index).toBe(60);
  });

  test('refuses pieces that do not join', () => {
    const snapshot = { index: 20, term: 4, configuration: emptyConfiguration };
    const gap = expect.objectContaining({ code: 'recovered-log-gap' });
    const open = (entries: Entry[], olderTerms?: TermRun[], stored?: StoredEntries) => () => {
      const older = olderTerms === undefined ? {} : { olderTerms };
      return new RaftLog({
        snapshot,
        entries,
        ...older,
        ...(stored === undefined ? {} : { stored }),
        maxLogBytes: MAX_BYTES,
      });
    };
    const configurations: Entry[] = [];
    expect(open([entry(22, 4)])).toThrow(gap);
    expect(open([entry(21, 3)])).toThrow(gap);
    expect(open([], [{ firstIndex: 21, term: 4 }])).toThrow(gap);
    expect(open([], [{ firstIndex: 10, term: 3 }])).toThrow(gap);
    expect(open([], undefined, { last: 19, terms: [], configurations })).toThrow(gap);
    for (const run of [
      { firstIndex: 20, term: 5 },
      { firstIndex: 26, term: 5 },
      { firstIndex: 22, term: 3 },
    ])
      expect(open([], undefined, { last: 25, terms: [run], configurations })).toThrow(gap);
    expect(open([entry(25, 5)], undefined, { last: 25, terms: [], configurations })).toThrow(gap);
  });
});
