import { ErrorCode } from '@rookery/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { WatchChecker } from '../../../sim/checks/watch-checker.ts';
import type { Action, Result } from '../../../sim/history/operation.ts';
import { EventType, TreeHistory } from '../../../sim/oracle/tree-history.ts';
import { WatchRegistry } from '../../../sim/workload/watch-registry.ts';

const SHOWN = 'an event comes before any reply that shows the new state';
const EVENTS = 'events come once each, for armed watches, in the order of the changes';
const MISSED = 'setWatches tells of all that was missed, and of nothing else';
const BACK = 'what a client is shown never goes back';
const STATE = 'a reply shows the tree as of its zxid';

let tree: TreeHistory;
let watches: WatchRegistry;
let watchChecker: WatchChecker;
let broken: string[];

beforeEach(() => {
  tree = new TreeHistory();
  watches = new WatchRegistry();
  broken = [];
  watchChecker = new WatchChecker(tree, watches, (rule) => broken.push(rule));
  tree.create('/r', 0, 1);
  tree.create('/r/a', 0, 10);
  watchChecker.connected(undefined);
});

const ok = (zxid: number, more: object = {}): Result => ({ kind: 'ok', zxid, ...more });
const stat = (czxid: number, mzxid: number, version: number): object => ({ stat: { czxid, mzxid, version } });
const get: Action = { kind: 'get', path: '/r/a', watch: true };
const list: Action = { kind: 'children', path: '/r', watch: true };
const look: Action = { kind: 'exists', path: '/r/b', watch: true };
const none = (zxid: number): Result => ({ kind: 'error', zxid, code: ErrorCode.noNode });

/** Arms a data watch on /r/a at zxid 10. */
function armed(): void {
  watchChecker.answered(get, ok(10, stat(10, 10, 0)));
}

/** The connection breaks, and another begins with setWatches for all that was armed. */
function reconnected(): void {
  watchChecker.connected(watches.lists());
}

describe('one connection', () => {
  test('an event for an armed watch, then the reply that shows it', () => {
    armed();
    tree.set('/r/a', 11);
    watchChecker.event({ zxid: 11, type: EventType.data, path: '/r/a' });
    watchChecker.answered(get, ok(11, stat(10, 11, 1)));
    expect(broken).toEqual([]);
  });

  test('watch after data', () => {
    armed();
    tree.set('/r/a', 11);
    watchChecker.replied(11, 'a ping');
    expect(broken).toEqual([SHOWN]);
  });

  test('a reply from before the change owes nothing yet', () => {
    armed();
    tree.set('/r/a', 11);
    watchChecker.replied(10, 'a ping');
    expect(broken).toEqual([]);
  });

  test('an event that never comes, once anything newer is shown', () => {
    watchChecker.answered(list, ok(10, { children: ['a'] }));
    tree.create('/r/b', 0, 11);
    watchChecker.replied(40, 'a ping');
    expect(broken).toEqual([SHOWN]);
  });

  test('a one-shot watch that fires twice', () => {
    armed();
    tree.set('/r/a', 11);
    tree.set('/r/a', 12);
    watchChecker.event({ zxid: 11, type: EventType.data, path: '/r/a' });
    watchChecker.event({ zxid: 12, type: EventType.data, path: '/r/a' });
    expect(broken).toEqual([EVENTS]);
  });

  test('a persistent watch that fires twice is right, and one that skips a change is not', () => {
    watchChecker.answered({ kind: 'addWatch', path: '/r', recursive: true }, ok(10));
    for (const zxid of [11, 12, 13]) tree.set('/r/a', zxid);
    watchChecker.event({ zxid: 11, type: EventType.data, path: '/r/a' });
    expect(broken).toEqual([]);
    watchChecker.event({ zxid: 13, type: EventType.data, path: '/r/a' });
    expect(broken).toEqual([EVENTS]);
  });

  test('an event of the wrong kind, of another node, of another zxid, of nothing', () => {
    for (const event of [
      { zxid: 11, type: EventType.deleted, path: '/r/a' },
      { zxid: 11, type: EventType.data, path: '/r' },
      { zxid: 12, type: EventType.data, path: '/r/a' },
    ]) {
      broken.length = 0;
      watches.clear();
      armed();
      if (tree.now('/r/a')?.mzxid === 10) tree.set('/r/a', 11);
      watchChecker.event(event);
      expect(broken, JSON.stringify(event)).toEqual([EVENTS]);
    }
  });

  test('an event that nobody asked for', () => {
    tree.set('/r/a', 11);
    watchChecker.event({ zxid: 11, type: EventType.data, path: '/r/a' });
    expect(broken).toEqual([EVENTS]);
  });

  test('a watch that a missing node left fires at its creation', () => {
    watchChecker.answered(look, none(10));
    tree.create('/r/b', 0, 11);
    watchChecker.replied(11, 'a ping');
    expect(broken).toEqual([SHOWN]);
  });

  test('one deletion is one event, whatever was watched', () => {
    armed();
    watchChecker.answered({ kind: 'children', path: '/r/a', watch: true }, ok(10, { children: [] }));
    tree.delete('/r/a', 11);
    watchChecker.event({ zxid: 11, type: EventType.deleted, path: '/r/a' });
    watchChecker.replied(11, 'a ping');
    expect(broken).toEqual([]);
    watchChecker.event({ zxid: 11, type: EventType.deleted, path: '/r/a' });
    expect(broken).toEqual([EVENTS]);
  });

  test('a watch that was taken away hears nothing', () => {
    armed();
    watchChecker.answered({ kind: 'removeWatches', path: '/r/a' }, ok(10));
    tree.set('/r/a', 11);
    watchChecker.replied(11, 'a ping');
    expect(broken).toEqual([]);
  });
});

