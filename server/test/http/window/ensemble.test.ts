import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EnsembleReport } from '../../../src/http/window/shapes.ts';
import { type TestMember, until } from '../../connections/ensemble.ts';
import { type Refused, ServedWindow } from './served-window.ts';

let served: ServedWindow;

beforeAll(async () => {
  served = await ServedWindow.start(3);
});

afterAll(() => served.stop());

/** What a member tells once its answer to whoever asked before is old. */
async function look(member: TestMember): Promise<EnsembleReport> {
  const { json } = await served.ask<EnsembleReport>(member, '/ensemble');
  return json;
}

async function lookUntil(
  member: TestMember,
  done: (report: EnsembleReport) => boolean,
): Promise<EnsembleReport> {
  let report = await look(member);
  await until(
    () => done(report),
    () => JSON.stringify(report.members.map(({ standing, silent }) => [standing, silent])),
    async () => {
      report = await look(member);
    },
  );
  return report;
}

describe('the window of any member', () => {
  test('shows all of them, each as it tells of itself', async () => {
    const client = await served.ensemble.session(served.ensemble.leader);
    await client.ask((it) => it.create('/shown'));
    for (const member of served.ensemble.members) {
      const { askedMember, members } = await lookUntil(
        member,
        (report) =>
          report.members.every(({ silent }) => silent === undefined) &&
          report.members.some(
            ({ report: own }) => own?.durations.some(({ of }) => of === 'request') === true,
          ),
      );
      expect(askedMember).toBe(member.serverId);
      expect(members.map(({ standing }) => standing.serverId)).toEqual([1, 2, 3]);
      for (const { standing, report } of members) {
        expect(report).toMatchObject({
          version: expect.stringMatching(/^\d/),
          ready: true,
          status: { serverId: standing.serverId, serving: true },
        });
        expect(report!.status).not.toHaveProperty('members');
        expect(report!.metrics.sessions).toBeGreaterThanOrEqual(1);
        expect(report!.uptimeMs).toBeGreaterThan(0);
        expect(report!.nowMs).toBeGreaterThan(1_700_000_000_000);
        // Everybody's, as the leader knows it, whoever was asked.
        expect(standing.lagEntries).toBeGreaterThanOrEqual(0);
        const { leaderChanges, limits } = report!;
        expect(leaderChanges.at(-1)).toMatchObject({ leader: served.ensemble.leader.serverId });
        expect(leaderChanges.some(({ leaderlessMs }) => leaderlessMs > 0)).toBe(true);
        const names = limits.map(({ name }) => name);
        expect(names).toEqual(
          expect.arrayContaining([
            'limits.connections',
            'limits.sessions',
            'limits.nodes',
            'limits.watches',
            'limits.outstandingRequests',
            'limits.treeBytes',
            'clientMemory',
            'heap',
          ]),
        );
        for (const { used, most } of limits) expect(used).toBeLessThan(most);
        expect(limits.find(({ name }) => name === 'limits.connections')!.most).toBe(40_000);
      }
      const asked = members.flatMap(({ report }) => report!.durations).filter(({ of }) => of === 'request');
      expect(asked.map(({ operation }) => operation)).toContain('create');
      for (const { counts, bounds, count } of asked) {
        expect(counts).toHaveLength(bounds.length + 1);
        expect(counts.reduce((sum, each) => sum + each, 0)).toBe(count);
      }
    }
  });

  test('asks the others once for all who look at the same time', async () => {
    const [follower] = served.ensemble.followers;
    await lookUntil(follower!, ({ members }) => members.every(({ silent }) => silent === undefined));
    const all = await Promise.all(Array.from({ length: 20 }, () => look(follower!)));
    expect(new Set(all.map(({ atMs }) => atMs)).size).toBeLessThanOrEqual(2);
  });

  test('hands leadership over and drains members, whoever leads and whoever is asked', async () => {
    const [asked, next] = served.ensemble.followers as [TestMember, TestMember];
    const moved = await served.post(asked, '/leadership', { to: next.serverId });
    expect(moved).toEqual({ status: 200, json: { leader: next.serverId } });
    await until(() => next.leads);
    const again = await served.post<Refused>(asked, '/leadership', { to: next.serverId });
    expect([again.status, again.json.code]).toEqual([409, 'already-leader']);
    const none = await served.post<Refused>(asked, '/leadership', { to: 9 });
    expect([none.status, none.json.code]).toEqual([404, 'unknown-member']);

    expect(await served.post(asked, '/drain', { serverId: next.serverId })).toEqual({
      status: 200,
      json: { draining: true },
    });
    expect(next.member.draining.active).toBe(true);
    await until(() => served.ensemble.members.some((member) => member.leads && member !== next));
    const drained = await lookUntil(asked, ({ members }) =>
      members.some(({ report }) => report?.status.draining === true),
    );
    expect(drained.members.find(({ report }) => report?.ready === false)?.standing.serverId).toBe(
      next.serverId,
    );
    const undrain = `/drain?serverId=${next.serverId}`;
    expect(await served.ask(asked, undrain, { method: 'DELETE' })).toEqual({
      status: 200,
      json: { draining: false },
    });
    expect(next.member.draining.active).toBe(false);
    const nobody = await served.post<Refused>(asked, '/drain', { serverId: 200 });
    expect([nobody.status, nobody.json.code]).toEqual([404, 'unknown-member']);
    await served.ensemble.settled();
    expect(served.log.of('info', 'at the window').map(({ fields }) => fields.address)).toContain('127.0.0.1');
    expect(served.log.of('info', 'for somebody at its window').length).toBeGreaterThan(0);
  });

  test('refuses what is no such call', async () => {
    const { leader } = served.ensemble;
    const bodies = [{}, { to: '2' }, { to: 0 }, { to: 2, more: 1 }];
    for (const body of bodies) expect((await served.post(leader, '/leadership', body)).status).toBe(400);
    for (const query of ['', '?serverId=x', '?serverId=0', '?serverId=1&more=2'])
      expect((await served.ask(leader, `/drain${query}`, { method: 'DELETE' })).status).toBe(400);
  });
});

