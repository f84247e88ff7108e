import { describe, expect, test } from 'vitest';
import { RESTART_AT_ANNOTATION } from '../../src/model/cluster-names.ts';
import { CLUSTER_PATH } from './cluster-world.ts';
import { type RunningEnsemble, runningEnsemble } from './running-ensemble.ts';

/** Without a proof: upgrade-proof.test.ts has those. */
const AT_ONCE = { proof: { enabled: false } } as const;

const restarted = ({ ensemble }: RunningEnsemble): string[] =>
  ensemble.done.filter((done) => done.startsWith('start'));

/** Until the ensemble is as its spec says, and nobody has anything left to do. */
async function settled({ world, until }: RunningEnsemble, version = '1.0.0'): Promise<void> {
  await until(
    () =>
      world.conditionReason('Ready') === 'AsSpecified' && world.cluster?.status?.targetVersion === version,
    `an ensemble of ${version}`,
  );
}

describe('a change of the spec that needs other pods', () => {
  test('a new version: one pod at a time, the leader last, after another one leads', async () => {
    const all = await runningEnsemble(5);
    all.ensemble.leader = 3;
    all.world.writeCluster({ replicas: 5, version: '1.1.0', update: AT_ONCE });
    await settled(all, '1.1.0');
    expect(all.ensemble.done).toEqual([
      'start 5 1.1.0',
      'start 4 1.1.0',
      'start 2 1.1.0',
      'start 1 1.1.0',
      expect.stringMatching(/^lead [1245]$/),
      'start 3 1.1.0',
    ]);
    expect(all.ensemble.mostAway).toBe(1);
    expect(all.world.cluster?.status?.operation).toBeUndefined();
  });

  test.each([
    ['settings of the server', { config: { syncLimit: 7 } }],
    ['resources', { resources: { limits: { memory: '1Gi' } } }],
    ['labels of the pods', { podTemplate: { metadata: { labels: { 'example.com/team': 'a' } } } }],
  ])('%s: every pod is made anew, once', async (_title, spec) => {
    const all = await runningEnsemble(3);
    all.world.writeCluster({ replicas: 3, ...spec });
    await all.until(() => restarted(all).length === 3, 'three pods made anew');
    await settled(all);
    expect(restarted(all)).toHaveLength(3);
    expect(all.ensemble.mostAway).toBe(1);
  });

  test('another text in the annotation restart-at: the same', async () => {
    const all = await runningEnsemble(3);
    const { objects } = all.world.world.server;
    const { metadata, ...rest } = objects.get(CLUSTER_PATH)!;
    const annotations = { [RESTART_AT_ANNOTATION]: '2026-01-01T12:00:00Z' };
    objects.put(CLUSTER_PATH, { ...rest, metadata: { ...metadata, annotations } });
    await all.until(() => restarted(all).length === 3, 'three pods made anew');
    await settled(all);
    expect(restarted(all)).toHaveLength(3);
  });

  test('an ensemble of one, and of two, are made anew though no majority is there meanwhile', async () => {
    for (const replicas of [1, 2]) {
      const all = await runningEnsemble(replicas);
      all.world.writeCluster({ replicas, allowEvenReplicas: true, version: '1.1.0', update: AT_ONCE });
      await settled(all, '1.1.0');
      expect(restarted(all)).toHaveLength(replicas);
    }
  });

  test('what needs no other pods restarts none', async () => {
    const all = await runningEnsemble(3);
    all.world.writeCluster({ replicas: 3, networkPolicy: { enabled: false } });
    await all.until(() => all.world.cluster?.status?.observedGeneration === 2, 'the other spec');
    await settled(all);
    expect(all.ensemble.done).toEqual([]);
  });

  test('says what it does while it does it, and in Events', async () => {
    const all = await runningEnsemble(3);
    all.world.writeCluster({ replicas: 3, version: '1.1.0', update: AT_ONCE });
    await all.until(() => all.world.conditionReason('Reconciling') === 'RollingUpdate', 'the condition');
    expect(all.world.cluster?.status).toMatchObject({
      phase: 'Updating',
      operation: { type: 'RollingUpdate', step: expect.stringMatching(/of 3 pods are as the spec is now/) },
    });
    await settled(all, '1.1.0');
    const events = all.world.events().map((event) => event.split(':')[0]);
    for (const reason of ['MemberRestarted', 'LeadershipMoved', 'RollingUpdateEnded'])
      expect(events).toContain(reason);
  });
});

describe('a version that cannot run', () => {
  test('stops at one pod, says so, and is taken back by setting the spec back', async () => {
    const all = await runningEnsemble(3);
    all.ensemble.broken.add('example/server:1.1.0');
    all.world.writeCluster({ replicas: 3, version: '1.1.0', update: { ...AT_ONCE, readyTimeout: '1m' } });
    await all.until(() => all.world.conditionReason('Stalled') === 'UpdateStuck', 'the end of its patience');
    expect(all.ensemble.done).toEqual(['start 3 1.1.0']);
    const { conditions = [] } = all.world.cluster?.status ?? {};
    expect(conditions.find(({ type }) => type === 'Ready')?.message).toContain('zk-2: ImagePullBackOff');

    all.world.writeCluster({ replicas: 3 });
    await settled(all);
    expect(all.ensemble.done).toEqual(['start 3 1.1.0', 'start 3 1.0.0']);
    expect(all.ensemble.mostAway).toBe(1);
  });

  test('another version is rolled out over it, as well', async () => {
    const all = await runningEnsemble(3);
    all.ensemble.broken.add('example/server:1.1.0');
    all.world.writeCluster({ replicas: 3, version: '1.1.0', update: AT_ONCE });
    await all.until(() => all.world.conditionReason('Progressing') === 'MembersHeldUp', 'trouble');
    all.world.writeCluster({ replicas: 3, version: '1.1.1', update: AT_ONCE });
    await settled(all, '1.1.1');
    expect(all.ensemble.mostAway).toBe(1);
  });
});

test('a change in the midst of another one is taken up where the pods are', async () => {
  const all = await runningEnsemble(5);
  all.world.writeCluster({ replicas: 5, version: '1.1.0', update: AT_ONCE });
  await all.until(() => restarted(all).length === 2, 'two pods made anew');
  all.world.writeCluster({ replicas: 3, version: '1.2.0', update: AT_ONCE });
  await all.until(() => all.ensemble.votes.length === 3, 'three voters');
  await settled(all, '1.2.0');
  expect(all.ensemble.mostAway).toBe(1);
});
