import { describe, expect, test } from 'vitest';
import { counterNotes } from '../../src/copying/told.ts';

describe('sequence counters', () => {
  test('are told one by one, the first ten of them', () => {
    expect(counterNotes({ count: 0, first: [] })).toEqual([]);
    expect(counterNotes({ count: 1, first: [{ path: '/', was: 9, is: 2 }] })[1]).toBe('  /: was 9, is 2');
    const first = Array.from({ length: 100 }, (_, i) => ({ path: `/${i}`, was: 1, is: 0 }));
    const notes = counterNotes({ count: 150, first });
    expect([notes.length, notes.at(-1)]).toEqual([12, '  and 140 more']);
  });
});
