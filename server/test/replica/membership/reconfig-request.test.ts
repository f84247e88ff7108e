import { ErrorCode, type ReconfigRequest } from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import { MAX_MEMBERS, MAX_SERVER_ID } from '../../../src/bounds/limits.ts';
import type { WantedMember } from '../../../src/replica/membership/membership.ts';
import {
  checkLimits,
  membersAfter,
  ReconfigRefused,
} from '../../../src/replica/membership/reconfig-request.ts';

const member = (serverId: number, changes: Partial<WantedMember> = {}): WantedMember => ({
  serverId,
  host: `zoo${serverId}`,
  peerPort: 2888,
  electionPort: 3888,
  clientHost: '0.0.0.0',
  clientPort: 2181,
  role: 'voter',
  ...changes,
});
const CURRENT = [member(1), member(2), member(3)];

function after(request: Partial<ReconfigRequest>): WantedMember[] {
  const whole = {
    joining: undefined,
    leaving: undefined,
    newMembers: undefined,
    configVersion: -1,
    ...request,
  };
  return membersAfter(whole, CURRENT);
}

function refusalOf(asked: () => void): ReconfigRefused {
  try {
    asked();
  } catch (error) {
    if (error instanceof ReconfigRefused) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('what a reconfig asks for', () => {
  test.each<[string, Partial<ReconfigRequest>, readonly WantedMember[]]>([
    ['nothing', {}, CURRENT],
    ['empty lists', { joining: '', leaving: ' , ' }, CURRENT],
    ['who leaves', { leaving: '3' }, [member(1), member(2)]],
    ['who leaves and is none', { leaving: '7,9' }, CURRENT],
    [
      'who joins, with spaces about',
      { joining: ' server.4 = zoo4:2888:3888:observer;2181 ' },
      [...CURRENT, member(4, { role: 'learner' })],
    ],
    [
      'who joins is a participant unless it says so',
      { joining: 'server.4=zoo4:2888:3888;2181' },
      [...CURRENT, member(4)],
    ],
    [
      'another address and role of who is there',
      { joining: 'server.2=10.0.0.2:2889:3889:observer;10.0.0.2:2182' },
      [
        member(1),
        member(3),
        member(2, {
          host: '10.0.0.2',
          peerPort: 2889,
          electionPort: 3889,
          clientHost: '10.0.0.2',
          clientPort: 2182,
          role: 'learner',
        }),
      ],
    ],
    [
      'who leaves and joins',
      { leaving: '2', joining: 'server.2=zoo2:2888:3888;2181' },
      [member(1), member(3), member(2)],
    ],
    [
      'IPv6',
      { joining: 'server.4=[::1]:2888:3888;[::1]:2181' },
      [...CURRENT, member(4, { host: '::1', clientHost: '::1' })],
    ],
    [
      'all members, as the file or in one line',
      {
        newMembers:
          '# those of before\nserver.1=zoo1:2888:3888:participant;2181\n\nserver.2=zoo2:2888:3888;0.0.0.0:2181,server.9=zoo9:2888:3888:observer;2181\nversion=100',
        leaving: '1',
        joining: 'nonsense',
      },
      [member(1), member(2), member(9, { role: 'learner' })],
    ],
  ])('%s', (_what, request, members) => {
    expect(after(request)).toEqual(members);
  });

  test.each<[string, ErrorCode, Partial<ReconfigRequest>]>([
    ['no equals sign', ErrorCode.badArguments, { joining: 'server.4' }],
    ['no address', ErrorCode.badArguments, { joining: 'server.4=' }],
    ['two equals signs', ErrorCode.badArguments, { joining: 'server.4=zoo4:1:2;3=4' }],
    ['one line of several that is none', ErrorCode.badArguments, { joining: 'server.4=zoo4:1:2;3,x' }],
    ['no ports', ErrorCode.badArguments, { joining: 'server.4=zoo4;3' }],
    ['a port beyond', ErrorCode.badArguments, { joining: 'server.4=zoo4:1:65536;3' }],
    ['no port for clients', ErrorCode.badArguments, { joining: 'server.4=zoo4:1:2' }],
    [
      'several addresses with different roles',
      ErrorCode.badArguments,
      { joining: 'server.4=a:1:2:observer|b:1:2;3' },
    ],
    ['an id that is no number', ErrorCode.marshallingError, { joining: 'server.four=zoo4:1:2;3' }],
    ['who leaves by name', ErrorCode.marshallingError, { leaving: '1,two' }],
    ['one participant left', ErrorCode.badArguments, { leaving: '1,2' }],
    ['observers only', ErrorCode.badArguments, { newMembers: 'server.1=zoo1:1:2:observer;3' }],
    ['none at all', ErrorCode.badArguments, { newMembers: '' }],
    ['a key of a hierarchical quorum', ErrorCode.badArguments, { newMembers: 'weight.1=1' }],
    ['an address of another member', ErrorCode.badArguments, { joining: 'server.4=zoo3:1:2888;3' }],
  ])('is refused: %s', (_what, err, request) => {
    const refused = refusalOf(() => after(request));
    expect(refused.err).toBe(err);
    expect(refused.message).toMatch(/\w/);
  });

  test('may have two members at an address that means "here"', () => {
    const joining = 'server.4=127.0.0.1:1:2;3,server.5=127.0.0.1:1:2;3';
    expect(after({ joining }).map(({ serverId }) => serverId)).toEqual([1, 2, 3, 4, 5]);
  });

  test('is held to the limits of this program', () => {
    const many = Array.from({ length: MAX_MEMBERS + 1 }, (_, at) => member(at + 1));
    checkLimits(many.slice(1));
    expect(refusalOf(() => checkLimits(many)).err).toBe(ErrorCode.badArguments);
    checkLimits([member(MAX_SERVER_ID)]);
    for (const id of [0, -4, MAX_SERVER_ID + 1])
      expect(refusalOf(() => checkLimits([member(id)])).err).toBe(ErrorCode.badArguments);
  });
});
