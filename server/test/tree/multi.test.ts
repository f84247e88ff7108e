import { ErrorCode, OPEN_ACL, OpCode, READ_ACL } from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import { TreeDriver } from './tree-driver.ts';
import { check, create, multi, remove, setData } from './writes.ts';

function driver(): TreeDriver {
  const t = new TreeDriver();
  for (const path of ['/m', '/m/a', '/m/b']) t.apply(create(path, { data: 'old' }));
  return t;
}

const errors = (answer: ReturnType<TreeDriver['apply']>) => answer.results.map((result) => result.err);

describe('a multi', () => {
  test('may be empty', () => {
    expect(driver().apply(multi())).toEqual({ err: 0, results: [], changes: [] });
  });

  test('shows each step to the next, under one zxid, with the stat of each step', () => {
    const t = driver();
    const answer = t.apply(
      multi(
        create('/m/x', { data: '1' }),
        create('/m/y', { op: OpCode.create2 }),
        setData('/m/x', '22', 0),
        check('/m/x', 1),
        remove('/m/y', 0),
        setData('/m/x', '333', 1),
      ),
    );
    expect(answer.err).toBe(0);
    expect(answer.results.map(({ path, stat }) => [path, stat.version, stat.dataLength])).toMatchObject([
      ['/m/x', 0, 1],
      ['/m/y', 0, 0],
      [undefined, 1, 2],
      [undefined, expect.any(Number), expect.any(Number)],
      [undefined, expect.any(Number), expect.any(Number)],
      [undefined, 2, 3],
    ]);
    expect(t.stat('/m/x')).toMatchObject({ czxid: t.zxid, mzxid: t.zxid, version: 2 });
    expect(t.stat('/m')).toMatchObject({ numChildren: 3, cversion: 5, pzxid: t.zxid });
    expect(answer.changes).toEqual([
      '1 /m/x',
      '4 /m',
      '1 /m/y',
      '4 /m',
      '3 /m/x',
      '2 /m/y',
      '4 /m',
      '3 /m/x',
    ]);
  });

  test('numbers its sequential nodes one after the other', () => {
    const t = driver();
    const { results } = t.apply(multi(create('/m/s', { flags: 2 }), create('/m/s', { flags: 2 })));
    expect(results.map((result) => result.path)).toEqual(['/m/s0000000002', '/m/s0000000003']);
  });

  test.each([
    ['in the middle', [create('/m/s', { flags: 2 }), check('/m/a', 99), remove('/m/a')], [0, -103, -2]],
    ['first', [remove('/zz'), create('/m/zz')], [-101, -2]],
    ['last', [create('/m/zz'), setData('/zz', '')], [0, -101]],
    ['for a bad path', [create('/m//'), create('/m/zz')], [-101, -2]],
    ['for a bad ACL', [create('/m/zz', { acl: [] })], [-114]],
    ['for an ephemeral parent', [create('/m/e', { flags: 1 }), create('/m/e/x')], [0, -108]],
    ['for children', [create('/m/d'), create('/m/d/c'), remove('/m/d')], [0, 0, -111]],
    ['for a special node', [remove('/zookeeper')], [-8]],
    ['for a bad path of a check', [check('m')], [-8]],
  ] as const)('that fails %s says where, and changes nothing', (_, writes, expected) => {
    const t = driver();
    const before = [t.tree.digest(), t.tree.nodeCount, t.children('/m'), t.stat('/m'), t.tree.storedBytes];
    const answer = t.apply(multi(...writes), 5);
    expect(errors(answer)).toEqual(expected);
    expect(answer.err).toBe(expected.find((err) => err !== 0));
    expect(answer.changes).toEqual([]);
    expect([t.tree.digest(), t.tree.nodeCount, t.children('/m'), t.stat('/m'), t.tree.storedBytes]).toEqual(
      before,
    );
    expect(t.tree.recomputeDigest()).toBe(t.tree.digest());
    expect(t.tree.ephemeralCount).toBe(0);
  });

  test('gives sequence numbers back when it fails', () => {
    const t = driver();
    t.apply(multi(create('/m/s', { flags: 2 }), create('/m/s', { flags: 2 }), check('/nope')));
    expect(t.apply(create('/m/s', { flags: 2 })).results[0]!.path).toBe('/m/s0000000002');
  });

  test('brings back deleted nodes with everything they had', () => {
    const t = driver();
    t.apply(create('/m/e', { flags: 1, data: 'mine', acl: READ_ACL }), 7);
    const before = t.stat('/m/e');
    const steps = [remove('/m/a'), remove('/m/e'), remove('/m/b'), create('/m/e'), setData('/m/e', 'other')];
    expect(errors(t.apply(multi(...steps, check('/nope'))))).toEqual([0, 0, 0, 0, 0, ErrorCode.noNode]);
    expect(t.stat('/m/e')).toEqual(before);
    expect(t.data('/m/e')).toBe('mine');
    expect(t.acl('/m/e')).toEqual(READ_ACL);
    expect(t.children('/m')).toEqual(['a', 'b', 'e']);
    expect(t.tree.digest()).toBe(t.tree.recomputeDigest());
    expect(t.closeSession(7)).toEqual(['2 /m/e', '4 /m']);
  });

  test('may delete and create the same path', () => {
    const t = driver();
    expect(t.apply(multi(remove('/m/a'), create('/m/a', { data: 'new' }))).err).toBe(0);
    expect(t.data('/m/a')).toBe('new');
    expect(t.acl('/m/a')).toEqual(OPEN_ACL);
    expect(errors(t.apply(multi(create('/q'), create('/q/c'), remove('/q/c'), remove('/q'))))).toEqual([
      0, 0, 0, 0,
    ]);
    expect(t.exists('/q')).toBe(false);
    expect(t.tree.digest()).toBe(t.tree.recomputeDigest());
  });

  test('takes back data replaced more than once', () => {
    const t = driver();
    const long = 'x'.repeat(20_000);
    const steps = ['1', long, null, '333', 'y'.repeat(300)].map((data) => setData('/m/a', data));
    t.apply(multi(...steps, check('/nope')));
    expect(t.data('/m/a')).toBe('old');
    t.apply(multi(...steps));
    expect(t.data('/m/a')).toBe('y'.repeat(300));
    expect(t.stat('/m/a').version).toBe(5);
    expect(t.tree.digest()).toBe(t.tree.recomputeDigest());
  });

  test('of thousands of steps is taken back as well', () => {
    const t = driver();
    const before = t.tree.digest();
    const steps = Array.from({ length: 3000 }, (_, i) => create(`/m/n${i}`, { data: 'x'.repeat(i % 50) }));
    expect(t.apply(multi(...steps, check('/nope'))).err).toBe(ErrorCode.noNode);
    expect(t.tree.digest()).toBe(before);
    expect(t.tree.nodeCount).toBe(7);
    expect(t.apply(multi(...steps)).err).toBe(0);
    expect(t.tree.nodeCount).toBe(3007);
    expect(t.apply(create('/after')).results).toHaveLength(1);
  });
});
