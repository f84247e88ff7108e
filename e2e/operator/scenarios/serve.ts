import assert from 'node:assert/strict';
import { coordinationCluster, type Scenario } from '../scenario.ts';

export const oneMember: Scenario = {
  name: 'one member comes up and serves',
  fast: true,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('solo', { replicas: 1 }));
    await cluster.available(namespace, 'solo');
    assert.equal(await cluster.kazoo(`solo.${namespace}.svc:2181`, 'put', '/greeting', 'hello'), 'hello');
    const budgets = await cluster.list(namespace, 'poddisruptionbudget');
    assert.deepEqual(budgets, [], 'one member needs no budget, which would block every drain');
    return 'Available, kazoo by the client Service';
  },
};

export const threeMembers: Scenario = {
  name: 'three members come up, and clients on a node and in a pod reach them by Service, headless Service and the name of each pod; all pods deleted at once come back with their data',
  fast: true,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('demo', {}));
    await cluster.available(namespace, 'demo');
    await cluster.allReady(namespace, 'demo');
    const services = `${namespace}.svc.cluster.local`;
    const service = `demo.${services}:2181`;
    const pods = ['demo-0', 'demo-1', 'demo-2'].map((pod) => `${pod}.demo-headless.${services}:2181`);
    const value = `written in ${namespace}`;
    assert.equal(await cluster.kazoo(service, 'put', '/kept', value), value);
    const ways = [service, `srv:_client._tcp.demo-headless.${services}`, ...pods];
    for (const hosts of ways) {
      assert.equal(await cluster.kazoo(hosts, 'get', '/kept'), value);
      assert.equal(await cluster.kazooInPod(hosts, 'get', '/kept'), value);
    }
    // It knows no SRV records: the headless Service's addresses, then.
    for (const hosts of cluster.hasJava ? [service, `demo-headless.${services}:2181`, ...pods] : []) {
      const seen = await cluster.zkCli(hosts, 'get', '/kept');
      assert.ok(seen.includes(value), `zkCli by ${hosts}: ${seen}`);
    }
    const nodes = new Set((await cluster.list(namespace, 'pods')).map(({ spec }) => spec?.nodeName));
    assert.equal(nodes.size, 3, 'each member is on a node of its own');

    const before = await cluster.podUids(namespace);
    const atOnce = ['--all', '--wait=true', '--grace-period=0', '--force'];
    await cluster.kubectl(['--namespace', namespace, 'delete', 'pods', ...atOnce]);
    await cluster.until('three other pods are there', async () => {
      const uids = await cluster.podUids(namespace);
      return uids.length === 3 && uids.every((uid) => !before.includes(uid));
    });
    await cluster.allReady(namespace, 'demo');
    await cluster.available(namespace, 'demo');
    assert.equal(await cluster.kazoo(service, 'get', '/kept'), value);
    const clients = cluster.hasJava ? 'kazoo (node, pod) and zkCli (node)' : 'kazoo (pod)';
    return `on three nodes; ${clients} in ${ways.length} ways each; data kept`;
  },
};
