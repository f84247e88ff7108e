import assert from 'node:assert/strict';
import type { Cluster } from '../cluster.ts';
import { OPERATOR_NAMESPACE } from '../install.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { describe, underWriters } from '../writers.ts';

export const refusedScale: Scenario = {
  name: 'a refused scale takes no voter, even where the StatefulSet is made anew by it, or the cluster over its volumes',
  fast: false,
  async run(cluster, namespace) {
    const inNamespace = ['--namespace', namespace];
    await cluster.apply(namespace, coordinationCluster('kept', {}));
    await cluster.ready(namespace, 'kept');
    const before = await cluster.podUids(namespace);
    const former = await cluster.get(namespace, 'statefulset', 'kept');

    const report = await underWriters(cluster, `kept.${namespace}.svc.cluster.local:2181`, async () => {
      await cluster.kubectl([...inNamespace, 'scale', 'coordinationcluster/kept', '--replicas=1']);
      await refused(cluster, namespace);
      await withoutOperator(cluster, async () => {
        await cluster.kubectl([...inNamespace, 'delete', 'statefulset/kept', '--cascade=orphan']);
      });
      await cluster.until('there is another StatefulSet', async () => {
        return (await cluster.get(namespace, 'statefulset', 'kept')).metadata.uid !== former.metadata.uid;
      });
      await refused(cluster, namespace);
      await cluster.kubectl([...inNamespace, 'scale', 'coordinationcluster/kept', '--replicas=3']);
      await cluster.ready(namespace, 'kept');
    });
    assert.deepEqual(await cluster.podUids(namespace), before);

    await cluster.kubectl([...inNamespace, 'delete', 'coordinationcluster/kept', '--timeout=120s']);
    await cluster.until(
      'its pods are gone',
      async () => (await cluster.list(namespace, 'pods')).length === 0,
    );
    await cluster.apply(namespace, coordinationCluster('kept', { replicas: 1 }));
    await refused(cluster, namespace);
    await cluster.kubectl([...inNamespace, 'scale', 'coordinationcluster/kept', '--replicas=3']);
    await cluster.ready(namespace, 'kept');
    await cluster.kazoo(`kept.${namespace}.svc.cluster.local:2181`, 'get', '/writers');
    return describe(report);
  },
};

/** Three members, whatever was asked for, and somebody who is told so. */
async function refused(cluster: Cluster, namespace: string): Promise<void> {
  await cluster.until('the scale is refused', async () => {
    const { reason, message } = await cluster.condition(namespace, 'kept', 'Stalled');
    return reason === 'ScalingNotSupported' && message.includes('3 members stay, 1 were asked for');
  });
  assert.equal((await cluster.get(namespace, 'statefulset', 'kept')).spec?.replicas, 3);
}

async function withoutOperator(cluster: Cluster, during: () => Promise<void>): Promise<void> {
  const inNamespace = ['--namespace', OPERATOR_NAMESPACE];
  const [deployment] = await cluster.list(OPERATOR_NAMESPACE, 'deployment');
  assert.ok(deployment, 'the operator has no Deployment');
  const name = `deployment/${deployment.metadata.name}`;
  const scale = (replicas: unknown) =>
    cluster.kubectl([...inNamespace, 'scale', name, `--replicas=${replicas}`]);
  await scale(0);
  try {
    await cluster.until('no operator runs', async () => {
      return (await cluster.list(OPERATOR_NAMESPACE, 'pods')).length === 0;
    });
    await during();
  } finally {
    await scale(deployment.spec?.replicas);
    await cluster.kubectl([...inNamespace, 'rollout', 'status', name, '--timeout=120s']);
  }
}
