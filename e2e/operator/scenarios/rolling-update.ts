import assert from 'node:assert/strict';
import { type Cluster, hostsOf } from '../cluster.ts';
import { measured, UPDATE_GAP_MS } from '../measured.ts';
import { mostAway } from '../pods-away.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { underWriters } from '../writers.ts';

/** Three pods, one after the other: each has to stop, come up and catch up. */
const UPDATE_SECONDS = 300;
const MEMBERS = 3;
/** Of no image that was built here. */
const NO_SUCH_VERSION = '0.9.9';

export const rollingUpdate: Scenario = {
  name: 'other settings, other resources and restart-at make every pod anew, one at a time and the leader last, while clients write',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('rolled', {}));
    await cluster.ready(namespace, 'rolled');
    const inNamespace = ['--namespace', namespace];
    const patch = (spec: object) => (): Promise<string> => cluster.patch(namespace, 'cc/rolled', { spec });
    const changes: readonly (readonly [what: string, make: () => Promise<unknown>])[] = [
      ['settings', patch({ config: { syncLimit: 7 } })],
      ['resources', patch({ resources: { requests: { cpu: '150m' } } })],
      ['restart-at', () => cluster.annotate(namespace, 'cc/rolled', 'rookery.dev/restart-at=now')],
      [
        'rollout restart of the StatefulSet',
        () => cluster.kubectl([...inNamespace, 'rollout', 'restart', 'statefulset/rolled']),
      ],
    ];
    const took: string[] = [];
    let away = 0;
    const report = await underWriters(cluster, hostsOf('rolled', namespace), async () => {
      for (const [what, make] of changes) {
        const former = await cluster.podUids(namespace);
        const leader = await leaderOf(cluster, namespace);
        const began = performance.now();
        const most = await mostAway(namespace, MEMBERS, async () => {
          await make();
          await cluster.until(
            `no pod is one of those before ${what}`,
            async () => (await cluster.podUids(namespace)).every((uid) => !former.includes(uid)),
            UPDATE_SECONDS,
          );
          await cluster.ready(namespace, 'rolled');
        });
        away = Math.max(away, most);
        await cluster.told(namespace, 'rolled', 'RollingUpdateEnded');
        const order = await restartedOf(cluster, namespace);
        assert.equal(order.at(-1), leader, `the leader was not the last of ${order.join(', ')}`);
        took.push(`${what} in ${((performance.now() - began) / 1000).toFixed(0)} s`);
      }
    });
    return measured(took.join(', '), report, { away, mostGapMs: UPDATE_GAP_MS });
  },
};

export const brokenVersion: Scenario = {
  name: 'a version that cannot run stops at one pod where it is rolled without a proof, and is taken back by setting the spec back, while clients write',
  fast: true,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('broken', {}));
    await cluster.ready(namespace, 'broken');
    const former = await cluster.podUids(namespace);
    const report = await underWriters(cluster, hostsOf('broken', namespace), async () => {
      const update = { readyTimeout: '20s', proof: { enabled: false } };
      await cluster.apply(namespace, coordinationCluster('broken', { version: NO_SUCH_VERSION, update }));
      await cluster.meets('Stalled', namespace, 'broken', 120);
      const { reason, message } = await cluster.condition(namespace, 'broken', 'Ready');
      assert.equal(reason, 'UpdateStuck');
      assert.match(message, /broken-[0-2]: (ErrImagePull|ImagePullBackOff|ErrImageNeverPull)/);
      await cluster.told(namespace, 'broken', 'UpdateStuck');
      const kept = (await cluster.podUids(namespace)).filter((uid) => former.includes(uid));
      assert.equal(kept.length, 2, 'it did not stop at one pod');
      await cluster.apply(namespace, coordinationCluster('broken', {}));
      await cluster.ready(namespace, 'broken');
    });
    const kept = (await cluster.podUids(namespace)).filter((uid) => former.includes(uid));
    assert.equal(kept.length, 2, 'setting the spec back restarted more than the pod that was stuck');
    return measured('', report, { mostGapMs: UPDATE_GAP_MS });
  },
};

async function leaderOf(cluster: Cluster, namespace: string): Promise<string> {
  const { status } = await cluster.get(namespace, 'coordinationcluster', 'rolled');
  return String(status?.leader);
}

/** The pods in the order in which they were made. */
async function restartedOf(cluster: Cluster, namespace: string): Promise<readonly string[]> {
  const pods = await cluster.list(namespace, 'pods');
  return pods
    .toSorted((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1))
    .map(({ metadata }) => metadata.name);
}
