import assert from 'node:assert/strict';
import { hostsOf } from '../cluster.ts';
import { whileCutOff } from '../cut-off.ts';
import { measured } from '../measured.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { underWriters } from '../writers.ts';

/** Longer than any of them is patient with a leader, and the operator with a silent member. */
const CUT_MS = 30_000;
/** Until the others have missed it, and one of them leads. */
const ELECTION_GAP_MS = 2_000;

export const cutLeader: Scenario = {
  name: 'a leader that is cut off from the others is followed by one of them, told of, left alone, and comes back as a follower, while clients write',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('parted', {}));
    await cluster.ready(namespace, 'parted');
    const pods = await cluster.podUids(namespace);
    const members = await cluster.members(namespace, 'parted');
    const former = members.find(({ role }) => role === 'leader');
    assert.ok(former, 'nobody leads');
    const pod = await cluster.get(namespace, 'pod', former.name);
    const at = { node: String(pod.spec?.nodeName), address: String(pod.status?.podIP) };
    const report = await underWriters(cluster, hostsOf('parted', namespace), async () => {
      await whileCutOff(cluster, at, async () => {
        await cluster.until('another member leads', async () => {
          const now = await cluster.members(namespace, 'parted');
          return now.some(({ name, role }) => role === 'leader' && name !== former.name);
        });
        await cluster.meets('Available', namespace, 'parted', 60);
        await new Promise((resolve) => setTimeout(resolve, CUT_MS));
        assert.notEqual((await cluster.condition(namespace, 'parted', 'Ready')).status, 'True');
      });
      await cluster.ready(namespace, 'parted');
    });
    const now = await cluster.members(namespace, 'parted');
    assert.deepEqual(
      now.map(({ id }) => id),
      members.map(({ id }) => id),
    );
    assert.deepEqual(await cluster.podUids(namespace), pods);
    return measured('', report, { mostGapMs: ELECTION_GAP_MS });
  },
};
