import assert from 'node:assert/strict';
import { type Cluster, hostsOf } from '../cluster.ts';
import { measured, ROTATION_GAP_MS } from '../measured.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { underWriters } from '../writers.ts';

/** A kubelet looks at its Secrets once a minute or so. */
const ROTATION_SECONDS = 300;

export const adminTokenRotation: Scenario = {
  name: 'another admin token and another join secret take the place of the former ones while clients write, and no member refuses the operator',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('whispering', {}));
    await cluster.ready(namespace, 'whispering');
    const pods = await cluster.podUids(namespace);
    const [token, secret] = [
      await linesOf(cluster, namespace, 'token'),
      await linesOf(cluster, namespace, 'join-secret'),
    ];
    const began = performance.now();
    const report = await underWriters(cluster, hostsOf('whispering', namespace), async () => {
      await cluster.annotate(namespace, 'cc/whispering', 'rookery.dev/rotate-admin-token=now');
      await cluster.told(namespace, 'whispering', 'AdminTokenAdded');
      await cluster.until(
        'another token alone is in the Secret',
        async () => {
          const { reason, message } = await cluster.condition(namespace, 'whispering', 'Degraded');
          assert.equal(reason, 'AllMembersReady', message);
          const now = await linesOf(cluster, namespace, 'token');
          return now.length === 1 && now[0] !== token[0];
        },
        ROTATION_SECONDS,
      );
      await cluster.told(namespace, 'whispering', 'AdminTokenRotated');
    });
    const after = await linesOf(cluster, namespace, 'join-secret');
    assert.equal(after.length, 1);
    assert.notDeepEqual(after, secret);
    assert.deepEqual(await cluster.podUids(namespace), pods);
    // Who comes back proves the secret of now to the others, and the operator talks to all of them.
    await cluster.kubectl(['--namespace', namespace, 'delete', 'pod/whispering-0', '--wait=true']);
    await cluster.ready(namespace, 'whispering');
    const took = ((performance.now() - began) / 1000).toFixed(0);
    return measured(`rotated within ${took} s by the same pods`, report, { mostGapMs: ROTATION_GAP_MS });
  },
};

async function linesOf(cluster: Cluster, namespace: string, key: string): Promise<readonly string[]> {
  const args = ['get', 'secret/whispering-admin', '-o', `jsonpath={.data.${key}}`];
  const text = await cluster.kubectl(['--namespace', namespace, ...args]);
  return Buffer.from(text, 'base64').toString('utf8').trim().split('\n');
}
