import assert from 'node:assert/strict';
import type { Condition } from '../cluster.ts';
import { OPERATOR_NAMESPACE } from '../install.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';

/** Every object of a cluster but its StatefulSet, its ConfigMap, whose name is of what it holds, and its Secret, which is not made of the spec. */
const owned = [
  'service/steady',
  'service/steady-headless',
  'service/steady-peer-0',
  'service/steady-peer-1',
  'service/steady-peer-2',
  'poddisruptionbudget/steady',
  'networkpolicy/steady',
  'serviceaccount/steady',
] as const;

export const drift: Scenario = {
  name: 'what is changed or deleted by hand is put right, and no pod restarts for it',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('steady', {}));
    await cluster.available(namespace, 'steady');
    await cluster.allReady(namespace, 'steady');
    const before = await cluster.podUids(namespace);
    const inNamespace = ['--namespace', namespace];
    const back = (object: string): Promise<void> =>
      cluster.until(`${object} is back`, async () => {
        await cluster.kubectl([...inNamespace, 'get', object]);
        return true;
      });
    const [settings] = await cluster.list(namespace, 'configmap', 'app.kubernetes.io/instance=steady');
    assert.ok(settings, 'there is no ConfigMap');
    const deleted = [...owned, `configmap/${settings.metadata.name}`];
    await cluster.kubectl([...inNamespace, 'delete', ...deleted]);
    for (const object of deleted) await back(object);
    const former = await cluster.get(namespace, 'statefulset', 'steady');
    // Without waiting: kubectl would wait for the name to go away, and the operator is faster.
    const orphaning = ['--cascade=orphan', '--wait=false'];
    await cluster.kubectl([...inNamespace, 'delete', 'statefulset/steady', ...orphaning]);
    await cluster.until('there is another StatefulSet', async () => {
      const { metadata } = await cluster.get(namespace, 'statefulset', 'steady');
      return metadata.uid !== former.metadata.uid;
    });

    await cluster.patch(namespace, 'service/steady', { spec: { ports: [{ name: 'client', port: 9999 }] } });
    await cluster.until('the port of the Service is the old one', async () => {
      const { spec } = await cluster.get(namespace, 'service', 'steady');
      return ((spec?.ports ?? []) as readonly { port: number }[]).every(({ port }) => port === 2181);
    });
    await cluster.kubectl([...inNamespace, 'set', 'image', 'statefulset/steady', '*=example.com/other:1']);
    await cluster.until('the image of the StatefulSet is the old one', async () => {
      const text = JSON.stringify((await cluster.get(namespace, 'statefulset', 'steady')).spec);
      return !text.includes('example.com/other');
    });
    await cluster.told(namespace, 'steady', 'DriftCorrected');
    await cluster.allReady(namespace, 'steady');
    assert.deepEqual(await cluster.podUids(namespace), before);
    return `${deleted.length + 1} objects deleted, 2 changed; the same pods`;
  },
};

export const adminToken: Scenario = {
  name: 'the admin Secret deleted by hand is made anew, and the members take on its token without a restart',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('secretive', {}));
    await cluster.available(namespace, 'secretive');
    await cluster.allReady(namespace, 'secretive');
    const before = await cluster.podUids(namespace);
    const former = await cluster.get(namespace, 'secret', 'secretive-admin');
    const deleted = performance.now();
    await cluster.kubectl(['--namespace', namespace, 'delete', 'secret/secretive-admin', '--wait=false']);
    await cluster.until('there is another Secret', async () => {
      const { metadata } = await cluster.get(namespace, 'secret', 'secretive-admin');
      return metadata.uid !== former.metadata.uid;
    });
    const degraded = (): Promise<Condition> => cluster.condition(namespace, 'secretive', 'Degraded');
    // The operator asks with the new token at once, and the kubelets bring it to the members later.
    await cluster.until('the operator sees members with the former token', async () => {
      return (await degraded()).message.includes('another admin token');
    });
    await cluster.until('all members answer again', async () => {
      return (await degraded()).reason === 'AllMembersReady';
    });
    const seconds = Math.round((performance.now() - deleted) / 1000);
    assert.deepEqual(await cluster.podUids(namespace), before);
    return `the operator talks to all members again after ${seconds} s; the same pods`;
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
      const [found] = await cluster.list(OPERATOR_NAMESPACE, 'lease');
      return String(found?.spec?.holderIdentity ?? '');
    };
    const first = await lease();
    const pods = await cluster.list(OPERATOR_NAMESPACE, 'pods');
    const leader = pods.find(({ metadata }) => first.includes(metadata.name));
    assert.ok(leader, `${first} names none of the operator's pods`);
    await cluster.apply(namespace, coordinationCluster('orphan', {}));
    const kill = ['delete', 'pod', leader.metadata.name, '--grace-period=0', '--force'];
    await cluster.kubectl(['--namespace', OPERATOR_NAMESPACE, ...kill]);
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
