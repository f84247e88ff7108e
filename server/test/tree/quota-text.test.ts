import { encodeUtf8 } from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import { emptyQuotaText, readQuotaText, writeQuotaText } from '../../src/tree/quota-text.ts';

function read(text: string) {
  const bytes = encodeUtf8(`<${text}>`);
  const into = emptyQuotaText();
  return readQuotaText(bytes, 1, bytes.length - 1, into, true) ? into : undefined;
}

/** What becomes of a text that is read and written; undefined where it cannot be read. */
function again(text: string): string | undefined {
  const into = read(text);
  return into && writeQuotaText(into.count, into.bytes, into.others);
}

describe('the text of a quota', () => {
  // Each line is what StatsTrack of Apache ZooKeeper 3.9.5 made of it.
  test.each([
    ['', 'count=-1,bytes=-1'],
    ['count=4,bytes=5', 'count=4,bytes=5'],
    ['bytes=5,count=4', 'count=4,bytes=5'],
    ['count=4', 'count=4,bytes=-1'],
    ['bytes=5=', 'count=-1,bytes=5'],
    [
      'count=4,bytes=5=;byteHardLimit=6;countHardLimit=7',
      'count=4,bytes=5=;byteHardLimit=6;countHardLimit=7',
    ],
    ['countHardLimit=7;byteHardLimit=6', 'count=-1,bytes=-1=;byteHardLimit=6;countHardLimit=7'],
    ['count=1,count=2', 'count=2,bytes=-1'],
    ['count=1,bytes=2,zebra=3,Ant=4,ant=5', 'count=1,bytes=2=;Ant=4;ant=5;zebra=3'],
    [';;count=1', undefined],
    ['count=1,;,;bytes=2,,;', 'count=1,bytes=2'],
    [',', 'count=-1,bytes=-1'],
    [';,;', 'count=-1,bytes=-1'],
    ['count=+7,bytes=-0', 'count=7,bytes=0'],
    ['count=007,bytes=-2', 'count=7,bytes=-2'],
    ['count==5', 'count=-1,bytes=-1'],
    ['count=5=6', 'count=5,bytes=-1'],
    ['count=5==', 'count=5,bytes=-1'],
    ['count=', undefined],
    ['count==', undefined],
    ['count', undefined],
    ['=', undefined],
    ['=5', 'count=-1,bytes=-1=;=5'],
    ['==5', 'count=-1,bytes=-1=;=-1'],
    ['count= 5', undefined],
    ['count=5 ', undefined],
    ['count=5\n', undefined],
    [' count=5', 'count=-1,bytes=-1=; count=5'],
    ['count=1.5', undefined],
    ['count=0x1', undefined],
    ['count=-', undefined],
    ['count=+', undefined],
    ['count=--5', undefined],
    ['count=9223372036854775808', undefined],
    ['count=-9223372036854775809', undefined],
    [
      'a=9223372036854775807,b=-9223372036854775808',
      'count=-1,bytes=-1=;a=9223372036854775807;b=-9223372036854775808',
    ],
    ['a=00000000000000000000000000000000000000001', 'count=-1,bytes=-1=;a=1'],
    ['café=1', 'count=-1,bytes=-1=;café=1'],
    ['garbage', undefined],
    ['count=1,garbage', undefined],
  ])('%j becomes %j', (text, expected) => {
    expect(again(text)).toBe(expected);
  });

  test('says what the limits are', () => {
    expect(read('count=4,bytes=5=;byteHardLimit=6;countHardLimit=7')).toMatchObject({
      count: 4,
      bytes: 5,
      byteHardLimit: 6,
      countHardLimit: 7,
    });
    expect(read('bytes=5')).toMatchObject({ count: -1, byteHardLimit: -1, countHardLimit: -1 });
  });

  test('is not read where it is long: whoever counts reads it with each write', () => {
    const texts = (length: number): string => `count=1,${'x'.repeat(length)}=1`;
    expect(again(texts(4_000))).toBeDefined();
    expect(again(texts(5_000))).toBeUndefined();
  });

  test('once written is read as the same', () => {
    for (const text of ['', 'count==5,a==1,b==2', '=5', 'count=4,bytes=5=;byteHardLimit=6'])
      expect(again(again(text)!)).toBe(again(text));
  });
});
