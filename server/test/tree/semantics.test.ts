import {
  type Acl,
  type AclList,
  CreateMode,
  ErrorCode,
  MAX_TTL_MS,
  OPEN_ACL,
  OpCode,
  Permission,
  READ_ACL,
} from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import { SUPER } from '../../src/model/access.ts';
import { TreeDriver } from './tree-driver.ts';
import { create, remove, setAcl, setData } from './writes.ts';

/** Expectations here were recorded from Apache ZooKeeper 3.9.5. */
const world = (perms: number): Acl => ({ perms, scheme: 'world', id: 'anyone' });
const digest = (id: string): AclList => [{ perms: 31, scheme: 'digest', id }];
const ip = (id: string): AclList => [{ perms: 31, scheme: 'ip', id }];

describe('a new tree', () => {
  test('has the special nodes with the numbers that a new ZooKeeper shows', () => {
    const t = new TreeDriver();
    const zero = { czxid: 0, mzxid: 0, ctime: 0, mtime: 0, version: 0, pzxid: 0, ephemeralOwner: 0 };
    expect(t.stat('/')).toEqual({ ...zero, cversion: -1, aversion: 0, dataLength: 0, numChildren: 1 });
    expect(t.stat('/zookeeper')).toEqual({
      ...zero,
      cversion: -2,
      aversion: 0,
      dataLength: 0,
      numChildren: 2,
    });
    expect(t.stat('/zookeeper/quota')).toEqual({
      ...zero,
      cversion: 0,
      aversion: 0,
      dataLength: 0,
      numChildren: 0,
    });
    expect(t.stat('/zookeeper/config')).toEqual({
      ...zero,
      cversion: 0,
      aversion: -1,
      dataLength: 0,
      numChildren: 0,
    });
    expect(t.children('/zookeeper')).toEqual(['config', 'quota']);
    expect(t.data('/')).toBe('');
    expect(t.acl('/')).toEqual(OPEN_ACL);
    expect(t.acl('/zookeeper/config')).toEqual(READ_ACL);
  });
});

