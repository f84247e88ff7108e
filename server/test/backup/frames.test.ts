import { describe, expect, test } from 'vitest';
import { ArchiveKey } from '../../src/backup/archive-key.ts';
import { decrypted, encrypted } from '../../src/backup/frames.ts';
import { bytesOf, inPieces } from './sent-backup.ts';

const FRAME_BYTES = 256 * 1024;
const KEY = new ArchiveKey(new Uint8Array(32).fill(7));
const OTHER = new ArchiveKey(new Uint8Array(32).fill(8));

function seal(bytes: Uint8Array, name = 'part', piece = 1_000): Promise<Buffer> {
  return bytesOf(encrypted(KEY, name, inPieces(bytes, piece)));
}

function open(bytes: Uint8Array, name = 'part', key = KEY, piece = 999): Promise<Buffer> {
  return bytesOf(decrypted(key, name, inPieces(bytes, piece)));
}

const some = (length: number): Buffer => Buffer.alloc(length).fill('text');

describe('an encrypted part', () => {
  test.each([0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES])(
    'of %i bytes is read back, and nothing of it stands in it in the clear',
    async (length) => {
      const bytes = some(length);
      const sealed = await seal(bytes, 'part', 70_001);
      expect((await open(sealed, 'part', KEY, 65_537)).equals(bytes)).toBe(true);
      expect(sealed.includes('texttext')).toBe(false);
    },
  );

  test('is another one each time, so that no nonce meets a key twice', async () => {
    const [one, two] = [await seal(some(100)), await seal(some(100))];
    expect(one.subarray(8, 40)).not.toEqual(two.subarray(8, 40));
    expect(one.subarray(44)).not.toEqual(two.subarray(44));
  });

  test('of which any byte was changed, or that was cut off anywhere, is found out', async () => {
    const sealed = await seal(some(300));
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1 << (at % 8);
      await expect(open(changed), `byte ${at}`).rejects.toMatchObject({ code: 'damaged' });
      await expect(open(sealed.subarray(0, at)), `${at} bytes`).rejects.toMatchObject({ code: 'damaged' });
    }
    await expect(open(Buffer.concat([sealed, Buffer.from('x')]))).rejects.toThrow(/follows the end/);
  });

  test('whose frames were left out, repeated or put in another order is found out', async () => {
    const sealed = await seal(some(3 * FRAME_BYTES), 'part', FRAME_BYTES);
    const frame = FRAME_BYTES + 20;
    const pieces = [sealed.subarray(0, 40)];
    for (let at = 40; at < sealed.length; at += frame) pieces.push(sealed.subarray(at, at + frame));
    const [head, a, b, c, end] = pieces as [Buffer, Buffer, Buffer, Buffer, Buffer];
    expect(pieces).toHaveLength(5);
    for (const order of [
      [head, a, b, end],
      [head, b, a, c, end],
      [head, a, a, b, c, end],
      [head, end],
    ])
      await expect(open(Buffer.concat(order), 'part', KEY, 100_000)).rejects.toMatchObject({
        code: 'damaged',
      });
  });

  test('is not read with another key, nor under the name of another part', async () => {
    const sealed = await seal(some(300));
    await expect(open(sealed, 'part', OTHER)).rejects.toMatchObject({ code: 'damaged' });
    await expect(open(sealed, 'another')).rejects.toMatchObject({ code: 'damaged' });
  });
});