describe('over a reconnect', () => {
  test('all that was missed is told before the reply of setWatches', () => {
    armed();
    watchChecker.answered(list, ok(10, { children: ['a'] }));
    watchChecker.answered(look, none(10));
    tree.delete('/r/a', 11);
    tree.create('/r/b', 0, 12);
    reconnected();
    watchChecker.event({ zxid: -1, type: EventType.deleted, path: '/r/a' });
    watchChecker.event({ zxid: -1, type: EventType.created, path: '/r/b' });
    watchChecker.event({ zxid: -1, type: EventType.children, path: '/r' });
    watchChecker.caughtUp(12);
    expect(broken).toEqual([]);
    expect(watches.size).toBe(0);
  });

  test('a deletion, a change, new children that are not told of', () => {
    armed();
    tree.delete('/r/a', 11);
    reconnected();
    watchChecker.caughtUp(11);
    expect(broken).toEqual([MISSED]);
  });

  test('an event where nothing was missed', () => {
    armed();
    reconnected();
    watchChecker.event({ zxid: -1, type: EventType.data, path: '/r/a' });
    watchChecker.caughtUp(10);
    expect(broken).toEqual([MISSED]);
  });

  test('a watch that missed nothing is armed again', () => {
    armed();
    reconnected();
    watchChecker.caughtUp(10);
    tree.set('/r/a', 11);
    watchChecker.replied(11, 'a ping');
    expect(broken).toEqual([SHOWN]);
  });

  test('a member that is behind what the client has seen', () => {
    watchChecker.replied(12, 'a ping');
    reconnected();
    watchChecker.replied(11, 'a ping');
    expect(broken).toEqual([BACK]);
  });
});

describe('what replies show', () => {
  test('a node that is gone, one that is not there yet, one as it was, children that are left out', () => {
    tree.create('/r/e', 77, 11);
    tree.endSession(77, 12);
    const exists: Action = { kind: 'exists', path: '/r/e' };
    watchChecker.answered(exists, ok(11, stat(11, 11, 0)));
    watchChecker.answered(exists, none(12));
    watchChecker.answered({ kind: 'children', path: '/r' }, ok(12, { children: ['a'] }));
    expect(broken).toEqual([]);
    watchChecker.answered(exists, ok(12, stat(11, 11, 0)));
    watchChecker.answered({ kind: 'children', path: '/r' }, ok(12, { children: ['a', 'e'] }));
    tree.set('/r/a', 13);
    watchChecker.answered({ kind: 'get', path: '/r/a' }, ok(13, stat(10, 10, 0)));
    expect(broken).toEqual([STATE, STATE, STATE]);
  });
});
