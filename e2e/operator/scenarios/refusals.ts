import assert from 'node:assert/strict';
import { coordinationCluster, type Scenario } from '../scenario.ts';

export const nameTaken: Scenario = {
  name: 'what no rule can see becomes a condition and an Event: an object of somebody else is left alone, and the cluster comes up once it is gone',
  fast: false,
  async run(cluster, namespace) {
    const theirs = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'taken', labels: { owner: 'somebody-else' } },
    };
    await cluster.apply(namespace, theirs);
    await cluster.apply(namespace, coordinationCluster('taken', { replicas: 1 }));
    await cluster.until('a condition says that the name is taken', async () => {
      const { reason } = await cluster.condition(namespace, 'taken', 'Degraded');
      return reason === 'NameTaken';
    });
    await cluster.told(namespace, 'taken', 'NameTaken');
    const { message } = await cluster.condition(namespace, 'taken', 'Degraded');
    assert.match(message, /ServiceAccount taken/);
    const kept = await cluster.get(namespace, 'serviceaccount', 'taken');
    assert.deepEqual(kept.metadata.labels, theirs.metadata.labels);
    await cluster.kubectl(['--namespace', namespace, 'delete', 'serviceaccount/taken']);
    await cluster.available(namespace, 'taken');
    return 'NameTaken, then Available';
  },
};

export const paused: Scenario = {
  name: 'a paused cluster is left alone, and put right once it is not paused any more',
  fast: false,
  async run(cluster, namespace) {
    const inNamespace = ['--namespace', namespace];
    const pause = (value: boolean): Promise<string> =>
      cluster.patch(namespace, 'cc/resting', { spec: { paused: value } });
    const service = async (): Promise<boolean> =>
      (await cluster.list(namespace, 'service')).some(({ metadata }) => metadata.name === 'resting-headless');
    await cluster.apply(namespace, coordinationCluster('resting', { replicas: 1 }));
    await cluster.available(namespace, 'resting');
    await pause(true);
    await cluster.until('the status says that it is paused', async () => {
      return (await cluster.condition(namespace, 'resting', 'Paused')).status === 'True';
    });
    await cluster.kubectl([...inNamespace, 'delete', 'service/resting-headless']);
    // By then the operator has seen the deletion, too: it has done many things since.
    await cluster.apply(namespace, coordinationCluster('another', { replicas: 1 }));
    await cluster.available(namespace, 'another');
    assert.equal(await service(), false, 'the Service of a paused cluster was made again');
    await pause(false);
    await cluster.until('the Service is back', service);
    return 'a Service stays deleted until then';
  },
};
