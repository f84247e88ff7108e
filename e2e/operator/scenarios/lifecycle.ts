import assert from 'node:assert/strict';
import type { Cluster } from '../cluster.ts';
import { operatorNamespace } from '../install.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';

async function uids(cluster: Cluster, namespace: string): Promise<readonly string[]> {
  return (await cluster.list(namespace, 'pods')).map(({ metadata }) => metadata.uid).sort();
}

export const drift: Scenario = {
  name: 'what is changed or deleted by hand is put right, and no pod restarts for it',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('steady', {}));
    await cluster.available(namespace, 'steady');
    const before = await uids(cluster, namespace);
    const inNamespace = ['--namespace', namespace];
    const deleted = [
      'service/steady',
      'service/steady-headless',
      'configmap/steady-config',
      'poddisruptionbudget/steady',
    ];
    await cluster.kubectl([...inNamespace, 'delete', ...deleted]);
    for (const object of deleted) {
      await cluster.until(`${object} is back`, async () => {
        await cluster.kubectl([...inNamespace, 'get', object]);
        return true;
      });
    }
    const patch = JSON.stringify({ spec: { ports: [{ name: 'client', port: 9999 }] } });
    await cluster.kubectl([...inNamespace, 'patch', 'service/steady', '--type=merge', '-p', patch]);
    await cluster.until('the port of the Service is the old one', async () => {
      const { spec } = await cluster.get(namespace, 'service', 'steady');
      return ((spec?.ports ?? []) as readonly { port: number }[]).every(({ port }) => port === 2181);
    });
    assert.deepEqual(await uids(cluster, namespace), before);
    return `${deleted.length} objects deleted, one changed`;
  },
};

export const deletion: Scenario = {
  name: 'delete keeps the volumes or removes them, as the spec says',
  fast: false,
  async run(cluster, namespace) {
    const claims = async (name: string): Promise<number> =>
      (await cluster.list(namespace, 'pvc', `app.kubernetes.io/instance=${name}`)).length;
    for (const whenDeleted of ['Retain', 'Delete']) {
      const name = whenDeleted.toLowerCase();
      const storage = { size: '1Gi', retention: { whenDeleted } };
      await cluster.apply(namespace, coordinationCluster(name, { replicas: 1, storage }));
      await cluster.available(namespace, name);
      assert.equal(await claims(name), 1);
      await cluster.kubectl([
        '--namespace',
        namespace,
        'delete',
        'cc',
        name,
        '--wait=true',
        '--timeout=120s',
      ]);
      await cluster.until(`the pods of ${name} are gone`, async () => {
        const pods = await cluster.list(namespace, 'pods', `app.kubernetes.io/instance=${name}`);
        return pods.length === 0;
      });
      if (whenDeleted === 'Retain') assert.equal(await claims(name), 1);
      else await cluster.until('the volume is gone', async () => (await claims(name)) === 0);
    }
    return 'Retain: 1 volume kept; Delete: none';
  },
};

export const operatorKilled: Scenario = {
  name: "the operator's leader is killed in the middle of a create, and the other replica finishes it",
  fast: false,
  async run(cluster, namespace) {
    const lease = async (): Promise<string> => {
      const [found] = await cluster.list(operatorNamespace, 'lease');
      return String(found?.spec?.holderIdentity ?? '');
    };
    const first = await lease();
    const pods = await cluster.list(operatorNamespace, 'pods');
    const leader = pods.find(({ metadata }) => first.includes(metadata.name));
    assert.ok(leader, `${first} names none of the operator's pods`);
    await cluster.apply(namespace, coordinationCluster('orphan', {}));
    const kill = ['delete', 'pod', leader.metadata.name, '--grace-period=0', '--force'];
    await cluster.kubectl(['--namespace', operatorNamespace, ...kill]);
    await cluster.available(namespace, 'orphan', 240);
    assert.notEqual(await lease(), first);
    return 'Available under the other leader';
  },
};

export const twoNamespaces: Scenario = {
  name: 'two clusters of one name in two namespaces know nothing of each other',
  fast: false,
  async run(cluster, namespace) {
    const other = `${namespace}-other`;
    await cluster.kubectl(['create', 'namespace', other]);
    try {
      for (const each of [namespace, other])
        await cluster.apply(each, coordinationCluster('twin', { replicas: 1 }));
      for (const each of [namespace, other]) await cluster.available(each, 'twin');
      for (const each of [namespace, other])
        await cluster.kazoo(`twin.${each}.svc:2181`, 'put', '/who', each);
      for (const each of [namespace, other])
        assert.equal(await cluster.kazoo(`twin.${each}.svc:2181`, 'get', '/who'), each);
    } finally {
      await cluster.kubectl(['delete', 'namespace', other, '--wait=true', '--timeout=120s']);
    }
    return 'each has its own data';
  },
};