describe('create', () => {
  test.each<[string, ErrorCode]>([
    ['/', ErrorCode.nodeExists],
    ['', ErrorCode.badArguments],
    ['a', ErrorCode.badArguments],
    ['a/b', ErrorCode.noNode],
    ['//a', ErrorCode.badArguments],
    ['/a/', ErrorCode.noNode],
    ['/a//b', ErrorCode.noNode],
    ['/nope/x', ErrorCode.noNode],
    ['/.', ErrorCode.badArguments],
    ['/..', ErrorCode.badArguments],
    ['/a/./b', ErrorCode.noNode],
    ['/x\0y', ErrorCode.badArguments],
    ['/x\u0001y', ErrorCode.badArguments],
    ['/x\u007fy', ErrorCode.badArguments],
    ['/x\u009fy', ErrorCode.badArguments],
    ['/x\ue000y', ErrorCode.badArguments],
    ['/x\ufff0', ErrorCode.badArguments],
    ['/x\uffef', ErrorCode.ok],
    ['/\u{1f600}', ErrorCode.badArguments],
    ['/zookeeper/foo', ErrorCode.ok],
    ['/zookeeper/config', ErrorCode.nodeExists],
    ['/zookeeper/config/x', ErrorCode.noAuth],
  ])('%j is answered %i', (path, err) => {
    expect(new TreeDriver().apply(create(path)).err).toBe(err);
  });

  test.each<[string, AclList | null, ErrorCode]>([
    ['an empty list', [], ErrorCode.invalidAcl],
    ['null', null, ErrorCode.invalidAcl],
    ['an unknown scheme', [{ perms: 31, scheme: 'foo', id: 'bar' }], ErrorCode.invalidAcl],
    ['world with another id', [{ perms: 31, scheme: 'world', id: 'x' }], ErrorCode.invalidAcl],
    ['auth without identities', [{ perms: 31, scheme: 'auth', id: '' }], ErrorCode.invalidAcl],
    ['super', [{ perms: 31, scheme: 'super', id: 'a' }], ErrorCode.invalidAcl],
    ['a digest', digest('a:b'), ErrorCode.ok],
    ['a digest without colon', digest('ab'), ErrorCode.invalidAcl],
    ['a digest with two', digest('a:b:c'), ErrorCode.invalidAcl],
    ['a digest that ends in one', digest('a:b:'), ErrorCode.ok],
    ['a digest without user', digest(':b'), ErrorCode.ok],
    ['an address', ip('127.0.0.1'), ErrorCode.ok],
    ['a network', ip('127.0.0.0/8'), ErrorCode.ok],
    ['a network of 33 bits', ip('127.0.0.1/33'), ErrorCode.invalidAcl],
    ['a short address', ip('1.2.3'), ErrorCode.invalidAcl],
    ['an IPv6 address', ip('::1'), ErrorCode.ok],
    ['no permissions', [world(0)], ErrorCode.ok],
    ['unknown permissions', [world(255)], ErrorCode.ok],
  ])('with %s as ACL is answered %s', (_, acl, err) => {
    expect(new TreeDriver().apply(create('/a', { acl })).err).toBe(err);
  });

  test('removes duplicates from the ACL', () => {
    const t = new TreeDriver();
    t.apply(create('/dup', { acl: [world(1), world(1), world(31)] }));
    expect(t.acl('/dup')).toEqual([world(1), world(31)]);
  });

  test('expands auth to the identities but ip', () => {
    const t = new TreeDriver();
    const identities = [
      { scheme: 'ip', id: '127.0.0.1' },
      { scheme: 'digest', id: 'u:x' },
    ];
    expect(t.apply(create('/a', { acl: [{ perms: 3, scheme: 'auth', id: '' }] }), 0, identities).err).toBe(0);
    expect(t.acl('/a')).toEqual([{ perms: 3, scheme: 'digest', id: 'u:x' }]);
  });

  test.each<[string, Parameters<typeof create>, ErrorCode]>([
    ['bad flags before a missing parent', ['/nope//', { flags: 7 }], ErrorCode.badArguments],
    ['a bad ACL before a missing parent', ['/nope/x', { acl: [] }], ErrorCode.invalidAcl],
    ['a bad ACL before a relative path', ['a/b', { acl: [] }], ErrorCode.invalidAcl],
    ['no slash before a bad ACL', ['ab', { acl: [] }], ErrorCode.badArguments],
    ['missing rights before a bad path', ['/zookeeper/config/\u0001', {}], ErrorCode.noAuth],
  ])('reports %s', (_, [path, options], err) => {
    expect(new TreeDriver().apply(create(path, options)).err).toBe(err);
  });

  test('knows flags 0 to 4, and 5 and 6 with a time to live', () => {
    const t = new TreeDriver();
    const answers = [-1, 0, 1, 2, 3, 4, 5, 6, 7].map((flags) => t.apply(create('/f', { flags }), 9).err);
    expect(answers).toEqual([-8, 0, -110, 0, 0, -110, -8, -8, -8]);
  });

  test.each<[number, number, ErrorCode]>([
    [CreateMode.persistent, 1000, ErrorCode.badArguments],
    [CreateMode.ephemeral, 0, ErrorCode.badArguments],
    [CreateMode.container, 1, ErrorCode.badArguments],
    [CreateMode.persistentWithTtl, -1, ErrorCode.badArguments],
    [CreateMode.persistentWithTtl, 0, ErrorCode.badArguments],
    [CreateMode.persistentWithTtl, 1, ErrorCode.ok],
    [CreateMode.persistentWithTtl, MAX_TTL_MS, ErrorCode.ok],
    [CreateMode.persistentWithTtl, MAX_TTL_MS + 1, ErrorCode.badArguments],
    [CreateMode.persistentSequentialWithTtl, 1, ErrorCode.ok],
  ])('createTTL with flags %i and %i ms is answered %i', (flags, ttlMs, err) => {
    expect(new TreeDriver().apply(create('/t', { op: OpCode.createTtl, flags, ttlMs })).err).toBe(err);
  });

  test('shows owner 0 for container and TTL nodes, and the session for ephemerals', () => {
    const t = new TreeDriver();
    t.apply(create('/c', { op: OpCode.createContainer, flags: 4 }), 77);
    t.apply(create('/t', { op: OpCode.createTtl, flags: 5, ttlMs: 1000 }), 77);
    t.apply(create('/e', { flags: 1 }), 77);
    expect(['/c', '/t', '/e'].map((path) => t.stat(path).ephemeralOwner)).toEqual([0, 0, 77]);
    expect(t.tree.ephemeralCount).toBe(1);
  });

  test('makes a container by createContainer whatever the flags, and plain nodes by create with flag 4', () => {
    const t = new TreeDriver();
    t.apply(create('/c1', { op: OpCode.createContainer, flags: 1 }), 77);
    expect(t.tree.ephemeralCount).toBe(0);
    expect(t.apply(create('/c1/x')).err).toBe(ErrorCode.ok);
    expect(t.apply(create('/plain', { flags: 4 })).err).toBe(ErrorCode.ok);
  });

  test('refuses children of ephemerals, after the checks of path and existence', () => {
    const t = new TreeDriver();
    t.apply(create('/e', { flags: 1 }), 5);
    expect(t.apply(create('/e/x')).err).toBe(ErrorCode.noChildrenForEphemerals);
    expect(t.apply(create('/e/x', { flags: 2 })).err).toBe(ErrorCode.noChildrenForEphemerals);
    expect(t.apply(create('/e//x')).err).toBe(ErrorCode.noNode);
  });

  test('gives the numbers of a new node and moves those of its parent', () => {
    const t = new TreeDriver();
    const { results } = t.apply(create('/a', { data: 'abc' }));
    const stat = {
      czxid: 1,
      mzxid: 1,
      ctime: 1_000_010,
      mtime: 1_000_010,
      version: 0,
      cversion: 0,
      aversion: 0,
      ephemeralOwner: 0,
      dataLength: 3,
      numChildren: 0,
      pzxid: 1,
    };
    expect(results).toEqual([{ err: 0, path: '/a', stat }]);
    expect(t.stat('/a')).toEqual(stat);
    expect(t.stat('/')).toMatchObject({ cversion: 0, numChildren: 2, pzxid: 1, version: 0, mzxid: 0 });
  });

  test('keeps null data apart from empty data', () => {
    const t = new TreeDriver();
    t.apply(create('/null', { data: null }));
    t.apply(create('/empty', { data: '' }));
    expect(t.data('/null')).toBeUndefined();
    expect(t.data('/empty')).toBe('');
    expect(t.stat('/null').dataLength).toBe(0);
    t.apply(setData('/empty', null));
    expect(t.data('/empty')).toBeUndefined();
  });

  test('refuses more nodes than allowed, counting the special ones', () => {
    const t = new TreeDriver({ maxNodes: 5 });
    expect(t.apply(create('/a')).err).toBe(ErrorCode.ok);
    expect(t.apply(create('/b')).err).toBe(ErrorCode.quotaExceeded);
    t.apply(remove('/a'));
    expect(t.apply(create('/b')).err).toBe(ErrorCode.ok);
  });
});

