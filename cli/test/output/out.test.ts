import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Out } from '../../src/output/out.ts';
import { Progress } from '../../src/output/progress.ts';
import { tableHead, tableRow } from '../../src/output/table.ts';

describe('what goes to stdout', () => {
  test('waits for a slow reader, so that it does not gather', async () => {
    let most = 0;
    const stream: Writable = new Writable({
      highWaterMark: 1,
      write: (_chunk: Buffer, _encoding, done) => {
        most = Math.max(most, stream.writableLength);
        setImmediate(done);
      },
    });
    const out = new Out(stream, () => {});
    for (let line = 0; line < 20_000; line++) await out.line('0123456789');
    await out.flush();
    expect(most).toBeLessThan(40_000);
  });

  test.each([
    ['EPIPE', undefined],
    ['ENOSPC', 'ENOSPC'],
  ])('a reader that is gone by %s is told once, and nothing waits for it', async (code, told) => {
    const stream = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
    });
    const heard: (string | undefined)[] = [];
    const out = new Out(stream, (error) => heard.push(error?.message));
    await out.bytes(Buffer.from('x'));
    await new Promise((resolve) => setImmediate(resolve));
    await out.bytes(Buffer.from('y'));
    await out.line('z');
    await out.flush();
    expect(heard).toEqual([told]);
  });
});

describe('progress', () => {
  test('is one line, not more often than ten times a second, and goes before anything else', () => {
    let text = '';
    let now = 0;
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        text += chunk.toString();
        done();
      },
    });
    const progress = new Progress(stream, () => now);
    for (; now < 1_000; now += 10) progress.show(`at ${now}`);
    progress.clear();
    progress.clear();
    expect(text.match(/at \d+/g)).toHaveLength(10);
    expect(text.endsWith('\r\u001b[K')).toBe(true);
  });

  test('says nothing where there is no terminal', () => {
    const progress = new Progress(undefined, () => 0);
    progress.show('x');
    progress.clear();
  });
});

test('a table is set row by row', () => {
  const columns = [
    { title: 'N', width: 3, align: 'right' },
    { title: 'NAME', width: 5, align: 'left' },
    { title: 'LAST', width: 0, align: 'left' },
  ] as const;
  expect(tableHead(columns)).toBe('  N  NAME   LAST');
  expect(tableRow(columns, ['12', 'abc', 'x'])).toBe(' 12  abc    x');
  expect(tableRow(columns, ['1234', 'abcdef', ''])).toBe('1234  abcdef');
});
