import { describe, expect, test } from 'vitest';
import { type Entry, emptyConfiguration } from '../../src/index.ts';
import { entryBytes, RaftLog } from '../../src/log.ts';
import { Random } from '../simulation/random.ts';

const MAX_BYTES = 500;

function entry(index: number, term: number, bytes = 10): Entry {
  return { index, term, kind: 0, data: new Uint8Array(bytes) };
}

function logAfter(index: number, term: number): RaftLog {
  return new RaftLog({ index, term, configuration: emptyConfiguration }, [], undefined, MAX_BYTES);
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
    const log = new RaftLog(snapshot, [entry(21, 4), entry(22, 6)], olderTerms, MAX_BYTES);
    expect([log.base, log.first, log.last]).toEqual([10, 21, 22]);
    expect([9, 10, 11, 12, 17, 18, 20, 22].map((index) => log.termAt(index))).toEqual([
      -1, 1, 1, 3, 3, 4, 4, 6,
    ]);
  });

  test('refuses pieces that do not join', () => {
    const snapshot = { index: 20, term: 4, configuration: emptyConfiguration };
    const gap = expect.objectContaining({ code: 'recovered-log-gap' });
    const open = (entries: Entry[], olderTerms?: { firstIndex: number; term: number }[]) => () =>
      new RaftLog(snapshot, entries, olderTerms, MAX_BYTES);
    expect(open([entry(22, 4)])).toThrow(gap);
    expect(open([entry(21, 3)])).toThrow(gap);
    expect(open([], [{ firstIndex: 21, term: 4 }])).toThrow(gap);
    expect(open([], [{ firstIndex: 10, term: 3 }])).toThrow(gap);
  });
});