describe('sequential create', () => {
  test('appends the count of creations, whatever the name before it', () => {
    const t = new TreeDriver();
    t.apply(create('/s'));
    const paths = ['/s/', '/s/n', '/s/.', '/s/..', '/s/e'].map(
      (path) => t.apply(create(path, { flags: 2 })).results[0]!.path,
    );
    expect(paths).toEqual([
      '/s/0000000000',
      '/s/n0000000001',
      '/s/.0000000002',
      '/s/..0000000003',
      '/s/e0000000004',
    ]);
    expect(t.stat('/s')).toMatchObject({ cversion: 5, numChildren: 5 });
  });

  test('counts from the first child of a new root, and never goes back for a delete', () => {
    const t = new TreeDriver();
    expect(t.apply(create('/q', { flags: 2 })).results[0]!.path).toBe('/q0000000000');
    t.apply(remove('/q0000000000'));
    expect(t.apply(create('/q', { flags: 2 })).results[0]!.path).toBe('/q0000000001');
  });

  test.each<[string, ErrorCode]>([
    ['/s//', ErrorCode.noNode],
    ['/nope/', ErrorCode.noNode],
    ['rel', ErrorCode.badArguments],
    ['', ErrorCode.badArguments],
  ])('of %j is answered %i', (path, err) => {
    expect(new TreeDriver().apply(create(path, { flags: 2 })).err).toBe(err);
  });

  test('wraps as a signed 32-bit number, formatted as Java does', () => {
    const t = new TreeDriver();
    t.apply(create('/s'));
    const { nodes } = t.tree.znodes;
    const name = (count: number) => {
      t.tree.znodes.beginChange(t.slot('/s'));
      nodes.setInt(t.slot('/s'), 2, count);
      t.tree.znodes.endChange(t.slot('/s'));
      return t.apply(create('/s/n', { flags: 2 })).results[0]!.path;
    };
    expect(name(2147483647)).toBe('/s/n2147483647');
    expect(t.apply(create('/s/n', { flags: 2 })).results[0]!.path).toBe('/s/n-2147483648');
    expect(name(-5)).toBe('/s/n-000000005');
    expect(name(-1234567890)).toBe('/s/n-1234567890');
    expect(t.tree.digest()).toBe(t.tree.recomputeDigest());
  });
});

