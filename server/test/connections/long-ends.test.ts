import { CreateMode, ErrorCode, OpCode, readChildren, Xid } from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestEnsemble, type TestMember, until } from './ensemble.ts';
import type { TestClient } from './test-client.ts';

const NODES = 300;
const PERSISTENT = 0;

let ensemble: TestEnsemble;

beforeAll(async () => {
  // So small that the end of a session takes a hundred turns.
  ensemble = await TestEnsemble.start(3, {}, { turnSteps: 8, pieceNodes: 2 });
});

afterAll(async () => {
  await ensemble.stop();
});

/** A session that owns NODES nodes below a new node. */
async function owner(member: TestMember, parent: string, timeoutMs = 10_000): Promise<TestClient> {
  const client = await ensemble.session(member, timeoutMs);
  await client.ask(() => client.create(parent));
  for (let i = 0; i < NODES; i++) client.create(`${parent}/${i}`, '', CreateMode.ephemeral);
  client.flush();
  for (let i = 0; i < NODES; i++) expect((await client.reply()).err).toBe(ErrorCode.ok);
  return client;
}

/** Lists the children of `parent` until there are none: how many each listing showed, and how many events had come by then. */
async function look(member: TestMember, parent: string, isWatching: () => void): Promise<[number, number][]> {
  const client = await ensemble.session(member);
  await client.ask(() => client.sync(parent));
  await client.ask(() => client.aboutWatch(OpCode.addWatch, parent, PERSISTENT));
  isWatching();
  const shown: [number, number][] = [];
  let events = 0;
  for (;;) {
    const xid = client.children(parent);
    client.flush();
    let reply = await client.reply();
    for (; reply.xid === Xid.watchEvent; reply = await client.reply()) events++;
    expect(reply.xid).toBe(xid);
    const count = readChildren(reply.record).length;
    shown.push([count, events]);
    if (count === 0) return shown;
  }
}

describe('the end of a session with more nodes than a turn takes', () => {
  test.each(['is closed', 'expires'])(
    'shows on no member before it is through, where it %s, and to watchers first',
    async (how) => {
      const parent = `/${how.replace(' ', '-')}`;
      const client = await owner(ensemble.followers[0]!, parent, how === 'expires' ? 2_000 : 10_000);
      let watching = 0;
      const looks = ensemble.members.map((member) => look(member, parent, () => watching++));
      await until(() => watching === looks.length);
      if (how === 'expires') client.close();
      else expect((await client.ask(() => client.leave())).err).toBe(ErrorCode.ok);
      for (const shown of await Promise.all(looks)) {
        const last = shown.pop();
        expect(last).toEqual([0, NODES]);
        expect(shown.every(([count]) => count === NODES)).toBe(true);
      }
    },
  );

  test('keeps nobody from leading, and writes that come meanwhile are done behind it', async () => {
    const { leader } = ensemble;
    const client = await owner(leader, '/many');
    const other = await ensemble.session(ensemble.followers[0]!);
    client.leave();
    client.flush();
    for (let i = 0; i < 20; i++) other.create(`/many/late-${i}`);
    const list = other.children('/many');
    other.flush();
    for (let i = 0; i < 20; i++) expect((await other.reply()).err).toBe(ErrorCode.ok);
    const { xid, record } = await other.reply();
    expect(xid).toBe(list);
    expect(readChildren(record).filter((name) => name.startsWith('late'))).toHaveLength(20);
    await client.raw.closed();
    expect(ensemble.leader).toBe(leader);
  });
});
