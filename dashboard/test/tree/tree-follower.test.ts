import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refused } from '../../shell/feed.js';
import type { Shell } from '../../shell/shell.js';
import type { ServerEvent } from '../../shell/streams.js';
import { treeFollower } from '../../tree/tree-follower.js';
import type { Change } from '../../znode/follow.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A member whose watches tell what the test has them tell, for as long as they are not ended. */
function member(refused: readonly string[] = []) {
  const watched: string[] = [];
  const ended: string[] = [];
  let tell: (event: ServerEvent) => void = () => {};
  const streamEvents = async function* (address: string, { signal }: { signal: AbortSignal }) {
    const path = address.slice('/window/v1/watch'.length).replace('?recursive', '');
    watched.push(path);
    if (refused.includes(path)) throw new Refused('NO_AUTH', 'not allowed', '', 403);
    const queue: ServerEvent[] = [];
    let wake = () => {};
    tell = (event) => {
      queue.push(event);
      wake();
    };
    signal.addEventListener('abort', () => {
      ended.push(path);
      wake();
    });
    while (!signal.aborted) {
      const next = queue.shift();
      if (next !== undefined) yield next;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  };
  return {
    watched,
    ended,
    shell: { streamEvents } as unknown as Shell,
    happens: (what: string, path: string) =>
      tell({ event: what, data: JSON.stringify({ path, zxid: 9 }), id: '9' }),
  };
}

function followerOf(shell: Shell) {
  const batches: (readonly Change[])[] = [];
  const onUnknown = vi.fn();
  const states: string[] = [];
  const follower = treeFollower(shell, {
    onChanges: (changes) => batches.push(changes),
    onUnknown,
    onState: (state) => states.push(state),
  });
  return { follower, batches, onUnknown, states };
}

const settle = () => vi.advanceTimersByTimeAsync(400);

test('one watch covers all that is in sight, and stays where what is in sight stays below it', async () => {
  const { watched, ended, shell } = member();
  const { follower } = followerOf(shell);
  follower.see('/a/b', ['/a', '/a/c']);
  await settle();
  follower.see('/a/b/c', ['/a/b']);
  await settle();
  expect(watched).toEqual(['/a']);
  follower.see('/z', ['/a']);
  await settle();
  expect([watched, ended]).toEqual([['/a', '/'], ['/a']]);
  follower.end();
  expect(ended).toEqual(['/a', '/']);
});

test('changes that come close together are told together', async () => {
  const { shell, happens } = member();
  const { follower, batches, onUnknown } = followerOf(shell);
  follower.see('/a', []);
  await settle();
  for (const path of ['/a/x', '/a/y']) happens('created', path);
  await settle();
  happens('deleted', '/a/x');
  await settle();
  expect(batches.map((batch) => batch.map(({ what, path }) => `${what} ${path}`))).toEqual([
    ['created /a/x', 'created /a/y'],
    ['deleted /a/x'],
  ]);
  expect(onUnknown).not.toHaveBeenCalled();
  follower.end();
});

test('of more changes than can be shown nothing is told but that all may be otherwise, and that not too often', async () => {
  const { shell, happens } = member();
  const { follower, batches, onUnknown } = followerOf(shell);
  follower.see('/a', []);
  await settle();
  for (let at = 0; at < 257; at++) happens('created', `/a/${at}`);
  await settle();
  expect([batches.length, onUnknown.mock.calls.length]).toEqual([0, 1]);
  happens('missed', '/a');
  await settle();
  expect(onUnknown).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(3000);
  expect(onUnknown).toHaveBeenCalledTimes(2);
  follower.end();
});

test('where it was too much, a narrower watch takes its place when less is in sight', async () => {
  const { watched, shell, happens } = member();
  const { follower } = followerOf(shell);
  follower.see('/a/b', ['/']);
  await settle();
  happens('missed', '/');
  await settle();
  follower.see('/a/b', ['/a']);
  await settle();
  expect(watched).toEqual(['/', '/a']);
  follower.end();
});

test('where the node above may not be watched, the open one is, alone', async () => {
  const { watched, shell } = member(['/']);
  const { follower, states } = followerOf(shell);
  follower.see('/a', ['/']);
  await settle();
  follower.see('/b', ['/']);
  await settle();
  expect(watched).toEqual(['/', '/a', '/b']);
  expect(states).not.toContain('refused');
  follower.end();
});
