import assert from 'node:assert/strict';
import { coordinationCluster, type Scenario } from '../scenario.ts';

export const notSupportedYet: Scenario = {
  name: 'another version is refused by a condition and an Event, and the ensemble is left alone',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('asked', { replicas: 1 }));
    await cluster.available(namespace, 'asked');
    const before = await cluster.podUids(namespace);
    const change = async (spec: object, reason: string): Promise<void> => {
      const patch = JSON.stringify({ spec });
      await cluster.kubectl(['--namespace', namespace, 'patch', 'cc/asked', '--type=merge', '-p', patch]);
      await cluster.until(`a condition says ${reason}`, async () => {
        const { status, reason: said } = await cluster.condition(namespace, 'asked', 'Progressing');
        return status === 'False' && said === reason;
      });
      await cluster.told(namespace, 'asked', reason);
      // As tools wait for it: they see that it will not come.
      await cluster.meets('Stalled', namespace, 'asked', 10);
      const ready = await cluster.condition(namespace, 'asked', 'Ready');
      assert.deepEqual([ready.status, ready.reason], ['False', reason]);
    };
    await change({ version: '0.1.1' }, 'UpgradeNotSupported');
    assert.deepEqual(await cluster.podUids(namespace), before);
    return 'UpgradeNotSupported; the same pod';
  },
};

export const nameTaken: Scenario = {
  name: 'what no rule can see becomes a condition and an Event: an object of somebody else is left alone, and the cluster comes up once it is gone',
  fast: false,
  async run(cluster, namespace) {
    const theirs = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'taken-config' },
      data: { a: 'b' },
    };
    await cluster.apply(namespace, theirs);
    await cluster.apply(namespace, coordinationCluster('taken', { replicas: 1 }));
    await cluster.until('a condition says that the name is taken', async () => {
      const { reason } = await cluster.condition(namespace, 'taken', 'Degraded');
      return reason === 'NameTaken';
    });
    await cluster.told(namespace, 'taken', 'NameTaken');
    const { message } = await cluster.condition(namespace, 'taken', 'Degraded');
    assert.match(message, /ConfigMap taken-config/);
    const kept = (await cluster.get(namespace, 'configmap', 'taken-config')) as { data?: unknown };
    assert.deepEqual(kept.data, theirs.data);
    await cluster.kubectl(['--namespace', namespace, 'delete', 'configmap/taken-config']);
    await cluster.available(namespace, 'taken');
    return 'NameTaken, then Available';
  },
};

export const paused: Scenario = {
  name: 'a paused cluster is left alone, and put right once it is not paused any more',
  fast: false,
  async run(cluster, namespace) {
    const inNamespace = ['--namespace', namespace];
    const pause = async (value: boolean): Promise<void> => {
      const patch = JSON.stringify({ spec: { paused: value } });
      await cluster.kubectl([...inNamespace, 'patch', 'cc/resting', '--type=merge', '-p', patch]);
    };
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
