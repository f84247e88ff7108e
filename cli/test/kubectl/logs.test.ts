import { describe, expect, test } from 'vitest';
import { linesOf } from '../../src/kubectl/lines.ts';
import { logJson, logLineOf, logText } from '../../src/kubectl/logs/log-line.ts';
import { isEarlier, type MergeSettings, merged, type Timed } from '../../src/kubectl/logs/merged.ts';
import { coloursOf } from '../../src/output/colours.ts';

/** A stream whose lines come when they are told to. */
class Told implements AsyncIterable<Timed> {
  readonly #lines: (Timed | Error | undefined)[] = [];
  #wake: () => void = () => {};
  taken = 0;

  say(...times: readonly string[]): void {
    for (const time of times) this.#lines.push({ time });
    this.#wake();
  }

  end(error?: Error): void {
    this.#lines.push(error);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Timed> {
    for (;;) {
      while (this.#lines.length === 0)
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      const line = this.#lines.shift();
      if (line === undefined) return;
      if (line instanceof Error) throw line;
      this.taken++;
      yield line;
    }
  }
}

const never: MergeSettings['after'] = () => ({ cancel: () => {} });
const toTheEnd: MergeSettings = { patienceMs: Number.POSITIVE_INFINITY, ahead: 4, after: never };

async function all(lines: AsyncIterable<Timed>): Promise<string[]> {
  const times: string[] = [];
  for await (const { time } of lines) times.push(time);
  return times;
}

describe('streams of lines, merged by time', () => {
  test('are one, in order, whoever comes first', async () => {
    const [a, b, c] = [new Told(), new Told(), new Told()];
    const times = all(merged([a, b, c], toTheEnd));
    b.say('2Z', '5Z');
    b.end();
    c.end();
    a.say('1Z', '3Z', '4Z', '6Z', '7Z', '8Z');
    a.end();
    expect(await times).toEqual(['1Z', '2Z', '3Z', '4Z', '5Z', '6Z', '7Z', '8Z']);
  });

  test('wait for one that is silent no longer than they are told to', async () => {
    const [a, b] = [new Told(), new Told()];
    const patience: (() => void)[] = [];
    let asked: () => void = () => {};
    const after: MergeSettings['after'] = (_delayMs, task) => {
      patience.push(task);
      asked();
      return { cancel: () => {} };
    };
    const lines = merged([a, b], { patienceMs: 500, ahead: 4, after });
    const first = lines.next();
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    a.say('2Z');
    await isAsked;
    patience.at(-1)!();
    expect((await first).value).toEqual({ time: '2Z' });
    a.say('4Z');
    b.say('3Z');
    expect((await lines.next()).value).toEqual({ time: '3Z' });
    await lines.return(undefined);
  });

  test('read no further ahead than they are told to', async () => {
    const [a, b] = [new Told(), new Told()];
    const lines = merged([a, b], toTheEnd);
    const first = lines.next();
    a.say(...Array.from({ length: 100 }, (_, i) => `2${String(i).padStart(3, '0')}Z`));
    b.say('1Z');
    await first;
    expect(a.taken).toBeLessThanOrEqual(toTheEnd.ahead);
    b.end();
    a.end();
    expect(await all(lines)).toHaveLength(100);
  });

  test('fail where one does', async () => {
    const [a, b] = [new Told(), new Told()];
    a.say('1Z');
    b.end(new Error('it broke off'));
    await expect(all(merged([a, b], toTheEnd))).rejects.toThrow('it broke off');
  });

  test('know which fraction of a second is earlier', () => {
    const times = ['00:00:00Z', '00:00:00.12Z', '00:00:00.123Z', '00:00:00.5Z', '00:00:01Z'];
    for (const [i, a] of times.entries())
      for (const [j, b] of times.entries()) expect(isEarlier(a, b), `${a} ${b}`).toBe(i < j);
  });
});

describe('lines of a stream', () => {
  async function lines(chunks: readonly string[], maxBytes = 100): Promise<string[]> {
    const found: string[] = [];
    async function* stream(): AsyncGenerator<Buffer> {
      for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
    }
    for await (const line of linesOf(stream(), maxBytes)) found.push(line);
    return found;
  }

  test('are whole, wherever the pieces end', async () => {
    expect(await lines(['a\nb', 'c\r\n', '\n', 'd'])).toEqual(['a', 'bc', '', 'd']);
    // A character of two bytes, in two pieces.
    expect(await lines(['\u00c3', '\u00bc\n'])).toEqual(['ü']);
  });

  test('are cut where they have no end', async () => {
    expect(await lines(['x'.repeat(60), 'x'.repeat(60), '\ny\n'], 100)).toEqual([
      `${'x'.repeat(100)} …`,
      'y',
    ]);
  });
});

describe('a line of a log', () => {
  const read = (printed: string) => logLineOf(2, 'demo-1', printed, '2026-01-01T00:00:00Z');
  const plain = coloursOf(false);

  test('has time, member, level and message before what else it says', () => {
    const printed = `2026-01-01T00:00:01.5Z ${JSON.stringify({ level: 'warn', time: 'T', member: 2, msg: 'slow', ms: 3, who: ['a'] })}`;
    expect(logText(read(printed), plain)).toBe('2026-01-01T00:00:01.500Z    2  warn   slow  ms=3 who=["a"]');
    expect(logJson(read(printed))).toMatchObject({ member: 2, pod: 'demo-1', line: { msg: 'slow' } });
  });

  test('is shown as it is where it is no JSON, and does nothing to a terminal', () => {
    expect(logText(read('2026-01-01T00:00:01Z \u001b[2Jout of memory'), plain)).toBe(
      '2026-01-01T00:00:01.000Z    2  \\x1b[2Jout of memory',
    );
    expect(logText(read('2026-01-01T00:00:01Z {"msg":"\\u001b[2J","level":"info"}'), plain)).toContain(
      '\\x1b[2J',
    );
    expect(logText(read('2026-01-01T00:00:01Z {"level":"info"}'), plain)).toContain('{"level":"info"}');
  });

  test("has the time of the line before it where it is kubectl's own", () => {
    expect(read('unable to retrieve container logs')).toMatchObject({
      time: '2026-01-01T00:00:00Z',
      text: 'unable to retrieve container logs',
    });
  });
});
