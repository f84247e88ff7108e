import assert from 'node:assert/strict';
import { coordinationCluster, type Scenario } from '../scenario.ts';

export const uninstallLeavesServing: Scenario = {
  name: 'helm uninstall leaves the ensembles and their custom resources, and they serve on',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('stays', { replicas: 1 }));
    await cluster.available(namespace, 'stays');
    await cluster.helm('uninstall', 'rookery', '--namespace', 'rookery-system', '--wait');
    assert.equal(
      await cluster.kazoo(`stays.${namespace}.svc:2181`, 'put', '/after', 'uninstall'),
      'uninstall',
    );
    assert.equal((await cluster.list(namespace, 'coordinationcluster')).length, 1);
    // Without an operator nobody would take the finalizer away.
    const patch = JSON.stringify({ metadata: { finalizers: null } });
    await cluster.kubectl(['--namespace', namespace, 'patch', 'cc/stays', '--type=merge', '-p', patch]);
    return 'kazoo writes without an operator';
  },
};
