import { describe, expect, test } from 'vitest';
import { eventParser, lineSplitter } from '../../shell/streams.js';

/** All that comes, however it is cut. */
function cuts(text: string): readonly string[][] {
  return [[text], [...text], text.match(/.{1,3}/gs) ?? []];
}

describe('lines', () => {
  test('come whole however the text is cut', () => {
    for (const parts of cuts('{"a":1}\r\n\n{"b":2}\nrest')) {
      const split = lineSplitter();
      expect(parts.flatMap((part) => split(part))).toEqual(['{"a":1}', '', '{"b":2}']);
    }
  });

  test('that do not end are given up', () => {
    const split = lineSplitter(10);
    split('12345');
    expect(() => split('678901')).toThrow('more than 10 characters');
  });
});

describe('server-sent events', () => {
  const eventsOf = (text: string, most?: number) => {
    const split = lineSplitter();
    const parse = eventParser(most);
    return split(text).flatMap((line) => parse(line) ?? []);
  };

  test('have names, data of several lines, and the last id that came', () => {
    expect(eventsOf(': hello\n\nevent: set\nid: 7\ndata: {"a":\ndata:1}\n\ndata: x\n\nevent: y\n\n')).toEqual(
      [
        { event: 'set', data: '{"a":\n1}', id: '7' },
        { event: 'message', data: 'x', id: '7' },
      ],
    );
  });

  test('that do not end are given up', () => {
    expect(() => eventsOf(`${'data: 12345\n'.repeat(3)}\n`, 10)).toThrow('more than 10 characters');
  });
});