describe('delete', () => {
  test.each<[string, ErrorCode]>([
    ['/', ErrorCode.badArguments],
    ['', ErrorCode.badArguments],
    ['a', ErrorCode.badArguments],
    ['a/b', ErrorCode.noNode],
    ['/zookeeper', ErrorCode.badArguments],
    ['/zookeeper/quota', ErrorCode.badArguments],
    ['/zookeeper/config', ErrorCode.badArguments],
    ['/nope', ErrorCode.noNode],
    ['/nope/x', ErrorCode.noNode],
    ['/x/', ErrorCode.noNode],
    ['/a\0b', ErrorCode.badArguments],
    ['//', ErrorCode.noNode],
    ['/.', ErrorCode.noNode],
    ['/zookeeper/', ErrorCode.noNode],
    ['/\u{1f600}', ErrorCode.noNode],
  ])('%j is answered %i', (path, err) => {
    expect(new TreeDriver().apply(remove(path)).err).toBe(err);
  });

  test('checks the version before the children, and the node before the version', () => {
    const t = new TreeDriver();
    t.apply(create('/p'));
    t.apply(create('/p/c'));
    expect(t.apply(remove('/p')).err).toBe(ErrorCode.notEmpty);
    expect(t.apply(remove('/p', 5)).err).toBe(ErrorCode.badVersion);
    expect(t.apply(remove('/q', 5)).err).toBe(ErrorCode.noNode);
    expect(t.apply(remove('/zookeeper/config', 7)).err).toBe(ErrorCode.badArguments);
    expect(t.apply(remove('/p/c', -2)).err).toBe(ErrorCode.badVersion);
    expect(t.apply(remove('/p/c', 0)).err).toBe(ErrorCode.ok);
    expect(t.stat('/p')).toMatchObject({ cversion: 2, numChildren: 0, pzxid: t.zxid });
  });
});

