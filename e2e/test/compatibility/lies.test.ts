import { describe, expect, test } from 'vitest';
import { compare, type Difference } from '../../compatibility/compare.ts';
import { normalise } from '../../compatibility/normalise.ts';
import { defaultWaits, play } from '../../compatibility/player.ts';
import { create, flags, getData, opCodes, setData } from '../../compatibility/requests.ts';
import { ann, bob, scenario } from '../../compatibility/scenario.ts';
import { judge } from '../../compatibility/verdict.ts';
import { type Lie, type StubOptions, StubServer } from './stub-server.ts';

/** A liar may keep back what is waited for. */
const waits = { replyMs: 500, eventMs: 500 };

const story = scenario(
  'test/a story',
  ann.connects(),
  bob.connects(),
  ann.sends(create('/a', 'one')),
  ann.sends(create('/a', 'again')),
  ann.sends(create('/e', '', { flags: flags.ephemeral })),
  ann.sends(getData('/a', 'watch'), getData('/e')),
  bob.sends(setData('/a', 'two')),
  ann.hears(1),
  ann.sends(getData('/a')),
  bob.sends(getData('/e')),
);

async function tell(options: StubOptions = {}) {
  const stub = await StubServer.start(options);
  const doors = { plain: stub.endpoint };
  const quorum = { lose: async () => {}, regain: async () => {} };
  const stage = { root: '/root', asked: doors, other: doors, quorum, sinceMs: Date.now() };
  try {
    return normalise(await play(story, stage, options.lie === undefined ? defaultWaits : waits));
  } finally {
    stub.stop();
  }
}

async function differences(options: StubOptions): Promise<Difference[]> {
  return compare(story.name, await tell(), await tell(options));
}

/** Changes the body of the n-th message that `matches`. */
function lieAbout(
  matches: (message: Parameters<Lie>[0]) => boolean,
  change: (body: Buffer) => Buffer | readonly Buffer[],
  nth = 1,
): Lie {
  let seen = 0;
  return (message) => {
    if (!matches(message) || ++seen !== nth) return [message.body];
    const changed = change(Buffer.from(message.body));
    return Buffer.isBuffer(changed) ? [changed] : changed;
  };
}

const reply = (code: number) => (message: Parameters<Lie>[0]) =>
  message.kind === 'reply' && message.op === code;
const anEvent = (message: Parameters<Lie>[0]) => message.kind === 'event';
const aGreeting = (message: Parameters<Lie>[0]) => message.kind === 'connected';

function patch(at: number, value: number): (body: Buffer) => Buffer {
  return (body) => {
    body.writeInt32BE(value, at);
    return body;
  };
}

/** Where a stat begins in the reply to getData of three bytes. */
const STAT = 16 + 4 + 3;

describe('two servers that say the same', () => {
  test('differ in nothing, whatever their numbers, passwords and clocks are', async () => {
    expect(await differences({})).toEqual([]);
    const other = { zxid: 0x5_0000_0000, step: 3, sessionId: 2 ** 40, password: 77, clockAheadMs: 200 };
    expect(await differences(other)).toEqual([]);
  });
});

