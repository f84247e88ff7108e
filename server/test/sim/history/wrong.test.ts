import { ErrorCode } from '@rookery/protocol';
import { expect, test } from 'vitest';
import { checkHistory } from '../../../sim/history/check.ts';
import type { Operation } from '../../../sim/history/operation.ts';
import { defects, modelHistory } from './model.ts';

const SEEDS = 60;

/** How many of the histories in which a defect occurred once are recognised; the rest are those in which nobody could have seen it. */
test.each(defects)('a server that %s is caught', (defect) => {
  let caught = 0;
  let occurred = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { operations, defective } = modelHistory(seed, {
      operations: 400,
      clients: 4,
      paths: 3,
      lossChance: 0.01,
      depth: 3,
      defect,
    });
    if (!defective) continue;
    occurred++;
    if (checkHistory(operations, ['/seq']).length > 0) caught++;
  }
  console.log(`${defect}: caught in ${caught} of ${occurred} histories`);
  expect(occurred).toBeGreaterThan(SEEDS / 2);
  expect(caught).toBeGreaterThan(occurred * 0.65);
});

type Given = Omit<Operation, 'id' | 'client' | 'session' | 'invoked' | 'completed'> & {
  /** Instants; `to` absent: never answered. */
  readonly from: number;
  readonly to?: number;
  readonly session?: number;
};

function history(...given: Given[]): Operation[] {
  return given.map(({ from, to, session, ...rest }, id) => ({
    id,
    client: session ?? id,
    session: session ?? id,
    invoked: from,
    completed: to ?? Infinity,
    ...rest,
  }));
}

const rules = (operations: Operation[]): string[] => [
  ...new Set(checkHistory(operations, ['/seq']).map((violation) => violation.rule)),
];

const created: Given = {
  from: 0,
  to: 1,
  action: { kind: 'create', path: '/r', value: 'a' },
  result: { kind: 'ok', zxid: 10 },
};
const set = (value: string, from: number, to: number | undefined, result: Operation['result']): Given => ({
  from,
  ...(to === undefined ? {} : { to }),
  action: { kind: 'set', path: '/r', value, version: -1 },
  result,
});
const setOk = (value: string, from: number, to: number, zxid: number, version: number): Given =>
  set(value, from, to, { kind: 'ok', zxid, stat: { czxid: 10, mzxid: zxid, version } });
const get = (
  from: number,
  to: number,
  zxid: number,
  value: string,
  mzxid: number,
  version: number,
  session?: number,
): Given => ({
  from,
  to,
  ...(session === undefined ? {} : { session }),
  action: { kind: 'get', path: '/r' },
  result: { kind: 'ok', zxid, value, stat: { czxid: 10, mzxid, version } },
});
const lost: Operation['result'] = { kind: 'unknown' };

test('an acknowledged write that a later state does not hold', () => {
  expect(rules(history(created, setOk('b', 2, 3, 11, 1), get(4, 5, 12, 'a', 10, 0)))).toEqual([
    'linearizable',
  ]);
});

test('an acknowledged node that is gone', () => {
  const gone: Given = {
    from: 2,
    to: 3,
    action: { kind: 'get', path: '/r' },
    result: { kind: 'error', zxid: 11, code: ErrorCode.noNode },
  };
  expect(rules(history(created, gone))).toEqual(['linearizable']);
});

test('a stale read is right without a sync and wrong after one', () => {
  const write = setOk('b', 2, 3, 20, 1);
  const stale = get(6, 7, 15, 'a', 10, 0, 7);
  const sync: Given = {
    from: 4,
    to: 5,
    session: 7,
    action: { kind: 'sync', path: '/r' },
    result: { kind: 'ok', zxid: 12 },
  };
  expect(rules(history(created, write, stale))).toEqual([]);
  expect(rules(history(created, write, sync, stale))).toContain('reads after sync are fresh');
});

test('a write that takes its place before one that was acknowledged when it was sent', () => {
  expect(rules(history(created, setOk('b', 2, 3, 30, 2), setOk('c', 4, 5, 20, 1)))).toEqual([
    'zxid order is real-time order',
  ]);
});

test('two overlapping writes may take either order, but not one zxid', () => {
  expect(rules(history(created, setOk('b', 2, 5, 30, 2), setOk('c', 3, 4, 20, 1)))).toEqual([]);
  expect(rules(history(created, setOk('b', 2, 5, 20, 1), setOk('c', 3, 4, 20, 1)))).toContain(
    'one write, one zxid',
  );
});

