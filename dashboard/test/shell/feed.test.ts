import { describe, expect, test } from 'vitest';
import { createFeed, explained, Refused } from '../../shell/feed.js';

interface Asked {
  readonly path: string;
  readonly init: RequestInit;
  readonly headers: Readonly<Record<string, string>>;
}

function feedOf(
  answer: (asked: Asked) => Response | Promise<Response>,
  { token, user }: { token?: string; user?: string } = {},
) {
  const asked: Asked[] = [];
  const problems: (string | undefined)[] = [];
  const tokens: boolean[] = [];
  const kept = new Map<string, string>(token === undefined ? [] : [['rookery.token', token]]);
  const feed = createFeed({
    fetch: (path, init = {}) => {
      const one = { path: String(path), init, headers: init.headers as Record<string, string> };
      asked.push(one);
      return Promise.resolve(answer(one));
    },
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => kept.set(key, value),
      removeItem: (key) => kept.delete(key),
    },
    identity: () => user,
    onAnswer: (problem) => problems.push(problem),
    askToken: async (wasWrong) => {
      tokens.push(wasWrong);
      return 'right';
    },
  });
  return { feed, asked, problems, tokens, kept };
}

const UNAUTHORIZED = { code: 'unauthorized', message: 'no', help: 'send it' };

function guarded({ headers }: Asked): Response {
  return headers.authorization === 'Bearer right'
    ? Response.json({ fine: true })
    : Response.json(UNAUTHORIZED, { status: 401 });
}

async function all<T>(lines: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const line of lines) seen.push(line);
  return seen;
}

describe('a question', () => {
  test('is JSON, with the token and, below /window alone, the identity', async () => {
    const { feed, asked } = feedOf(() => Response.json({ a: 1 }), { token: 't', user: 'Basic x' });
    expect(
      await feed.call('/window/v1/nodes/a', {
        method: 'PUT',
        body: { b: 2 },
        headers: { 'if-match': '"1"' },
      }),
    ).toEqual({ a: 1 });
    expect(asked[0]?.headers).toEqual({
      authorization: 'Bearer t',
      'rookery-identity': 'Basic x',
      'content-type': 'application/json',
      'if-match': '"1"',
    });
    expect(asked[0]?.init.body).toBe('{"b":2}');
    await feed.call('/admin/members');
    expect(asked[1]?.headers).toEqual({ authorization: 'Bearer t' });
  });

  test('with bytes or a text sends them as they are', async () => {
    const { feed, asked } = feedOf(() => new Response(null, { status: 204 }));
    expect(await feed.call('/window/v1/nodes/a', { method: 'PUT', body: 'plain' })).toBeUndefined();
    expect(asked[0]?.init.body).toBe('plain');
    expect(asked[0]?.headers).toEqual({});
  });

  test('that is refused says why, and what to do', async () => {
    const { feed } = feedOf(() =>
      Response.json({ code: 'not-found', message: 'none', help: 'look' }, { status: 404 }),
    );
    const refusal = (await feed.call('/window/x').catch((error) => error)) as Refused;
    expect(refusal).toBeInstanceOf(Refused);
    expect([refusal.code, refusal.status, explained(refusal)]).toEqual(['not-found', 404, 'none (look).']);
  });

  test('that something else answers than the member is refused as well', async () => {
    const { feed } = feedOf(() => new Response('<html>', { status: 502 }));
    await expect(feed.call('/window/x')).rejects.toMatchObject({ code: 'http-502', status: 502 });
  });

  test('that nobody answers is told, unless it was given up', async () => {
    const { feed, problems } = feedOf(() => Promise.reject(new TypeError('failed')));
    await expect(feed.call('/window/x')).rejects.toThrow('failed');
    await expect(feed.call('/window/x', { signal: AbortSignal.abort() })).rejects.toThrow('failed');
    expect(problems).toEqual(['does not answer']);
  });
});

describe('the token', () => {
  test('is asked for once, however many questions need it, and each is asked again with it', async () => {
    const { feed, tokens, asked, kept } = feedOf(guarded);
    const answers = await Promise.all([feed.call('/window/self'), feed.call('/window/ensemble')]);
    expect(answers).toEqual([{ fine: true }, { fine: true }]);
    expect(tokens).toEqual([false]);
    expect(asked).toHaveLength(4);
    expect(kept.get('rookery.token')).toBe('right');
  });

  test('that is wrong is said to be wrong', async () => {
    const { feed, tokens } = feedOf(guarded, { token: 'wrong' });
    await feed.call('/window/self');
    expect(tokens).toEqual([true]);
  });
});

describe('a stream of lines', () => {
  const stream = (text: string) => feedOf(() => new Response(text)).feed.streamLines('/window/subtree/');

  test('gives each, up to the one that ends it', async () => {
    expect(await all(stream('{"looked":1}\n{"end":true,"nodes":2}\n'))).toEqual([
      { looked: 1 },
      { end: true, nodes: 2 },
    ]);
  });

  test('that tells of an error throws it', async () => {
    const text = '{"looked":1}\n{"error":{"code":"NO_AUTH","message":"may not be read"}}\n';
    await expect(all(stream(text))).rejects.toMatchObject({ code: 'NO_AUTH', message: 'may not be read' });
  });

  test('that breaks off is no end', async () => {
    await expect(all(stream('{"looked":1}\n'))).rejects.toMatchObject({ code: 'broken-off' });
  });

  test('that is looked at no further ends the work of the member', async () => {
    const ended = Promise.withResolvers<void>();
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('{"looked":1}\n')),
      cancel: () => ended.resolve(),
    });
    const { feed } = feedOf(() => new Response(body));
    for await (const line of feed.streamLines('/window/search/')) {
      expect(line).toEqual({ looked: 1 });
      break;
    }
    await ended.promise;
  });
});

test('a stream of events is one of its own', async () => {
  const { feed, asked } = feedOf(() => new Response('event: set\nid: 4\ndata: {}\n\n'));
  const headers = { 'last-event-id': '3' };
  expect(await all(feed.streamEvents('/window/v1/watch/a', { headers }))).toEqual([
    { event: 'set', data: '{}', id: '4' },
  ]);
  expect(asked[0]?.headers).toEqual({ accept: 'text/event-stream', 'last-event-id': '3' });
});