describe('a server that lies', () => {
  const lies: readonly [what: string, lie: Lie, found: { what: string; field: string }][] = [
    [
      'about an error',
      lieAbout(reply(opCodes.create), patch(12, -101), 2),
      { what: 'ann #4 create /a', field: 'err' },
    ],
    [
      'about data',
      lieAbout(reply(opCodes.getData), (body) => body.fill('x', 20, 21)),
      { what: 'ann #6.1 getData /a', field: 'data' },
    ],
    [
      'about a version',
      lieAbout(reply(opCodes.getData), patch(STAT + 32, 7)),
      { what: 'ann #6.1 getData /a', field: 'stat.version' },
    ],
    [
      'about which transaction changed a node',
      lieAbout(reply(opCodes.getData), (body) => body.copyWithin(STAT + 8, STAT, STAT + 8), 3),
      { what: 'ann #9 getData /a', field: 'stat.mzxid' },
    ],
    [
      'about the owner of a node',
      lieAbout(reply(opCodes.getData), patch(16 + 4 + 44 + 4, 4_242), 2),
      { what: 'ann #6.2 getData /e', field: 'stat.ephemeralOwner' },
    ],
    [
      'about a time',
      lieAbout(reply(opCodes.getData), patch(STAT + 16, 0)),
      { what: 'ann #6.1 getData /a', field: 'stat.ctime' },
    ],
    [
      'about the transaction of an event',
      lieAbout(anEvent, patch(8, 0)),
      { what: 'ann, event 1 before #9 getData /a', field: 'zxid' },
    ],
    [
      'by keeping an event back',
      lieAbout(anEvent, () => []),
      { what: 'ann, event 1 before #9 getData /a', field: 'all of it' },
    ],
    [
      'by telling an event twice',
      lieAbout(anEvent, (body) => [body, body]),
      { what: 'ann, event 2 before #9 getData /a', field: 'all of it' },
    ],
    [
      'by taking no transaction for a write that fails',
      lieAbout(reply(opCodes.create), (body) => patch(8, body.readInt32BE(8) - 1)(body), 2),
      { what: 'ann #4 create /a', field: 'zxid' },
    ],
    [
      'by going back in time',
      lieAbout(reply(opCodes.create), (body) => patch(8, body.readInt32BE(8) - 1_000_000)(body), 2),
      { what: 'zxids in order', field: 'order' },
    ],
    [
      'about the timeout',
      lieAbout(aGreeting, patch(4, 9_999)),
      { what: 'ann #1 connects', field: 'timeoutMs' },
    ],
    [
      'by a byte too many',
      lieAbout(reply(opCodes.setData), (body) => Buffer.concat([body, Buffer.from([0])])),
      { what: 'bob #7 setData /a', field: 'rest' },
    ],
    [
      'by not answering at all',
      lieAbout(reply(opCodes.setData), () => []),
      { what: 'bob #7 setData /a', field: 'all of it' },
    ],
    [
      'by answering twice',
      lieAbout(reply(opCodes.setData), (body) => [body, body]),
      { what: 'bob, message 1 that the connection of #2 did not ask for', field: 'all of it' },
    ],
    [
      'by a message that is too short',
      lieAbout(reply(opCodes.setData), (body) => [body, body.subarray(0, 9)]),
      { what: 'bob, message 1 that the connection of #2 did not ask for', field: 'all of it' },
    ],
    [
      'by giving two sessions one password',
      lieAbout(aGreeting, (body) => body.fill(2, 20, 36), 2),
      { what: 'bob #2 connects', field: 'password' },
    ],
  ];

  test.each(lies)('%s is found out', async (_what, lie, found) => {
    const told = await differences({ lie, zxid: 2_000_000 });
    expect(told.map(({ what, field }) => ({ what, field }))).toContainEqual(found);
  });

  test('by an event that comes after the reply which shows what happened is found out', async () => {
    const late: Buffer[] = [];
    let reads = 0;
    const lie: Lie = (message) => {
      if (message.kind === 'event') {
        late.push(message.body);
        return [];
      }
      if (reply(opCodes.getData)(message) && ++reads === 3) return [message.body, ...late];
      return [message.body];
    };
    const told = await differences({ lie });
    expect(told.map(({ what }) => what)).toContain('ann, event 1 before #9 getData /a');
  });
});

describe('an accepted difference', () => {
  const met: Difference = { where: '', what: 'ann #1', field: 'err', zookeeper: '0', rookery: '-6' };
  const own = {
    scenario: 'a/b',
    reason: 'because',
    what: 'ann #1',
    field: 'err',
    zookeeper: '0',
    rookery: '-6',
  };

  test('excuses that difference and no other', () => {
    const other = { ...met, rookery: '-5' };
    expect(judge('a/b', [met], [own])).toEqual({ unexpected: [], gone: [], met: 1 });
    expect(judge('a/b', [met, other], [own]).unexpected).toEqual([other]);
    expect(judge('a/c', [met], [own]).unexpected).toEqual([met]);
  });

  test('has to be there', () => {
    expect(judge('a/b', [], [own]).gone).toEqual([own]);
  });
});
