import assert from 'node:assert/strict';
import { type Cluster, hostsOf, type KubeItem } from '../cluster.ts';
import { measured } from '../measured.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { underWriters } from '../writers.ts';

export const volumes: Scenario = {
  name: 'volumes are expanded under the pods while clients write, and where their class does not allow it the condition says so until the size is set back',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('fixed', { replicas: 1 }));
    await cluster.ready(namespace, 'fixed');
    await cluster.apply(namespace, coordinationCluster('fixed', { replicas: 1, storage: { size: '2Gi' } }));
    await cluster.meets('Stalled', namespace, 'fixed', 60);
    const { message } = await cluster.condition(namespace, 'fixed', 'Ready');
    assert.match(message, /must support resize/);
    await cluster.apply(namespace, coordinationCluster('fixed', { replicas: 1 }));
    await cluster.ready(namespace, 'fixed');

    const grown = (size: string) => coordinationCluster('grown', { storage: { size } });
    await cluster.apply(namespace, grown('1Gi'));
    await cluster.ready(namespace, 'grown');
    const former = await cluster.podUids(namespace);
    await allowExpansion(cluster, true);
    const report = await underWriters(cluster, hostsOf('grown', namespace), async () => {
      await cluster.apply(namespace, grown('2Gi'));
      const isAsked = async (): Promise<boolean> =>
        (await claimsOf(cluster, namespace)).every((claim) => requestOf(claim) === '2Gi');
      await cluster.until('every claim asks for more', isAsked);
      await expand(cluster, namespace);
      await cluster.ready(namespace, 'grown');
    }).finally(() => allowExpansion(cluster, false));
    assert.deepEqual(await cluster.podUids(namespace), former);
    const { status } = await cluster.get(namespace, 'coordinationcluster', 'grown');
    assert.equal(status?.volumeSize, '2Gi');
    const set = await cluster.get(namespace, 'statefulset', 'grown');
    assert.match(JSON.stringify(set.spec?.volumeClaimTemplates), /"storage":"2Gi"/);
    return measured('the same pods', report);
  },
};

/** Of the default class, which this Kubernetes has no other of. */
async function allowExpansion(cluster: Cluster, isAllowed: boolean): Promise<void> {
  const patch = JSON.stringify({ allowVolumeExpansion: isAllowed });
  const names = await cluster.kubectl(['get', 'storageclass', '-o', 'name']);
  for (const name of names.trim().split('\n'))
    await cluster.kubectl(['patch', name, '--type=merge', '-p', patch]);
}

/** What a driver's resizer does: this Kubernetes has folders for volumes, and no driver. */
async function expand(cluster: Cluster, namespace: string): Promise<void> {
  for (const claim of await claimsOf(cluster, namespace)) {
    const patch = JSON.stringify({ status: { capacity: { storage: requestOf(claim) } } });
    const what = ['patch', `pvc/${claim.metadata.name}`, '--subresource=status', '--type=merge', '-p', patch];
    await cluster.kubectl(['--namespace', namespace, ...what]);
  }
}

function claimsOf(cluster: Cluster, namespace: string): Promise<readonly KubeItem[]> {
  return cluster.list(namespace, 'pvc', 'rookery.dev/cluster=grown');
}

function requestOf({ spec }: KubeItem): string {
  return (spec as { resources: { requests: { storage: string } } }).resources.requests.storage;
}
