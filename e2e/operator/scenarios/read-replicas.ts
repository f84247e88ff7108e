import assert from 'node:assert/strict';
import { type Cluster, hostsOf } from '../cluster.ts';
import { measured } from '../measured.ts';
import { startClient } from '../running-client.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { underWriters } from '../writers.ts';

/** Longer than a pod takes to come up, and its member to catch up; twice of it. */
const STEP_SECONDS = 240;
const NAME = 'reading';
/** Where a member's own Node asks for who is a member, with the token that is mounted beside it: it is never printed. */
const ASK_FOR_MEMBERS = `
const token = require('fs').readFileSync('/etc/rookery-admin/token', 'utf8').split('\\n')[0].trim();
fetch('http://127.0.0.1:8080/admin/members', { headers: { authorization: 'Bearer ' + token } })
  .then((response) => response.text()).then(console.log);`;

export const readReplicas: Scenario = {
  name: 'read replicas come and go while clients write: they serve reads, watches and forwarded writes, and no voter is touched',
  fast: false,
  async run(cluster, namespace) {
    const hosts = hostsOf(NAME, namespace);
    await cluster.apply(namespace, coordinationCluster(NAME, {}));
    await cluster.ready(namespace, NAME);
    const voters = await voterUids(cluster, namespace);
    assert.equal(voters.length, 3);
    const took: string[] = [];
    const report = await underWriters(cluster, hosts, async () => {
      for (const count of [2, 1, 0]) {
        const began = performance.now();
        await scale(cluster, namespace, count);
        took.push(`${count} after ${((performance.now() - began) / 1000).toFixed(0)} s`);
        assert.deepEqual(await voterUids(cluster, namespace), voters, 'the pod of a voter is another one');
        const ids = [1, 2, 3, ...Array.from({ length: count }, (_, at) => 101 + at)];
        // A follower hears of a change a moment after the leader.
        await cluster.until(`the members are ${ids.join(', ')}`, async () => {
          return (await serverIds(cluster, namespace)).join() === ids.join();
        });
        if (count > 0) await reads(cluster, namespace, `/read/${count}`);
      }
    });
    await cluster.until('their StatefulSet and Services are gone', async () => {
      const left = ['statefulsets', 'services', 'poddisruptionbudgets', 'configmaps'];
      const all = await Promise.all(left.map((type) => cluster.list(namespace, type)));
      return !all.flat().some(({ metadata }) => /-read|-peer-1\d\d$/.test(metadata.name));
    });
    await cluster.ready(namespace, NAME);
    return measured(`read replicas: ${took.join(', ')}`, report);
  },
};

/** As the cluster's user does it, until as many serve, and no others are there. */
async function scale(cluster: Cluster, namespace: string, count: number): Promise<void> {
  const patch = JSON.stringify({ spec: { readReplicas: count } });
  await cluster.kubectl([
    ...['--namespace', namespace, 'patch', `coordinationcluster/${NAME}`, '--type=merge', '-p', patch],
  ]);
  const reason = count === 0 ? 'NoneWanted' : 'AllReady';
  await cluster.until(
    `${count} read replicas serve`,
    async () => {
      const { metadata, status } = await cluster.get(namespace, 'coordinationcluster', NAME);
      const condition = await cluster.condition(namespace, NAME, 'ReadReplicasReady');
      const isSeen = status?.observedGeneration === metadata.generation;
      return isSeen && condition.reason === reason && (status?.readyReadReplicas ?? 0) === count;
    },
    STEP_SECONDS,
  );
}

/** A client of the read Service writes and is told what another one writes by the Service of the voters. */
async function reads(cluster: Cluster, namespace: string, path: string): Promise<void> {
  const client = startClient(
    cluster.clientCommand('reader.py', [hostsOf(`${NAME}-read`, namespace), path, 'written by the replica']),
  );
  try {
    assert.equal(await client.line(), 'Mode: observer');
    assert.equal(await client.line(), 'written by the replica');
    await cluster.kazoo(hostsOf(NAME, namespace), 'put', path, 'written by a voter');
    assert.equal(await client.line(), 'written by a voter');
  } finally {
    client.stop();
  }
  assert.equal(await cluster.kazoo(hostsOf(`${NAME}-read`, namespace), 'get', path), 'written by a voter');
}

async function voterUids(cluster: Cluster, namespace: string): Promise<readonly string[]> {
  const pods = await cluster.list(namespace, 'pods', 'app.kubernetes.io/component=server');
  return pods.map(({ metadata }) => metadata.uid).sort();
}

/** Of all that are members, as a member says it. */
async function serverIds(cluster: Cluster, namespace: string): Promise<readonly number[]> {
  const command = ['exec', `${NAME}-0`, '--', '/nodejs/bin/node', '-e', ASK_FOR_MEMBERS];
  const answer = await cluster.kubectl(['--namespace', namespace, ...command]);
  const { members } = JSON.parse(answer) as { members: readonly { serverId: number; raftId: number }[] };
  return members.filter(({ raftId }) => raftId !== 0).map(({ serverId }) => serverId);
}
