import { type Cluster, hostsOf } from '../cluster.ts';
import { measured } from '../measured.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { withoutOperator } from '../without-operator.ts';
import { underWriters } from '../writers.ts';

/** Longer than any pod takes to come up, and its member to catch up. */
const STEP_SECONDS = 180;

export const scaling: Scenario = {
  name: 'an ensemble is scaled from one member to seven and back while clients write',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('grown', { replicas: 1 }));
    await cluster.ready(namespace, 'grown');
    const sizes = [3, 5, 7, 3, 1];
    const took: string[] = [];
    const report = await underWriters(cluster, hostsOf('grown', namespace), async () => {
      for (const size of sizes) {
        const began = performance.now();
        await scale(cluster, namespace, 'grown', size);
        await cluster.until(
          `${size} members vote`,
          () => hasVoters(cluster, namespace, 'grown', size),
          STEP_SECONDS,
        );
        await cluster.ready(namespace, 'grown');
        took.push(`${size} after ${((performance.now() - began) / 1000).toFixed(0)} s`);
      }
    });
    return measured(took.join(', '), report);
  },
};

export const scaledWithoutStatefulSet: Scenario = {
  name: 'no voter goes without leaving the ensemble, even where the StatefulSet is made anew by a smaller spec, or the cluster over its volumes',
  fast: false,
  async run(cluster, namespace) {
    const inNamespace = ['--namespace', namespace];
    await cluster.apply(namespace, coordinationCluster('kept', {}));
    await cluster.ready(namespace, 'kept');
    const former = await cluster.get(namespace, 'statefulset', 'kept');
    const report = await underWriters(cluster, hostsOf('kept', namespace), async () => {
      await withoutOperator(cluster, async () => {
        await scale(cluster, namespace, 'kept', 1);
        await cluster.kubectl([...inNamespace, 'delete', 'statefulset/kept', '--cascade=orphan']);
      });
      await cluster.until('there is another StatefulSet', async () => {
        return (await cluster.get(namespace, 'statefulset', 'kept')).metadata.uid !== former.metadata.uid;
      });
      await cluster.until('one member votes', () => hasVoters(cluster, namespace, 'kept', 1), STEP_SECONDS);
      await scale(cluster, namespace, 'kept', 3);
      await cluster.until('three members vote', () => hasVoters(cluster, namespace, 'kept', 3), STEP_SECONDS);
      await cluster.ready(namespace, 'kept');
    });

    await cluster.kubectl([...inNamespace, 'delete', 'coordinationcluster/kept', '--timeout=120s']);
    await cluster.until(
      'its pods are gone',
      async () => (await cluster.list(namespace, 'pods')).length === 0,
    );
    await cluster.apply(namespace, coordinationCluster('kept', { replicas: 1 }));
    await cluster.until('one member votes', () => hasVoters(cluster, namespace, 'kept', 1), STEP_SECONDS);
    await cluster.ready(namespace, 'kept');
    await cluster.kazoo(hostsOf('kept', namespace), 'get', '/writers');
    return measured('', report);
  },
};

function scale(cluster: Cluster, namespace: string, name: string, replicas: number): Promise<string> {
  return cluster.kubectl([
    ...['--namespace', namespace, 'scale', `coordinationcluster/${name}`, `--replicas=${replicas}`],
  ]);
}

/** And pods as many, and no more. */
async function hasVoters(cluster: Cluster, namespace: string, name: string, count: number): Promise<boolean> {
  const { status } = await cluster.get(namespace, 'coordinationcluster', name);
  return status?.voters === count && status?.replicas === count && status?.readyReplicas === count;
}
