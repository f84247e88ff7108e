import assert from 'node:assert/strict';
import { OPERATOR_NAMESPACE, operatorRelease } from '../install.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';

export const uninstallLeavesServing: Scenario = {
  name: 'helm upgrade changes the operator under a running ensemble; helm uninstall leaves the ensembles and their custom resources, and they serve on',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('stays', { replicas: 1 }));
    await cluster.available(namespace, 'stays');
    await cluster.helm(
      'upgrade',
      ...(await operatorRelease()),
      '--set',
      'replicas=1',
      '--wait',
      '--timeout',
      '3m',
    );
    const { status } = await cluster.get(OPERATOR_NAMESPACE, 'deployment', 'rookery-operator');
    assert.equal(status?.readyReplicas, 1);
    await cluster.helm('uninstall', 'rookery', '--namespace', OPERATOR_NAMESPACE, '--wait');
    assert.equal(
      await cluster.kazoo(`stays.${namespace}.svc:2181`, 'put', '/after', 'uninstall'),
      'uninstall',
    );
    assert.equal((await cluster.list(namespace, 'coordinationcluster')).length, 1);
    // So that it goes with its namespace after this, though no operator is there.
    assert.deepEqual((await cluster.get(namespace, 'cc', 'stays')).metadata.finalizers ?? [], []);
    return 'kazoo writes without an operator';
  },
};