describe('setData', () => {
  test.each<[string, ErrorCode]>([
    ['/', ErrorCode.ok],
    ['', ErrorCode.badArguments],
    ['a', ErrorCode.badArguments],
    ['/zookeeper', ErrorCode.ok],
    ['/zookeeper/quota', ErrorCode.ok],
    ['/zookeeper/config', ErrorCode.noAuth],
    ['/nope', ErrorCode.noNode],
    ['/p/', ErrorCode.badArguments],
    ['/a\0b', ErrorCode.badArguments],
    ['/.', ErrorCode.badArguments],
  ])('%j is answered %i', (path, err) => {
    expect(new TreeDriver().apply(setData(path, 'x')).err).toBe(err);
  });

  test('checks the version and moves version, mzxid and mtime only', () => {
    const t = new TreeDriver();
    t.apply(create('/p', { data: '1' }));
    expect(t.apply(setData('/p', '22', 9)).err).toBe(ErrorCode.badVersion);
    expect(t.apply(setData('/q', '22', 9)).err).toBe(ErrorCode.noNode);
    expect(t.apply(setData('/p', '22', -5)).err).toBe(ErrorCode.badVersion);
    const { results } = t.apply(setData('/p', '22', 0));
    expect(results[0]!.stat).toEqual({
      czxid: 1,
      mzxid: t.zxid,
      ctime: 1_000_010,
      mtime: t.timeMs,
      version: 1,
      cversion: 0,
      aversion: 0,
      ephemeralOwner: 0,
      dataLength: 2,
      numChildren: 0,
      pzxid: 1,
    });
    expect(t.data('/p')).toBe('22');
  });

  test('lets the server itself write the configuration', () => {
    const t = new TreeDriver();
    expect(t.apply(setData('/zookeeper/config', 'server.1=…'), 0, SUPER).err).toBe(ErrorCode.ok);
  });
});

describe('setACL', () => {
  test('checks path, ACL, node, rights and version in this order', () => {
    const t = new TreeDriver();
    t.apply(create('/p'));
    const answers = [
      setAcl('p', [], 0),
      setAcl('/p', []),
      setAcl('/p', null),
      setAcl('/nope', []),
      setAcl('/nope', OPEN_ACL, 3),
      setAcl('/zookeeper/config', OPEN_ACL, 5),
      setAcl('/p', OPEN_ACL, 3),
      setAcl('/p', READ_ACL, 0),
      setAcl('/zookeeper', OPEN_ACL),
    ].map((write) => t.apply(write).err);
    expect(answers).toEqual([-8, -114, -114, -114, -101, -102, -103, 0, 0]);
  });

  test('moves aversion and nothing else', () => {
    const t = new TreeDriver();
    t.apply(create('/p'));
    const before = t.stat('/p');
    const { results } = t.apply(setAcl('/p', [world(Permission.read | Permission.admin)], 0));
    expect(results[0]!.stat).toEqual({ ...before, aversion: 1 });
    expect(t.acl('/p')).toEqual([world(17)]);
  });
});

describe('closing a session', () => {
  test('deletes its ephemerals in the order of their paths, and tells of each', () => {
    const t = new TreeDriver();
    t.apply(create('/d'));
    for (const path of ['/z', '/d/b', '/a']) t.apply(create(path, { flags: 1 }), 7);
    t.apply(create('/other', { flags: 1 }), 8);
    expect(t.closeSession(7)).toEqual(['2 /a', '4 /', '2 /d/b', '4 /d', '2 /z', '4 /']);
    expect(t.children('/')).toEqual(['d', 'other', 'zookeeper']);
    expect(t.stat('/d')).toMatchObject({ pzxid: t.zxid, numChildren: 0, cversion: 2 });
    expect(t.closeSession(7)).toEqual([]);
    expect(t.tree.ephemeralCount).toBe(1);
  });
});

describe('reads', () => {
  test('take the empty path for the root, and find nothing for bad ones', () => {
    const t = new TreeDriver();
    expect(t.slot('')).toBe(t.slot('/'));
    expect(['a', '/nope', '/zookeeper/', '/a\0b', '//'].map((path) => t.exists(path))).toEqual(
      new Array(5).fill(false),
    );
    expect(t.tree.lookup(new Uint8Array(0), -1, -1)).toBe(-1);
  });
});
