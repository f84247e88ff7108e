import assert from 'node:assert/strict';
import type { Cluster } from '../cluster.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';

const FINALIZER = 'e2e.rookery.dev/held';

export const stableNames: Scenario = {
  name: 'clients that resolved the SRV records once go on by them after each pod was replaced, and a pod that hangs in its end has no name any more',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('named', {}));
    await cluster.ready(namespace, 'named');
    const records = `srv:_client._tcp.named-headless.${namespace}.svc.cluster.local`;
    const before = await cluster.kazoo(records, 'list');
    for (const ordinal of [0, 1, 2]) {
      assert.ok(
        before.includes(`named-${ordinal}.named-headless.${namespace}.svc`),
        `SRV targets: ${before}`,
      );
    }
    await cluster.kazoo(before, 'put', '/kept', 'by name');
    for (const ordinal of [0, 1, 2]) await replace(cluster, namespace, `named-${ordinal}`);
    // By the names of then, one by one: each is that of a pod which did not exist then.
    for (const host of before.split(',')) await cluster.kazoo(host, 'get', '/kept');

    await hold(cluster, namespace, 'named-1', [FINALIZER]);
    await cluster.kubectl(['--namespace', namespace, 'delete', 'pod/named-1', '--wait=false']);
    await cluster.until('the pod that is going has no record any more', async () => {
      return !(await cluster.kazoo(records, 'list')).includes('named-1.');
    });
    await hold(cluster, namespace, 'named-1', []);
    await cluster.ready(namespace, 'named');
    return `each of ${before} after its pod was replaced`;
  },
};

/** As a drain does it: the pod is told to end, and another comes in its place. */
async function replace(cluster: Cluster, namespace: string, pod: string): Promise<void> {
  const { metadata } = await cluster.get(namespace, 'pod', pod);
  await cluster.kubectl(['--namespace', namespace, 'delete', `pod/${pod}`]);
  await cluster.until(`there is another ${pod}`, async () => {
    return (await cluster.get(namespace, 'pod', pod)).metadata.uid !== metadata.uid;
  });
  await cluster.kubectl([
    ...['--namespace', namespace, 'wait', `pod/${pod}`, '--for=condition=Ready', '--timeout=120s'],
  ]);
}

async function hold(cluster: Cluster, namespace: string, pod: string, finalizers: readonly string[]) {
  await cluster.patch(namespace, `pod/${pod}`, { metadata: { finalizers } });
}
