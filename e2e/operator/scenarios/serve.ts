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
  name: 'three members come up, reached by Service, SRV and the name of each pod; all pods deleted at once come back with their data',
  fast: true,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('demo', {}));
    await cluster.available(namespace, 'demo');
    const services = `${namespace}.svc.cluster.local`;
    const value = `written in ${namespace}`;
    assert.equal(await cluster.kazoo(`demo.${services}:2181`, 'put', '/kept', value), value);
    assert.equal(await cluster.kazoo(`srv:_client._tcp.demo-headless.${services}`, 'get', '/kept'), value);
    for (const pod of ['demo-0', 'demo-1', 'demo-2'])
      assert.equal(await cluster.kazoo(`${pod}.demo-peers.${services}:2181`, 'get', '/kept'), value);

    const seen = await cluster.zkCli(`demo.${services}:2181,demo-headless.${services}:2181`, 'get', '/kept');
    assert.ok(seen.includes(value), `zkCli: ${seen}`);

    const nodes = new Set((await cluster.list(namespace, 'pods')).map(({ spec }) => spec?.nodeName));
    assert.equal(nodes.size, 3, 'each member is on a node of its own');
    await cluster.kubectl([
      '--namespace',
      namespace,
      'delete',
      'pods',
      '--all',
      '--wait=true',
      '--grace-period=0',
      '--force',
    ]);
    await cluster.until('all three are ready again', async () => {
      const { status } = await cluster.get(namespace, 'coordinationcluster', 'demo');
      return status?.readyReplicas === 3;
    });
    await cluster.available(namespace, 'demo');
    assert.equal(await cluster.kazoo(`demo.${services}:2181`, 'get', '/kept'), value);
    return 'three nodes; kazoo in three ways, zkCli in two; data kept';
  },
};

export const asUsersLook: Scenario = {
  name: 'kubectl explain, get -o wide, get all, wait and scale do as people expect; wrong specs are refused with what to write',
  fast: true,
  async run(cluster, namespace) {
    const explained = await cluster.kubectl(['explain', 'coordinationcluster.spec.replicas']);
    assert.match(explained, /DESCRIPTION/);
    const wrong = async (spec: object): Promise<string> =>
      cluster.refusal(['--namespace', namespace, 'apply', '-f', '-'], {
        input: JSON.stringify(coordinationCluster('wrong', spec)),
      });
    assert.match(await wrong({ replicas: 2 }), /odd/);
    assert.match(await wrong({ version: 'latest' }), /version/);
    assert.match(await wrong({ replica: 3 }), /unknown field/);
    await cluster.apply(namespace, coordinationCluster('looked-at', { replicas: 1 }));
    await cluster.available(namespace, 'looked-at');
    const wide = await cluster.kubectl(['--namespace', namespace, 'get', 'cc', '-o', 'wide']);
    assert.match(wide, /NAME +READY +DESIRED +LEADER +VERSION +PHASE/);
    assert.match(wide, /looked-at +1 +1 +looked-at-0 +0\.1\.0 +Ready/);
    assert.match(await cluster.kubectl(['--namespace', namespace, 'get', 'all']), /coordinationcluster/);
    const scale = ['--namespace', namespace, 'scale', 'coordinationcluster/looked-at'];
    assert.match(await cluster.refusal([...scale, '--replicas=2']), /odd/);
    await cluster.kubectl([...scale, '--replicas=3']);
    await cluster.until('the change is refused by a condition', async () => {
      const { status } = await cluster.get(namespace, 'coordinationcluster', 'looked-at');
      const conditions = (status?.conditions ?? []) as readonly { reason: string; message: string }[];
      return conditions.some(({ reason }) => reason === 'ScalingNotSupported');
    });
    const stateful = await cluster.get(namespace, 'statefulset', 'looked-at');
    assert.equal(stateful.spec?.replicas, 1, 'the running ensemble is left alone');
    return wide.trim().split('\n').at(-1)!;
  },
};
