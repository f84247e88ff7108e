import { describe, expect, test } from 'vitest';
import { frame, int } from '../../../testkit/src/wire/requests.ts';
import { readRequest } from '../../compatibility/recorded/read-request.ts';
import type { RecordedStep } from '../../compatibility/recorded/recording.ts';
import { replay } from '../../compatibility/recorded/replay.ts';
import { shapeOf } from '../../compatibility/recorded/shape.ts';
import {
  acl,
  addWatch,
  auth,
  check,
  codeOf,
  create,
  encodeParts,
  getAcl,
  getChildren2,
  getData,
  multi,
  type Request,
  remove,
  setAcl,
  setData,
  setWatches2,
} from '../../compatibility/requests.ts';

const NOWHERE = { root: '/root', challenge: Buffer.alloc(0), remembered: () => 7 };

/** As a program would send it, and as it is recorded. */
function recorded(request: Request): ReturnType<typeof readRequest> {
  const sent = frame(int(1), int(codeOf(request)), encodeParts(request.parts, NOWHERE));
  return readRequest(request.op, sent);
}

function step(request: Request, error = 0): RecordedStep {
  return { request: recorded(request), error };
}

function replayed(...steps: readonly RecordedStep[]): string[] {
  const { steps: played } = replay('x', { program: 'x', requests: 0, unknown: {}, steps });
  return played.flatMap((each) => {
    if (each.kind !== 'send') return [each.kind];
    return each.requests.map(({ op, parts }) => {
      const path = parts.find((part) => 'path' in part);
      const version = ['delete', 'setData', 'check'].includes(op) ? parts.at(-1) : undefined;
      const asked = version !== undefined && 'int' in version ? ` ${version.int}` : '';
      return `${op} ${path !== undefined && 'path' in path ? path.path : ''}${asked}`;
    });
  });
}

describe('what a program sends is recorded', () => {
  test.each([
    [create('/a', 'data', { acl: [acl(31, 'world', 'anyone'), acl(1, 'digest', 'ann:hash')], flags: 3 })],
    [create('/a', null, { op: 'createTTL', ttlMs: 5_000, flags: 5 })],
    [remove('/a', 3)],
    [setData('/a', 'x', -1)],
    [setAcl('/a', [acl(1, 'ip', '127.0.0.1')])],
    [getAcl('/a')],
    [getData('/a', 'watch')],
    [getChildren2('/a')],
    [addWatch('/a', 1)],
    [check('/a', 2)],
    [setWatches2({ since: 'x', data: ['/a', '/b'], recursive: ['/c'] })],
  ])('to its last byte: %s', (request) => {
    const { parts } = recorded(request);
    const back = parts.map((part) =>
      'size' in part ? { bytes: part.size && Buffer.alloc(part.size) } : part,
    );
    expect(back).toHaveLength(request.parts.length);
    expect(JSON.stringify(parts)).not.toContain('hash');
    const path = request.parts.find((part) => 'path' in part);
    expect(parts.find((part) => 'path' in part)).toEqual({
      path: `/root${path !== undefined && 'path' in path ? path.path : ''}`,
    });
  });

  test('with the items of a multi, and without the proof of an identity', () => {
    const { items } = recorded(multi(create('/a', 'x'), check('/a', 0), remove('/a')));
    expect(items?.map(({ op }) => op)).toEqual(['create', 'check', 'delete']);
    expect(JSON.stringify(recorded(auth('digest', 'ann:password')))).not.toContain('password');
  });

  test('in kinds: by depth, flags, lists, versions, sizes and answers', () => {
    const same = shapeOf(step(create('/a/b', 'some')));
    expect(shapeOf(step(create('/c/d', 'time')))).toBe(same);
    for (const other of [
      step(create('/a', 'some')),
      step(create('/a/b', 'some'), -110),
      step(create('/a/b', 'x'.repeat(100))),
      step(create('/a/b', null)),
      step(create('/a/b', 'some', { flags: 1 })),
      step(create('/a/b', 'some', { acl: [acl(1, 'world', 'anyone')] })),
    ])
      expect(shapeOf(other)).not.toBe(same);
  });
});

describe('what was recorded is played', () => {
  test('with the proofs anew on each connection, and watches since what was seen on the one before', () => {
    const connect = { timeoutMs: 6_000, readOnly: false };
    const played = replayed(
      { connect: { ...connect, isAgain: false } },
      step(auth('digest', 'ann:password')),
      step(getData('/a', 'watch')),
      { connect: { ...connect, isAgain: true } },
      step(setWatches2({ since: 'x', data: ['/a'] })),
    );
    expect(played.filter((each) => !each.startsWith('create'))).toEqual([
      'connect',
      'auth ',
      'getData /root/a',
      'remember',
      'drop',
      'connect',
      'auth ',
      'setWatches2 /root/a',
      'drop',
    ]);
  });

  test('where each request finds what it found', () => {
    expect(
      replayed(
        { connect: { timeoutMs: 6_000, readOnly: false, isAgain: false } },
        step(getData('/a/b')),
        step(setData('/a/b', 'x', 12)),
        step(setData('/a/b', 'y', 13)),
        step(setData('/a/b', 'z', 3), -103),
        step(create('/a/b'), -110),
        step(getData('/gone'), -101),
        step(remove('/a/b', 14)),
        step(create('/a/b')),
      ),
    ).toEqual([
      'connect',
      'create /root',
      'create /root/a',
      'create /root/a/b',
      'getData /root/a/b',
      'setData /root/a/b 0',
      'setData /root/a/b 1',
      'setData /root/a/b 9',
      'create /root/a/b',
      'getData /root/gone',
      'create /root/a/b-1',
      'delete /root/a/b-1 0',
      'create /root/a/b-2',
      'drop',
    ]);
  });
});
