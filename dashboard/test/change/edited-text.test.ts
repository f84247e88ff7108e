import { expect, test } from 'vitest';
import { editable, written } from '../../change/edited-text.js';

test.each(['', 'a', 'a\nb\n', 'a\r\nb\r\n', '\n', 'tab\tand ü €'])('%j is written as it was read', (text) => {
  const edited = editable(text);
  expect(edited?.text).not.toContain('\r');
  expect(edited && written(edited)).toBe(text);
});

test('what was written with both kinds of line ends, or with what a text area drops, is not edited', () => {
  expect(['a\r\nb\n', 'a\rb', 'a\0b'].map(editable)).toEqual([undefined, undefined, undefined]);
});

test('a line that is added ends as the others do', () => {
  expect(written({ text: 'a\nb\nc\n', lineEnd: '\r\n' })).toBe('a\r\nb\r\nc\r\n');
});