describe('a member that is away', () => {
  test('is silent, which is said, until it is back', async () => {
    const [asked, away] = served.ensemble.followers as [TestMember, TestMember];
    await away.stop();
    const { members } = await lookUntil(asked, (report) =>
      report.members.some(({ silent }) => silent !== undefined),
    );
    const entry = members.find(({ standing }) => standing.serverId === away.serverId)!;
    expect(entry.report).toBeUndefined();
    expect(entry.silent).toMatch(new RegExp(`member ${away.serverId}`));
    expect(members.filter(({ report }) => report !== undefined)).toHaveLength(2);
    await away.start();
    await served.open(away);
    await served.ensemble.settled();
    await lookUntil(asked, (report) => report.members.every(({ silent }) => silent === undefined));
  });

  test('that knows no leader says so, and changes nothing', async () => {
    const [asked] = served.ensemble.followers as [TestMember];
    const others = served.ensemble.members.filter((member) => member !== asked);
    await Promise.all(others.map((member) => member.stop()));
    await until(() => asked.member.running?.replica.raft.leader === 0);
    const refused = await served.post<Refused>(asked, '/leadership', { to: asked.serverId });
    expect([refused.status, refused.json.code]).toEqual([503, 'no-leader']);
    const report = await lookUntil(
      asked,
      ({ members }) => members.filter(({ silent }) => silent).length === 2,
    );
    const own = report.members.find(({ standing }) => standing.serverId === asked.serverId)!.report!;
    expect(own.leaderChanges.at(-1)!.leader).toBeNull();
    await Promise.all(others.map((member) => member.start()));
    for (const member of others) await served.open(member);
    await served.ensemble.settled();
  });
});
