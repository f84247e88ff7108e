import assert from 'node:assert/strict';
import { hostsOf } from '../cluster.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';

export const hibernation: Scenario = {
  name: 'a cluster hibernates while one of its members cannot run, and wakes up with its data',
  fast: false,
  async run(cluster, namespace) {
    const hosts = hostsOf('sleeper', namespace);
    await cluster.apply(namespace, coordinationCluster('sleeper', {}));
    await cluster.ready(namespace, 'sleeper');
    await cluster.kazoo(hosts, 'put', '/before', 'sleep');
    const unproved = { version: '0.9.9', update: { proof: { enabled: false } } };
    const { status: before } = await cluster.get(namespace, 'coordinationcluster', 'sleeper');

    await cluster.apply(namespace, coordinationCluster('sleeper', unproved));
    await cluster.until('a member cannot run', async () => {
      return (await cluster.condition(namespace, 'sleeper', 'Progressing')).reason === 'MembersHeldUp';
    });
    await cluster.apply(namespace, coordinationCluster('sleeper', { ...unproved, hibernated: true }));
    await cluster.until('no pod is left', async () => (await cluster.list(namespace, 'pods')).length === 0);
    await cluster.ready(namespace, 'sleeper');
    const { status } = await cluster.get(namespace, 'coordinationcluster', 'sleeper');
    assert.equal(status?.phase, 'Hibernated');
    assert.equal((await cluster.list(namespace, 'pvc')).length, 3);

    await cluster.apply(namespace, coordinationCluster('sleeper', {}));
    await cluster.until('the members are back', async () => {
      return (await cluster.get(namespace, 'coordinationcluster', 'sleeper')).status?.phase === 'Ready';
    });
    const { status: after } = await cluster.get(namespace, 'coordinationcluster', 'sleeper');
    assert.deepEqual([after?.clusterId, after?.voters], [before?.clusterId, 3]);
    return `it holds what was written before: ${await cluster.kazoo(hosts, 'get', '/before')}`;
  },
};
