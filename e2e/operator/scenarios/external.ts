import assert from 'node:assert/strict';
import { type Cluster, hostsOf } from '../cluster.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';

export const external: Scenario = {
  name: 'each member has a Service of its own for clients outside, as long as the spec says so',
  fast: false,
  async run(cluster, namespace) {
    const services = { external: { enabled: true, type: 'NodePort' } };
    await cluster.apply(namespace, coordinationCluster('outside', { services }));
    await cluster.ready(namespace, 'outside');
    const names = await externalServices(cluster, namespace);
    assert.deepEqual(names, ['outside-external-0', 'outside-external-1', 'outside-external-2']);
    for (const name of names) {
      const { spec } = await cluster.get(namespace, 'service', name);
      const [port] = (spec as { ports: readonly { nodePort?: number }[] }).ports;
      assert.ok((port?.nodePort ?? 0) > 0, `${name} has no port on the nodes`);
      await cluster.kazoo(hostsOf(name, namespace), 'put', `/${name}`, 'here');
    }
    await cluster.apply(namespace, coordinationCluster('outside', {}));
    await cluster.until(
      'they are gone',
      async () => (await externalServices(cluster, namespace)).length === 0,
    );
    return `${names.length} Services, each with its member behind it`;
  },
};

async function externalServices(cluster: Cluster, namespace: string): Promise<readonly string[]> {
  const all = await cluster.list(namespace, 'service');
  return all.map(({ metadata }) => metadata.name).filter((name) => name.includes('-external-'));
}
