import { describe, expect, test } from 'vitest';
import { type Received, refuse } from '../../../kube/test/api-server.ts';
import { podPath, READ_SERVICE_PATH, READ_SET_PATH } from './cluster-world.ts';
import { type RunningEnsemble, runningEnsemble } from './running-ensemble.ts';

/** What was asked of the members. */
const changes = ({ ensemble }: RunningEnsemble): string[] =>
  ensemble.done.filter((done) => !done.startsWith('start'));
const starts = ({ ensemble }: RunningEnsemble): string[] =>
  ensemble.done.filter((done) => done.startsWith('start'));
const isThere = ({ world }: RunningEnsemble, path: string): boolean =>
  world.world.server.objects.get(path) !== undefined;
const DIRECT = { update: { proof: { enabled: false } } } as const;

async function scaled(all: RunningEnsemble, readReplicas: number, spec: object = {}): Promise<void> {
  all.world.writeCluster({ ...DIRECT, replicas: 3, readReplicas, ...spec });
  await all.until(
    () =>
      all.world.conditionReason('ReadReplicasReady') === (readReplicas === 0 ? 'NoneWanted' : 'AllReady') &&
      (all.world.cluster?.status?.readReplicas ?? 0) === readReplicas &&
      all.world.conditionReason('Ready') === 'AsSpecified',
    `${readReplicas} read replicas: ${all.ensemble.done.join(', ')}; ${all.world.conditionReason('ReadReplicasReady')}`,
  );
}

describe('read replicas', () => {
  test('come one after the other and go the last first, through the ensemble, and no pod of a member is touched', async () => {
    const all = await runningEnsemble(3, DIRECT);
    await scaled(all, 2);
    expect(changes(all)).toEqual(['add 101', 'add 102']);
    expect(all.world.cluster?.status).toMatchObject({
      readReplicas: 2,
      readyReadReplicas: 2,
      voters: 3,
      replicas: 3,
      endpoints: { read: 'zk-read.ns.svc:2181' },
    });
    await scaled(all, 1);
    await scaled(all, 0);
    expect(changes(all)).toEqual(['add 101', 'add 102', 'remove 102', 'remove 101']);
    expect(starts(all)).toEqual(['start 101 1.0.0', 'start 102 1.0.0']);
    expect(all.ensemble.votes).toEqual([1, 2, 3]);
    await all.until(
      () => !isThere(all, READ_SET_PATH) && !isThere(all, READ_SERVICE_PATH),
      'nothing to be left',
    );
    expect(all.ensemble.mostAway).toBe(0);
    const events = all.world.events().map((event) => event.split(':')[0]);
    for (const reason of ['ReadReplicaAdded', 'ReadReplicaRemoved']) expect(events).toContain(reason);
  });

  test.each([1, 2, 3, 4])(
    'each change is made once, though the answer to number %i of them is lost',
    async (loses) => {
      const all = await runningEnsemble(3, DIRECT);
      all.ensemble.loses = loses;
      await scaled(all, 2);
      await scaled(all, 0);
      expect(changes(all)).toEqual(['add 101', 'add 102', 'remove 102', 'remove 101']);
    },
  );

  test('are made anew after the members, one at a time, where the version is another one', async () => {
    const all = await runningEnsemble(3, DIRECT);
    await scaled(all, 2);
    all.ensemble.done.length = 0;
    await scaled(all, 2, { version: '1.1.0' });
    expect(starts(all).map((start) => start.split(' ')[1])).toEqual(['3', '2', '1', '102', '101']);
    expect(starts(all).every((start) => start.endsWith('1.1.0'))).toBe(true);
  });

  test('that lost their volumes come back under other ids', async () => {
    const all = await runningEnsemble(3, DIRECT);
    await scaled(all, 1);
    all.ensemble.wipe(101);
    await all.until(() => changes(all).length === 3, 'it to be replaced');
    await scaled(all, 1);
    expect(changes(all)).toEqual(['add 101', 'remove 101', 'add 101']);
    expect(isThere(all, podPath(100))).toBe(true);
  });

  test('that cannot start keep nobody waiting, and go as they came', async () => {
    const all = await runningEnsemble(3, DIRECT);
    all.ensemble.broken.add('example/server:1.0.0');
    all.world.writeCluster({ ...DIRECT, replicas: 3, readReplicas: 2 });
    await all.until(() => isThere(all, podPath(100)), 'its pod');
    await all.until(() => all.world.conditionReason('ReadReplicasReady') === 'Scaling', 'the condition');
    expect(all.world.conditionReason('Ready')).toBe('AsSpecified');
    expect(changes(all)).toEqual(['add 101']);
    await scaled(all, 0);
    expect(changes(all)).toEqual(['add 101', 'remove 101']);
  });

  test('sleep and wake with the members', async () => {
    const all = await runningEnsemble(3, DIRECT);
    await scaled(all, 2);
    all.ensemble.allMayGo = true;
    all.world.writeCluster({ ...DIRECT, replicas: 3, readReplicas: 2, hibernated: true });
    await all.until(() => !isThere(all, podPath(0)) && !isThere(all, podPath(100)), 'all pods to be gone');
    await all.until(() => all.world.conditionReason('ReadReplicasReady') === 'Hibernated', 'the condition');
    await scaled(all, 2, { hibernated: false });
    expect(changes(all)).toEqual(['add 101', 'add 102']);
  });

  test('that the API server refuses to make do not make the cluster less Ready', async () => {
    const all = await runningEnsemble(3, DIRECT);
    const isTheirs = ({ method, path }: Received): boolean => method === 'PATCH' && path === READ_SET_PATH;
    all.world.world.server.script(isTheirs, ...Array.from({ length: 100 }, () => refuse(403, 'Forbidden')));
    all.world.writeCluster({ ...DIRECT, replicas: 3, readReplicas: 1 });
    await all.until(() => all.world.conditionReason('ReadReplicasReady') === 'StepFailed', 'the condition');
    expect(all.world.conditionReason('Ready')).toBe('AsSpecified');
    const asked = all.world.members[0]!.asked;
    for (let seconds = 0; seconds < 600; seconds += 10) {
      all.world.world.time.advance(10_000);
      await all.world.quiet(all.replica);
    }
    expect(all.world.members[0]!.asked - asked).toBeGreaterThan(50);
    // And members come and go as ever.
    all.world.writeCluster({ ...DIRECT, replicas: 5, readReplicas: 1 });
    await all.until(() => all.ensemble.votes.length === 5, 'five members');
  });
});
