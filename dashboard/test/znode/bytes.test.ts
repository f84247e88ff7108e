import { describe, expect, test } from 'vitest';
import { Random } from '../../../testkit/src/random.ts';
import { base64Of, bytesOf, hexRow, hexRowCount, piecesOf, textOf, utf8Of } from '../../znode/bytes.js';

describe('a value', () => {
  test.each([0, 1, 2, 3, 255, 0x8000, 0x8001, 1 << 20])(
    'of %i bytes goes to base64 and comes back',
    (length) => {
      const bytes = new Random(length).bytes(length);
      expect(base64Of(bytes)).toBe(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')));
      const back = bytesOf(base64Of(bytes));
      expect([back.length, back.every((byte, at) => byte === bytes[at])]).toEqual([length, true]);
    },
  );

  test('is text where it is UTF-8, a byte order mark included', () => {
    expect(textOf(utf8Of('\ufeffü€'))).toBe('\ufeffü€');
    expect(textOf(Uint8Array.of(0xff, 0))).toBeUndefined();
  });
});

describe('a hex dump', () => {
  test('has the offset, the bytes with a gap in the middle, and the characters', () => {
    const bytes = utf8Of('Hello, ZooKeeper \u0000ü');
    expect(hexRow(bytes, 0, 16)).toEqual({
      offset: '00000000',
      hex: '48 65 6c 6c 6f 2c 20 5a  6f 6f 4b 65 65 70 65 72',
      text: 'Hello, ZooKeeper',
    });
    expect(hexRow(bytes, 1, 16)).toEqual({ offset: '00000010', hex: '20 00 c3 bc', text: ' ...' });
  });

  test('has a row for each begun sixteen bytes, and all bytes once', () => {
    expect([0, 1, 16, 17, 1 << 20].map((length) => hexRowCount(length, 16))).toEqual([0, 1, 1, 2, 65_536]);
    const bytes = new Random(7).bytes(1000);
    for (const width of [8, 16]) {
      const rows = Array.from(
        { length: hexRowCount(1000, width) },
        (_, row) => hexRow(bytes, row, width).hex,
      );
      expect(rows.join(' ').replaceAll(' ', '')).toBe(
        Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''),
      );
    }
  });
});

describe('a text in pieces', () => {
  test('is the text again, with a line feed where it was parted at one, and no piece is longer than it may be', () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = new Random(seed);
      const text = Array.from({ length: random.below(200) }, () =>
        random.pick(['a', '\n', '😀', 'bcd']),
      ).join('');
      const most = random.between(2, 20);
      const pieces = piecesOf(text, most);
      expect(
        pieces.every((piece) => piece.length <= most),
        `seed ${seed}`,
      ).toBe(true);
      expect(
        pieces.every((piece) => piece.isWellFormed()),
        `seed ${seed}`,
      ).toBe(true);
      expect(pieces.join('').replaceAll('\n', ''), `seed ${seed}`).toBe(text.replaceAll('\n', ''));
      let at = 0;
      for (const [number, piece] of pieces.entries()) {
        expect(text.startsWith(piece, at), `seed ${seed}`).toBe(true);
        at += piece.length;
        if (number < pieces.length - 1 && text[at] === '\n') at++;
      }
      expect(at, `seed ${seed}`).toBe(text.length);
    }
  });
});
