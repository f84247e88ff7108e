import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asSessionId } from '../../src/model/ids.ts';
import { SessionTable } from '../../src/session/table.ts';
import { beginSnapshot } from '../../src/tree/snapshot-walk.ts';
import { databaseIdOf, emptyNode, isOf, NO_DATABASE } from '../../src/zookeeper-snapshot/format.ts';
import {
  isContainer,
  setContainer,
  setPersistent,
  setSession,
  setTtl,
  ttlOf,
} from '../../src/zookeeper-snapshot/owners.ts';
import { ZookeeperSnapshotReader } from '../../src/zookeeper-snapshot/reader.ts';
import { ZookeeperSnapshotWriter } from '../../src/zookeeper-snapshot/writer.ts';
import { TreeDriver } from '../tree/tree-driver.ts';
import { create } from '../tree/writes.ts';
import { convert, runSeed } from './conversion-run.ts';
import { faultOf, readSnapshot } from './read-snapshot.ts';
import { subject } from './subject.ts';

/** How it was made says the README beside it. */
const GOLDEN = readFileSync(join(import.meta.dirname, 'golden', 'zookeeper-3.9.5.snapshot'));

function goldenSnapshot() {
  const read = readSnapshot(GOLDEN);
  if (typeof read === 'string') throw new Error(read);
  return read;
}

/** A small tree of every kind of node, and a session. */
function ownSnapshot(): Uint8Array {
  const t = new TreeDriver();
  t.apply(create('/a', { data: 'one' }));
  t.apply(create('/a/b', { data: null, acl: [{ perms: 31, scheme: 'digest', id: 'u:x' }] }));
  t.apply(create('/e', { flags: 1 }), 7);
  t.apply(create('/t', { op: 21, flags: 5, ttlMs: 2 ** 39 + 5 }));
  const sessions = new SessionTable();
  sessions.create(asSessionId(7), 30_000, 12);
  const walk = beginSnapshot(t.tree, sessions, Uint8Array.of());
  const pieces: Uint8Array[] = [];
  for (let piece = walk.next(100); piece !== undefined; piece = walk.next(100)) pieces.push(piece);
  return convert(subject, pieces, t.zxid);
}

describe('a snapshot that Apache ZooKeeper 3.9.5 wrote', () => {
  test('is read in pieces of any size: sessions, access lists, and nodes with all that their stat comes from', () => {
    const whole = goldenSnapshot();
    for (const size of [1, 2, 7, 64, 1000]) expect(readSnapshot(GOLDEN, size)).toEqual(whole);
    expect(whole.zxid).toBe(0x48);
    expect([...whole.sessions.values()]).toEqual([20_000, 20_000]);
    expect(whole.nodes.size).toBe(20);
    expect(whole.nodes.get('/app')).toMatchObject({ data: 'config 3', version: 2, cversion: 5 });
    expect(whole.nodes.get('/app/closed')?.acl).toEqual([
      { perms: 31, scheme: 'digest', id: 'jane:nxgmDUAAM+8W5WPPo/wH+kjumVM=' },
    ]);
    expect(whole.nodes.get('/null')?.data).toBeNull();
    expect(whole.nodes.get('/box')?.owner).toBe('8000000000000000');
    expect(whole.nodes.get('/mayfly')?.owner).toBe('ff000000000927c0');
    expect([...whole.sessions.keys()]).toContain(whole.nodes.get('/live')?.owner);
  });

  test('is written again to the last byte, the digest of its tree and the checksums among them', () => {
    const writer = new ZookeeperSnapshotWriter();
    const lists: [number, Parameters<ZookeeperSnapshotWriter['accessList']>[1]][] = [];
    const sessions: [number, number, number][] = [];
    const pieces: Uint8Array[] = [];
    let begun = false;
    const reader = new ZookeeperSnapshotReader({
      session: (...session) => sessions.push(session),
      accessList: (...list) => lists.push(list),
      node: (node) => {
        if (!begun) {
          writer.sessions(sessions.length, NO_DATABASE);
          for (const session of sessions) writer.session(...session);
          writer.accessLists(lists.length);
          for (const list of lists) writer.accessList(...list);
          begun = true;
        }
        writer.node(node);
        pieces.push(writer.take());
      },
    });
    reader.feed(GOLDEN);
    const end = reader.finish();
    if ('fault' in end) throw new Error(end.fault);
    writer.end(end.zxid!);
    pieces.push(writer.take());
    expect(Buffer.concat(pieces).equals(GOLDEN)).toBe(true);
  });
});

