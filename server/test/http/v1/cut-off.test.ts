import { afterEach, describe, expect, test } from 'vitest';
import type { MemberAddress } from '../../../src/config/config.ts';
import { configOf, TestEnsemble, TestMember, until } from '../../connections/ensemble.ts';
import { freePort } from '../../platform/ports.ts';
import { basic, ServedTree } from './served-tree.ts';

let tree: ServedTree;

afterEach(() => tree.stop());

async function serve(readOnlyMode: boolean): Promise<void> {
  const ensemble = new TestEnsemble();
  const addresses: MemberAddress[] = [];
  for (const serverId of [1, 2, 3]) {
    const [peerPort, clientPort] = [await freePort(), await freePort()];
    addresses.push({ serverId, host: '127.0.0.1', peerPort, clientPort, role: 'voter' });
  }
  for (const { serverId } of addresses) {
    const config = configOf(serverId, addresses, { syncLimit: 1 });
    ensemble.members.push(new TestMember({ ...config, client: { ...config.client, readOnlyMode } }));
  }
  await Promise.all(ensemble.members.map((member) => member.start()));
  await ensemble.settled();
  tree = await ServedTree.over(ensemble);
}

describe('a member that is cut off', () => {
  test('answers reads alone in read-only mode, to whom access lists allow them, and everything once it is back', async () => {
    await serve(true);
    const [kept, ...others] = [
      tree.ensemble.followers[0]!,
      tree.ensemble.leader,
      tree.ensemble.followers[1]!,
    ];
    const ann = basic('ann', 'a');
    const acl = [{ scheme: 'auth', id: '', permissions: ['read', 'write'] }];
    await tree.putJson('/nodes/anns', { text: 'mine', acl }, ann);
    await tree.ask('/nodes/anns?consistency=linearizable', { headers: ann }, kept);
    await Promise.all(others.map((member) => member.stop()));
    await until(() => kept.member.clients.isReadOnly);
    const at = async (path: string, init: RequestInit = {}) => {
      const { status, json } = await tree.ask(path, init, kept);
      return [status, json.code ?? json.text];
    };
    expect(await at('/nodes/anns', { headers: ann })).toEqual([200, 'mine']);
    expect(await at('/nodes/anns')).toEqual([403, 'NO_AUTH']);
    const write = { method: 'PUT', headers: ann, body: 'x' };
    expect(await at('/nodes/anns', write)).toEqual([503, 'NOT_READ_ONLY']);
    expect(await at('/nodes/anns?consistency=linearizable', { headers: ann })).toEqual([
      503,
      'NOT_READ_ONLY',
    ]);
    await Promise.all(others.map((member) => member.start()));
    await tree.ensemble.settled();
    expect((await at('/nodes/anns', write))[0]).toBe(200);
  });

  test('says at once that it serves nobody where that mode is off, and serves again once it is back', async () => {
    await serve(false);
    const [kept, ...others] = [
      tree.ensemble.followers[0]!,
      tree.ensemble.leader,
      tree.ensemble.followers[1]!,
    ];
    const put = () => tree.ask('/nodes/n?create', { method: 'PUT', body: 'x' }, kept);
    expect((await put()).status).toBe(201);
    await Promise.all(others.map((member) => member.stop()));
    await until(() => !kept.member.clients.serving);
    const refused = await put();
    expect([refused.status, refused.json.code, refused.json.retry]).toEqual([503, 'NOT_SERVING', 'safe']);
    expect((await tree.ask('/watch/n', {}, kept)).json.code).toBe('NOT_SERVING');
    await Promise.all(others.map((member) => member.start()));
    await tree.ensemble.settled();
    expect((await put()).status).toBe(200);
  });

  test('by the loss of its leader answers each write as done, or as one that is in doubt or was not done', async () => {
    await serve(false);
    const { leader, followers } = tree.ensemble;
    const asked = followers[0]!;
    await tree.ask('/nodes/count?create', { method: 'PUT' }, asked);
    let done = 0;
    const outcomes: string[] = [];
    const writing = (async () => {
      for (let at = 0; at < 40; at++) {
        const { status, json } = await tree.ask('/nodes/count', { method: 'PUT', body: `${at}` }, asked);
        if (status === 200) done++;
        outcomes.push(status === 200 ? 'done' : json.retry);
      }
    })();
    await until(() => outcomes.length > 5);
    await leader.stop();
    await writing;
    await tree.ensemble.settled(followers);
    const read = await tree.ask('/nodes/count?consistency=linearizable', {}, asked);
    const doubts = outcomes.filter((outcome) => outcome === 'in-doubt').length;
    expect(outcomes.filter((outcome) => !['done', 'in-doubt', 'safe'].includes(outcome))).toEqual([]);
    expect(read.json.stat.version).toBeGreaterThanOrEqual(done);
    expect(read.json.stat.version).toBeLessThanOrEqual(done + doubts);
    await leader.start();
  });
});
