import assert from 'node:assert/strict';
import { type Cluster, hostsOf } from '../cluster.ts';
import { measured } from '../measured.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { underWriters } from '../writers.ts';
import { loseVolumes } from './quorum-loss.ts';

const NAME = 'reborn';
const ANNOTATION = 'rookery.dev/force-new-cluster';
/** So long is looked whether anything is done unasked. */
const LEFT_ALONE_MS = 20_000;

export const forcedCluster: Scenario = {
  name: 'of a quorum that is lost for good the survivor is the cluster, once that is asked for, and then one of three voters, while clients write whose sessions end',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster(NAME, {}));
    await cluster.ready(namespace, NAME);
    const hosts = hostsOf(NAME, namespace);
    let account = '';
    const recovered = async () => {
      const { status } = await cluster.get(namespace, 'coordinationcluster', NAME);
      const survivor = String(status?.leader);
      const volume = await uidOf(cluster, namespace, survivor);
      await loseVolumes(
        cluster,
        namespace,
        [0, 1, 2].map((at) => `${NAME}-${at}`).filter((pod) => pod !== survivor),
      );
      await untilLostForGood(cluster, namespace);
      await leftAlone(cluster, namespace);

      const asked = performance.now();
      await cluster.annotate(namespace, `cc/${NAME}`, `${ANNOTATION}=newest`);
      await cluster.until('a write is acknowledged', async () => {
        return (await cluster.kazoo(hosts, 'put', '/reborn', 'again')).includes('again');
      });
      const writes = secondsSince(asked);
      await cluster.told(namespace, NAME, 'ForcedNewCluster');
      await cluster.until('three members vote', async () => {
        return (await cluster.get(namespace, 'coordinationcluster', NAME)).status?.voters === 3;
      });
      await cluster.ready(namespace, NAME);
      account = `${survivor} survives; a write ${writes} s, three voters ${secondsSince(asked)} s after it was asked for`;

      const { metadata, status: after } = await cluster.get(namespace, 'coordinationcluster', NAME);
      assert.deepEqual([metadata.annotations?.[ANNOTATION], after?.operation], [undefined, undefined]);
      assert.equal(
        await uidOf(cluster, namespace, survivor),
        volume,
        'the volume of the survivor is another one',
      );
    };
    // The leader survives, which has all that was acknowledged: the writers look for it at the end. But no session goes on.
    const report = await underWriters(cluster, hosts, recovered, { theirSessions: 'end' });
    await refusedWithQuorum(cluster, namespace);
    return measured(account, report);
  },
};

function untilLostForGood(cluster: Cluster, namespace: string): Promise<void> {
  return cluster.until('the status says what is lost, and what to type', async () => {
    const { reason, message } = await cluster.condition(namespace, NAME, 'Stalled');
    return (
      reason === 'LostForGood' &&
      message.includes(`annotate coordinationcluster ${NAME} ${ANNOTATION}=newest`)
    );
  });
}

async function leftAlone(cluster: Cluster, namespace: string): Promise<void> {
  const before = await seen(cluster, namespace);
  await new Promise((resolve) => setTimeout(resolve, LEFT_ALONE_MS));
  assert.deepEqual(await seen(cluster, namespace), before, 'something is done that nobody has asked for');
}

/** Pods and volumes, and which they are. */
async function seen(cluster: Cluster, namespace: string): Promise<readonly string[]> {
  const claims = await cluster.list(namespace, 'pvc');
  return [...(await cluster.podUids(namespace)), ...claims.map(({ metadata }) => metadata.uid).sort()];
}

async function refusedWithQuorum(cluster: Cluster, namespace: string): Promise<void> {
  const before = await seen(cluster, namespace);
  await cluster.annotate(namespace, `cc/${NAME}`, `${ANNOTATION}=${NAME}-0`);
  await cluster.told(namespace, NAME, 'ForceNewClusterRefused');
  const { metadata } = await cluster.get(namespace, 'coordinationcluster', NAME);
  assert.equal(metadata.annotations?.[ANNOTATION], undefined, 'the annotation waits for the next loss');
  assert.deepEqual(await seen(cluster, namespace), before);
  await cluster.ready(namespace, NAME);
}

async function uidOf(cluster: Cluster, namespace: string, pod: string): Promise<string> {
  return (await cluster.get(namespace, 'pvc', `data-${pod}`)).metadata.uid;
}

function secondsSince(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(1);
}
