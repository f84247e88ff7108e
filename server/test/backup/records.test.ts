import { describe, expect, test } from 'vitest';
import { BackupRecord, type RawRecord, readRecords } from '../../src/backup-format/records.ts';
import { bytesOf, inPieces, SentBackups } from './sent-backup.ts';

async function recordsOf(source: AsyncIterable<Uint8Array>): Promise<RawRecord[]> {
  const records: RawRecord[] = [];
  for await (const { type, payload } of readRecords(source))
    records.push({ type, payload: Uint8Array.from(payload) });
  return records;
}

async function sent(): Promise<Buffer> {
  const member = new SentBackups(3);
  const snapshot = member.snapshot();
  member.more(3);
  return await bytesOf(member.stream(snapshot.meta.index, snapshot));
}

describe('the stream of a backup', () => {
  test('reads the same however it is cut into pieces', async () => {
    const bytes = await sent();
    const whole = await recordsOf(inPieces(bytes, bytes.length));
    expect(whole.at(0)?.type).toBe(BackupRecord.origin);
    expect(whole.at(-1)?.type).toBe(BackupRecord.end);
    for (const size of [1, 7, 64, 1_000]) expect(await recordsOf(inPieces(bytes, size))).toEqual(whole);
  });

  test('that was cut off anywhere is found out', async () => {
    const bytes = await sent();
    for (let length = 0; length < bytes.length; length++)
      await expect(
        recordsOf(inPieces(bytes.subarray(0, length), 512)),
        `${length} bytes`,
      ).rejects.toMatchObject({
        code: 'damaged',
      });
  });

  test('of which any byte was changed is found out', async () => {
    const bytes = await sent();
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      await expect(recordsOf(inPieces(changed, 512)), `byte ${at}`).rejects.toMatchObject({
        code: 'damaged',
      });
    }
  });

  test('behind whose end something follows is found out', async () => {
    const bytes = await sent();
    const longer = Buffer.concat([bytes, Buffer.from([0])]);
    for (const size of [1, bytes.length, longer.length])
      await expect(recordsOf(inPieces(longer, size))).rejects.toThrow(/follows the end/);
  });
});
