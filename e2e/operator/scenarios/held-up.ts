import assert from 'node:assert/strict';
import { hostsOf } from '../cluster.ts';
import { measured } from '../measured.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { underWriters } from '../writers.ts';

/** Longer than `readyTimeout` and any look of the operator. */
const STALLED_SECONDS = 120;
const SCALE_SECONDS = 180;

export const heldUp: Scenario = {
  name: 'members that a quota does not let in are told of in its own words and call the cluster stalled, then come once there is room, while clients write',
  fast: false,
  async run(cluster, namespace) {
    const inNamespace = ['--namespace', namespace];
    const update = { readyTimeout: '20s' };
    await cluster.apply(namespace, coordinationCluster('cramped', { update }));
    await cluster.ready(namespace, 'cramped');
    const pods = await cluster.podUids(namespace);
    await cluster.kubectl([...inNamespace, 'create', 'quota', 'three', '--hard=pods=3']);
    const report = await underWriters(cluster, hostsOf('cramped', namespace), async () => {
      await cluster.kubectl([...inNamespace, 'scale', 'cc/cramped', '--replicas=5']);
      await cluster.meets('Stalled', namespace, 'cramped', STALLED_SECONDS);
      const { reason, message } = await cluster.condition(namespace, 'cramped', 'Stalled');
      assert.equal(reason, 'MembersStuck', message);
      assert.match(message, /exceeded quota: three/);
      await cluster.told(namespace, 'cramped', 'MembersStuck');
      assert.deepEqual(await cluster.podUids(namespace), pods);

      await cluster.kubectl([...inNamespace, 'delete', 'quota/three']);
      await cluster.until(
        'five members vote',
        async () => (await cluster.get(namespace, 'coordinationcluster', 'cramped')).status?.voters === 5,
        SCALE_SECONDS,
      );
      await cluster.ready(namespace, 'cramped');
    });
    return measured('', report);
  },
};
