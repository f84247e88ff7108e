import { describe, expect, it } from 'vitest';
import { type Bounds, boundsOf } from '../../src/bounds/bounds.ts';
import { DEFAULT_FRAME_BYTES, MAX_FRAME_BYTES, MIN_FRAME_BYTES } from '../../src/bounds/limits.ts';
import { brokenRelations, checkBounds, least, RELATIONS } from '../../src/bounds/relations.ts';

const boundsWith = (maxFrameBytes: number): Bounds => boundsOf({ client: { maxFrameBytes } });

describe('the bounds', () => {
  it('agree for every jute.maxbuffer that is allowed', () => {
    const sizes = [MIN_FRAME_BYTES, DEFAULT_FRAME_BYTES, 4 * 1024 * 1024, 50_000_000, MAX_FRAME_BYTES];
    for (const maxFrameBytes of sizes) expect(brokenRelations(boundsWith(maxFrameBytes))).toEqual([]);
  });

  it('between members are the same whatever one of them has configured', () => {
    expect(boundsWith(MIN_FRAME_BYTES).peerFrameBytes).toBe(boundsWith(MAX_FRAME_BYTES).peerFrameBytes);
  });

  it.each(RELATIONS.map((relation) => [...relation.atLeast, relation] as const))(
    'refuse a start where %s is too small for %s, and name both',
    (larger, smaller, relation) => {
      const sound = boundsWith(DEFAULT_FRAME_BYTES);
      const broken = { ...sound, [larger]: least(relation, sound) - 1 };
      const both = `${larger} (${broken[larger]}) must be at least ${smaller} (${sound[smaller]})`;
      const line = brokenRelations(broken).find(
        (text) => text.startsWith(both) && text.endsWith(`: ${relation.because}`),
      );
      expect(line).toBeDefined();
      expect(() => checkBounds(broken)).toThrow(line!);
      const enough = { ...sound, [larger]: least(relation, sound) };
      expect(
        brokenRelations(enough).filter((text) => text.includes(`${smaller} (${sound[smaller]})`)),
      ).not.toContain(line);
    },
  );
});
