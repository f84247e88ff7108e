import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refused } from '../../shell/feed.js';
import type { Shell } from '../../shell/shell.js';
import type { ServerEvent } from '../../shell/streams.js';
import { type Change, follow } from '../../znode/follow.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const event = (name: string, data: object, id = ''): ServerEvent => ({
  event: name,
  data: JSON.stringify(data),
  id,
});
const changed = (zxid: number): ServerEvent => event('changed', { path: '/a', zxid }, String(zxid));

/** Each question is answered by the next of these: events, after which the stream ends or fails. */
function member(...answers: readonly (readonly ServerEvent[] | Error)[]) {
  const asked: { readonly address: string; readonly lastEventId: string | undefined }[] = [];
  const streamEvents = async function* (address: string, { headers }: { headers: Record<string, string> }) {
    const answer = answers[asked.length];
    asked.push({ address, lastEventId: headers['last-event-id'] });
    if (answer instanceof Error || answer === undefined) throw answer ?? new TypeError('fetch failed');
    yield* answer;
  };
  return { asked, shell: { streamEvents } as unknown as Shell };
}

function followed(shell: Shell, isRecursive = false) {
  const ending = new AbortController();
  const changes: Change[] = [];
  const states: string[] = [];
  const over = follow(shell, '/a', {
    isRecursive,
    signal: ending.signal,
    onChange: (change) => changes.push(change),
    onState: (state, why) => states.push(why === '' ? state : `${state}: ${why}`),
  });
  return { ending, changes, states, over };
}

test('what happens is told, and the watch is taken up again from the last that was heard', async () => {
  const { asked, shell } = member([event('start', { path: '/a', zxid: 3 }, '3'), changed(4)], [changed(7)]);
  const { ending, changes, over } = followed(shell, true);
  await vi.advanceTimersByTimeAsync(2000);
  expect(changes.map(({ what, zxid }) => [what, zxid])).toEqual([
    ['start', 3],
    ['changed', 4],
    ['changed', 7],
  ]);
  expect(asked).toEqual([
    { address: '/window/v1/watch/a?recursive', lastEventId: undefined },
    { address: '/window/v1/watch/a?recursive', lastEventId: '4' },
  ]);
  ending.abort();
  await over;
});

test('a member that does not answer is asked less and less often, and as at first once it answers', async () => {
  const gone = new TypeError('fetch failed');
  const { asked, shell } = member(gone, gone, gone, [changed(4)], gone);
  const { ending, states, over } = followed(shell);
  await vi.advanceTimersByTimeAsync(2000 + 4000);
  expect(asked).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(7999);
  expect(asked).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(1);
  expect([asked.length, states.at(-2), states.at(-1)]).toEqual([
    4,
    'watching',
    'broken off: The member ended the watch.',
  ]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(asked).toHaveLength(5);
  ending.abort();
  await over;
});

test('one that is refused is not asked again, one that was refused for too many is', async () => {
  const many = new Refused('TOO_MANY_PENDING', 'too many watches', '', 429);
  const refused = new Refused('NO_AUTH', 'the access list does not allow it', '', 403);
  const { asked, shell } = member(many, refused);
  const { states, over } = followed(shell);
  await vi.advanceTimersByTimeAsync(60_000);
  await over;
  expect([asked.length, states]).toEqual([
    2,
    ['broken off: too many watches.', 'refused: the access list does not allow it.'],
  ]);
});

test('why the member ended it is said', async () => {
  const { shell } = member([event('closed', { code: 'SESSION_LOST', message: 'the session is lost' })]);
  const { ending, states, over } = followed(shell);
  await vi.advanceTimersByTimeAsync(0);
  expect(states).toEqual(['broken off: the session is lost.']);
  ending.abort();
  await over;
});
