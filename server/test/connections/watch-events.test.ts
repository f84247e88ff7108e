import {
  type AclList,
  encodeUtf8,
  type Identities,
  OPEN_ACL,
  Reader,
  readReplyHeader,
  readWatchEvent,
} from '@rookery/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { NO_WATCHER, type Watcher, Watches } from '../../src/connections/watches.ts';
import { ANYONE } from '../../src/model/access.ts';
import { asSessionId, asZxid } from '../../src/model/ids.ts';
import type { Applied } from '../../src/replica/applied.ts';
import { Steps } from '../../src/replica/steps.ts';
import { ChangeKind, Outcome } from '../../src/tree/outcome.ts';
import { WatchMode } from '../../src/watch/watch-mode.ts';

const ALICE: Identities = [{ scheme: 'digest', id: 'alice' }];
const ALICES: AclList = [{ perms: 31, scheme: 'digest', id: 'alice' }];
const PATH = encodeUtf8('/node');
const ROOM = 3;

/** A connection that writes down what it is told. */
class FakeConnection implements Watcher {
  watcher = NO_WATCHER;
  isOpen = true;
  readonly session = asSessionId(7);
  readonly identities: Identities;
  readonly told: { zxid: number; type: number; path: string }[] = [];
  onEvent: () => void = () => {};

  constructor(identities: Identities = ANYONE) {
    this.identities = identities;
  }

  event(frame: Uint8Array, length: number): void {
    const reader = new Reader().reset(frame, 4, length);
    const { zxid } = readReplyHeader(reader);
    const { type, path } = readWatchEvent(reader);
    this.told.push({ zxid, type, path });
    this.onEvent();
  }

  closeFor(): void {
    this.isOpen = false;
    watches.forget(this);
  }
}

let watches: Watches;
let full: string[];

beforeEach(() => {
  full = [];
  watches = new Watches(ROOM, 1, (message) => full.push(message));
});

function watch(connection: FakeConnection, mode: WatchMode, path = PATH): void {
  watches.add(connection, mode, path, 0, path.length);
}

function change(kind: ChangeKind, acl: AclList = OPEN_ACL): void {
  const changes = new Outcome();
  const start = changes.keepPath(PATH, 0, PATH.length);
  changes.addChange(kind, start, start + PATH.length, acl);
  watches.changed({ changes, zxid: asZxid(42) } as Applied, 0, new Steps());
}

describe('an event', () => {
  test('goes only to who may read the node, and uses up the watch of whoever may not', () => {
    const [alice, bob] = [new FakeConnection(ALICE), new FakeConnection()];
    for (const connection of [alice, bob]) watch(connection, WatchMode.data);
    change(ChangeKind.deleted, ALICES);
    expect(alice.told).toEqual([{ zxid: 42, type: ChangeKind.deleted, path: '/node' }]);
    change(ChangeKind.created);
    expect([alice.told.length, bob.told.length]).toEqual([1, 0]);
  });

  test('that closes a connection does not keep others from hearing of it', () => {
    const connections = [1, 2, 3].map(() => new FakeConnection());
    const [first] = connections;
    for (const connection of connections) {
      watch(connection, WatchMode.persistent);
      connection.onEvent = () => {
        for (const each of connections) if (each !== first) each.closeFor();
      };
    }
    change(ChangeKind.data);
    change(ChangeKind.data);
    expect(first!.told).toHaveLength(2);
    expect(watches.count).toBe(2);
  });
});

describe('a connection that is closed', () => {
  test('leaves nothing behind, and can leave nothing any more', () => {
    const connection = new FakeConnection();
    watch(connection, WatchMode.recursive);
    expect(watches.facts()).toEqual([{ session: 7, paths: ['/node'] }]);
    connection.closeFor();
    watch(connection, WatchMode.data);
    expect([watches.count, watches.facts(), connection.watcher]).toEqual([0, [], NO_WATCHER]);
  });

  test('gives its number to another, which hears nothing of what the first one watched', () => {
    const before = new FakeConnection();
    watch(before, WatchMode.persistent);
    before.closeFor();
    const after = new FakeConnection();
    watch(after, WatchMode.data, encodeUtf8('/other'));
    change(ChangeKind.data);
    expect([before.told, after.told]).toEqual([[], []]);
  });
});

describe('limits.watches', () => {
  test('refuses what would be one more, says so, and takes again what is there', () => {
    const connection = new FakeConnection();
    for (let i = 0; i < ROOM; i++) watch(connection, WatchMode.data, encodeUtf8(`/${i}`));
    const room = (path: string) => watches.hasRoom(connection, encodeUtf8(path), 0, path.length);
    expect([room('/0'), full]).toEqual([true, []]);
    expect(room('/new')).toBe(false);
    expect(full).toEqual([`there are limits.watches (${ROOM}) watches: no more are taken`]);
    connection.closeFor();
    expect([watches.hasRoomFor(ROOM), watches.hasRoomFor(ROOM + 1)]).toEqual([true, false]);
  });
});