describe('a snapshot of ours in that format', () => {
  test('tells of a tree as it was when the snapshot began, parents first, whatever is written meanwhile', () => {
    for (let seed = 1; seed <= 60; seed++) runSeed(subject, seed);
  });

  test('of containers, TTL nodes and ephemeral nodes says what they are in its own numbers', () => {
    const read = readSnapshot(ownSnapshot());
    if (typeof read === 'string') throw new Error(read);
    expect(read.nodes.get('/e')?.owner).toBe('0000000000000007');
    expect(read.nodes.get('/t')?.owner).toBe('ff00008000000005');
    expect(read.sessions).toEqual(new Map([['0000000000000007', 30_000]]));
  });

  test('containers, TTL nodes and those of sessions are told apart again, sessions of every server id among them', () => {
    const node = emptyNode();
    const told = (): unknown[] => [isContainer(node), ttlOf(node)];
    setContainer(node);
    expect(told()).toEqual([true, undefined]);
    for (const ttlMs of [1, 600_000, 2 ** 32, 2 ** 40 - 1]) {
      setTtl(node, ttlMs);
      expect(told()).toEqual([false, ttlMs]);
    }
    setPersistent(node);
    expect(told()).toEqual([false, undefined]);
    setSession(node, 2 ** 52 + 3);
    expect(told()).toEqual([false, undefined]);
    // Of server 255: its second and third bytes hold a time.
    node.ownerHigh = 0xff01_8be7 | 0;
    expect(told()).toEqual([false, undefined]);
  });

  test('says of which cluster it is, which ZooKeeper does not look at', () => {
    const writer = new ZookeeperSnapshotWriter();
    writer.sessions(0, databaseIdOf('one'));
    const beginning = writer.take();
    expect([isOf('one', beginning), isOf('two', beginning), isOf('one', GOLDEN)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([isOf('one', beginning.subarray(0, 15)), isOf('one', Buffer.of())]).toEqual([false, false]);
  });

  test('reaches as far as sessions and zxids do', () => {
    const node = emptyNode();
    setSession(node, Number.MAX_SAFE_INTEGER);
    expect([node.ownerHigh, node.ownerLow]).toEqual([0x1f_ffff, -1]);
  });
});

describe.each([
  ['that Apache ZooKeeper wrote', GOLDEN],
  ['of ours', ownSnapshot()],
])('of a snapshot %s', (_, bytes) => {
  test('every truncation is found', () => {
    for (let length = 0; length < bytes.length; length++)
      expect(faultOf(bytes.subarray(0, length), 512), `${length} bytes`).toBeDefined();
    expect(faultOf(bytes, 512)).toBeUndefined();
  });

  test('every flipped bit is found', () => {
    const damaged = Buffer.from(bytes);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(faultOf(damaged), `bit ${bit}`).toBeDefined();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
    }
  });

  test('what follows its end is found', () => {
    expect(faultOf(Buffer.concat([bytes, Buffer.of(0)]))).toBe('overlong');
    expect(faultOf(Buffer.concat([bytes, bytes]), 100)).toBe('overlong');
  });
});

describe('what is no such snapshot', () => {
  const patched = (at: number, value: number): Uint8Array => {
    const bytes = Buffer.from(GOLDEN);
    bytes.writeInt32BE(value, at);
    return bytes;
  };

  test.each<[string, Uint8Array, string]>([
    ['nothing', Buffer.of(), 'incomplete'],
    ['a page', Buffer.from('<html></html>'), 'no-snapshot'],
    ['a snapshot of another version', patched(4, 3), 'unknown-version'],
    ['fewer sessions than none', patched(16, -1), 'malformed'],
    ['more sessions than there are', patched(16, 2 ** 31 - 1), 'malformed'],
    ['a path of two gigabytes', patched(GOLDEN.indexOf('/app') - 4, 2 ** 31 - 1), 'malformed'],
    ['data of a negative length', patched(GOLDEN.indexOf('/app') + 4, -2), 'malformed'],
    ['one byte that changed', patched(GOLDEN.indexOf('config 3'), 0), 'wrong-checksum'],
  ])('%s is told so', (_name, bytes, fault) => {
    expect(faultOf(bytes, 64)).toBe(fault);
  });

  test('a node longer than any that a member takes is not waited for', () => {
    const node = Buffer.from(GOLDEN.subarray(0, GOLDEN.indexOf('/app') + 4));
    const reader = new ZookeeperSnapshotReader({ session: () => {}, accessList: () => {}, node: () => {} });
    reader.feed(node);
    const length = Buffer.alloc(4);
    length.writeInt32BE(64 * 1024 * 1024 + 1);
    expect(reader.feed(length)).toBe('malformed');
  });
});
