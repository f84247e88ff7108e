import { describe, expect, test } from 'vitest';
import { type Bounds, boundsOf } from '../../src/bounds/bounds.ts';
import {
  DEFAULT_FRAME_BYTES,
  DEFAULT_LIMITS,
  MAX_FRAME_BYTES,
  MIN_FRAME_BYTES,
  PEER_ANSWER_MS,
  PEER_GREETING_MS,
} from '../../src/bounds/limits.ts';
import { brokenRelations, checkBounds, least, RELATIONS, type Sides } from '../../src/bounds/relations.ts';

const boundsWith = (maxFrameBytes: number): Bounds => boundsOf({ client: { maxFrameBytes } });
const sound: Sides = { ...boundsWith(DEFAULT_FRAME_BYTES), ...DEFAULT_LIMITS };

const problemsOf = (sides: Sides): string[] => brokenRelations(sides, sides).map(({ problem }) => problem);

describe('the bounds', () => {
  test('agree for every jute.maxbuffer that is allowed', () => {
    const sizes = [MIN_FRAME_BYTES, DEFAULT_FRAME_BYTES, 4 * 1024 * 1024, 50_000_000, MAX_FRAME_BYTES];
    for (const maxFrameBytes of sizes)
      expect(brokenRelations(boundsWith(maxFrameBytes), DEFAULT_LIMITS)).toEqual([]);
  });

  test('of who is made to wait leave a member that is slowed the time to be let in', () => {
    const { proofDelayMs } = boundsWith(DEFAULT_FRAME_BYTES);
    // As much again for all else.
    expect(PEER_ANSWER_MS).toBeGreaterThanOrEqual(2 * proofDelayMs);
    expect(PEER_GREETING_MS).toBeGreaterThan(PEER_ANSWER_MS);
  });

  test('of the window fit together: a page of sessions into a question and its answer, and all who look into what a member answers', () => {
    const { askedBytes, toldBytes, toldWindowBytes, windowPageSessions, windowRequests } =
      boundsWith(DEFAULT_FRAME_BYTES);
    const id = Number.MAX_SAFE_INTEGER;
    const connection = {
      address: `[${'ffff:'.repeat(7)}ffff]:65535`,
      isSecure: false,
      connectedAtMs: 1_795_000_000_000,
      watches: 16_000_000,
    };
    const row = JSON.stringify({ id, connection, remainingMs: 2_147_483_647 });
    expect(windowPageSessions * `${id},`.length + 100).toBeLessThanOrEqual(askedBytes);
    expect(windowPageSessions * `${row},`.length + 256).toBeLessThanOrEqual(toldBytes);
    // One more for the round that all who look share.
    expect(windowRequests + 1).toBeLessThanOrEqual(Math.floor(toldWindowBytes / toldBytes));
  });

  test('between members are the same whatever one of them has configured', () => {
    expect(boundsWith(MIN_FRAME_BYTES).peerFrameBytes).toBe(boundsWith(MAX_FRAME_BYTES).peerFrameBytes);
  });

  test.each(RELATIONS.map((relation) => [...relation.atLeast, relation] as const))(
    'refuse a start where %s is too small for %s, and name both',
    (larger, smaller, relation) => {
      const needed = least(relation, sound);
      const broken = { ...sound, [larger]: needed - 1 };
      const of = (problem: string): boolean =>
        problem.includes(`must be at least `) &&
        problem.includes(` (${sound[smaller]})`) &&
        problem.endsWith(`: ${relation.because}`);
      const line = brokenRelations(broken, broken).find(({ problem }) => of(problem));
      // A setting that is too small is named by who tells of it; all else by the line itself.
      expect(`${line?.setting ?? ''} ${line?.problem}`).toContain(
        line?.setting?.endsWith(larger) ? larger : `${larger} (${needed - 1})`,
      );
      expect(() => checkBounds(broken, broken)).toThrow(line!.problem);
      const enough = { ...sound, [larger]: needed };
      expect(problemsOf(enough).filter(of)).toEqual([]);
    },
  );
});
