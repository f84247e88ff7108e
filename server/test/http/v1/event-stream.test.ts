import { type Change, CoordinationError } from '@rookery/client';
import { describe, expect, test } from 'vitest';
import { ChangeTaker } from '../../../src/http/v1/change-taker.ts';
import { eventStream } from '../../../src/http/v1/event-stream.ts';

/** Changes that are handed out one by one, as they come. */
class Source implements AsyncIterator<Change> {
  readonly #changes: Change[] = [];
  #waiting: PromiseWithResolvers<IteratorResult<Change>> | undefined;
  /** How often it was asked, and not answered. */
  open = 0;

  next(): Promise<IteratorResult<Change>> {
    this.open++;
    this.#waiting = Promise.withResolvers();
    this.#hand();
    return this.#waiting!.promise;
  }

  come(...zxids: number[]): void {
    for (const zxid of zxids) this.#changes.push({ type: 'changed', path: '/n', zxid });
    this.#hand();
  }

  fail(error: Error): void {
    this.#waiting!.reject(error);
  }

  end(): void {
    this.#waiting!.resolve({ done: true, value: undefined });
  }

  #hand(): void {
    if (this.#waiting === undefined || this.#changes.length === 0) return;
    this.open--;
    this.#waiting.resolve({ done: false, value: this.#changes.shift()! });
  }
}

interface Streamed {
  readonly source: Source;
  readonly stream: AsyncGenerator<string, void>;
}

async function begin(wholeUpTo: (source: Source) => number, heartbeatMs = 60_000): Promise<Streamed> {
  const source = new Source();
  const stream = eventStream({
    first: 'first',
    taker: new ChangeTaker(source),
    heartbeatMs,
    wholeUpTo: async () => wholeUpTo(source),
  });
  expect(await stream.next()).toEqual({ done: false, value: 'first' });
  return { source, stream };
}

/** The ids of a piece, one for each of its events. */
async function ids({ stream }: Streamed): Promise<(number | undefined)[]> {
  const { value } = await stream.next();
  const blocks = (value ?? '').split('\n\n').slice(0, -1);
  return blocks.map((block) => {
    const id = /^id: (\d+)$/m.exec(block)?.[1];
    return id === undefined ? undefined : Number(id);
  });
}

describe('the text of a watch', () => {
  test('gives each write its id with the last of its changes', async () => {
    const streamed = await begin(() => 9);
    streamed.source.come(5, 5, 6, 9, 9);
    expect(await ids(streamed)).toEqual([undefined, 5, 6, undefined, 9]);
  });

  test('waits for the rest of a write that has come in part', async () => {
    const streamed = await begin((source) => {
      source.come(5, 5);
      return 5;
    });
    streamed.source.come(5);
    expect(await ids(streamed)).toEqual([undefined, undefined, 5]);
  });

  test('gives no id of a write of which more may come', async () => {
    const streamed = await begin((source) => {
      // The next write has begun behind the answer.
      source.come(6);
      return 5;
    });
    streamed.source.come(5);
    expect(await ids(streamed)).toEqual([5, undefined]);
    const unknown = await begin(() => 0);
    unknown.source.come(5);
    expect(await ids(unknown)).toEqual([undefined]);
    const many = await begin(() => 7);
    many.source.come(...new Array<number>(300).fill(7));
    expect((await ids(many)).filter((id) => id !== undefined)).toEqual([]);
    expect((await ids(many)).at(-1)).toBe(7);
  });

  test('asks its source once, however long nothing comes', async () => {
    const streamed = await begin(() => 9, 1);
    for (let beat = 0; beat < 20; beat++)
      expect(await streamed.stream.next()).toEqual({ done: false, value: ': \n\n' });
    expect(streamed.source.open).toBe(1);
    streamed.source.come(9);
    expect(await ids(streamed)).toEqual([9]);
  });

  test('says why it ends', async () => {
    const over = await begin(() => 9);
    const next = over.stream.next();
    await new Promise((resolve) => setImmediate(resolve));
    over.source.end();
    expect((await next).value).toContain('event: closed\ndata: {"code":"CLOSED"');
    expect(await over.stream.next()).toEqual({ done: true, value: undefined });
    const failed = await begin(() => 9);
    const last = failed.stream.next();
    await new Promise((resolve) => setImmediate(resolve));
    failed.source.fail(new CoordinationError('AUTH_FAILED', 'no', { operation: 'watch', retry: 'no' }));
    expect((await last).value).toContain('event: closed\ndata: {"code":"AUTH_FAILED"');
    expect(await failed.stream.next()).toEqual({ done: true, value: undefined });
  });
});