test('a lost write may have happened at once, later, or never, but once', () => {
  const unanswered = set('b', 2, undefined, lost);
  expect(rules(history(created, unanswered, get(3, 4, 30, 'a', 10, 0)))).toEqual([]);
  expect(rules(history(created, unanswered, get(3, 4, 30, 'b', 12, 1)))).toEqual([]);
  expect(rules(history(created, unanswered, setOk('c', 5, 6, 30, 2)))).toEqual([]);
  expect(rules(history(created, unanswered, setOk('c', 5, 6, 30, 1), get(7, 8, 40, 'b', 35, 2)))).toEqual([]);
  expect(rules(history(created, unanswered, setOk('c', 5, 6, 30, 3)))).toEqual(['linearizable']);
  expect(rules(history(created, unanswered, setOk('c', 5, 6, 30, 2), get(7, 8, 40, 'b', 35, 3)))).toEqual([
    'linearizable',
  ]);
});

test('a lost write does not happen before it was sent', () => {
  const unanswered = set('b', 4, undefined, lost);
  expect(rules(history(created, setOk('c', 2, 3, 30, 2), unanswered))).toEqual(['linearizable']);
  expect(rules(history(created, setOk('c', 2, 3, 30, 1), unanswered, get(5, 6, 40, 'b', 20, 1)))).not.toEqual(
    [],
  );
});

test('a version conflict that was none, and one that was not noticed', () => {
  const conditional = (version: number, result: Operation['result']): Given => ({
    from: 2,
    to: 3,
    action: { kind: 'set', path: '/r', value: 'b', version },
    result,
  });
  expect(
    rules(history(created, conditional(0, { kind: 'error', zxid: 11, code: ErrorCode.badVersion }))),
  ).toEqual(['linearizable']);
  const ok = { kind: 'ok', zxid: 11, stat: { czxid: 10, mzxid: 11, version: 1 } } as const;
  expect(rules(history(created, conditional(0, ok)))).toEqual([]);
  expect(rules(history(created, conditional(5, ok)))).toEqual(['linearizable']);
});

test('half of a multi', () => {
  const multi: Given = {
    from: 2,
    to: 3,
    action: {
      kind: 'multi',
      parts: [
        { kind: 'set', path: '/r', value: 'b', version: -1 },
        { kind: 'create', path: '/other', value: 'c' },
      ],
    },
    result: { kind: 'unknown' },
  };
  const other = (kind: 'ok' | 'error', zxid: number): Given => ({
    from: 6,
    to: 7,
    action: { kind: 'get', path: '/other' },
    result:
      kind === 'error'
        ? { kind, zxid, code: ErrorCode.noNode }
        : { kind, zxid, value: 'c', stat: { czxid: 11, mzxid: 11, version: 0 } },
  });
  const seen = get(4, 5, 11, 'b', 11, 1);
  expect(rules(history(created, multi, seen, other('ok', 11)))).toEqual([]);
  expect(rules(history(created, multi, seen, other('error', 10)))).toEqual([]);
  expect(rules(history(created, multi, seen, other('error', 11)))).toEqual(['linearizable']);
});

test('zxids that fall within a session', () => {
  expect(
    rules(history({ ...created, session: 5 }, get(2, 3, 30, 'a', 10, 0, 5), get(4, 5, 20, 'a', 10, 0, 5))),
  ).toEqual(['a session sees zxids rise']);
});

const sequential = (prefix: string, from: number, to: number, zxid: number, number: number): Given => ({
  from,
  to,
  action: { kind: 'createSequential', path: `/seq/${prefix}`, value: prefix },
  result: { kind: 'ok', zxid, path: `/seq/${prefix}${String(number).padStart(10, '0')}` },
});
const list = (from: number, to: number, zxid: number, ...children: string[]): Given => ({
  from,
  to,
  action: { kind: 'children', path: '/seq' },
  result: { kind: 'ok', zxid, children },
});

test('sequential names: in order, without a gap, each write once, all that was acknowledged', () => {
  const first = sequential('a-', 0, 1, 10, 0);
  const second = sequential('b-', 2, 3, 20, 1);
  const unanswered: Given = {
    from: 4,
    action: { kind: 'createSequential', path: '/seq/c-', value: 'c' },
    result: lost,
  };
  const names = ['a-0000000000', 'b-0000000001'];
  expect(rules(history(first, second, unanswered, list(5, 6, 30, ...names)))).toEqual([]);
  expect(rules(history(first, second, unanswered, list(5, 6, 30, ...names, 'c-0000000002')))).toEqual([]);
  expect(rules(history(first, second, list(5, 6, 30, 'a-0000000000')))).toContain(
    'listings hold what was created',
  );
  expect(rules(history(first, second, unanswered, list(5, 6, 30, ...names, 'c-0000000003')))).toContain(
    'sequential names count creations',
  );
  expect(
    rules(history(first, second, unanswered, list(5, 6, 30, ...names, 'c-0000000002', 'c-0000000003'))),
  ).toContain('a write takes effect once');
  expect(rules(history(first, second, list(5, 6, 30, ...names, 'x-0000000002')))).toContain(
    'listings hold what was created',
  );
  expect(rules(history(first, sequential('b-', 2, 3, 20, 0)))).toContain(
    'sequential names follow the order of the zxids',
  );
});
