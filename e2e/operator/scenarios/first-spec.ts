import assert from 'node:assert/strict';
import { coordinationCluster, type Scenario } from '../scenario.ts';

/** Of no registry; which container runs it says so at once. */
const WRONG_IMAGE = 'localhost:1/no-such-image';
/** No node has so many processors. */
const TOO_MUCH = { requests: { cpu: '1000' } };

export const firstSpecMended: Scenario = {
  name: 'a mistake in the first spec, an image that is not there or more than any node has, is put right by putting the spec right',
  fast: false,
  async run(cluster, namespace) {
    const wrong = coordinationCluster('mistaken', {
      replicas: 1,
      image: { repository: WRONG_IMAGE },
      resources: TOO_MUCH,
    });
    await cluster.apply(namespace, wrong);
    const troubled = (reason: RegExp): Promise<void> =>
      cluster.until(`the status says ${reason.source}`, async () =>
        reason.test((await cluster.condition(namespace, 'mistaken', 'Ready')).message),
      );
    await troubled(/mistaken-0: Unschedulable/);
    // Half of it is right now: the next mistake shows.
    const placed = coordinationCluster('mistaken', { replicas: 1, image: { repository: WRONG_IMAGE } });
    await cluster.apply(namespace, placed);
    await troubled(/mistaken-0: (ErrImagePull|ImagePullBackOff|ErrImageNeverPull)/);
    await cluster.apply(namespace, coordinationCluster('mistaken', { replicas: 1 }));
    await cluster.ready(namespace, 'mistaken');
    await cluster.told(namespace, 'mistaken', 'StuckPodDeleted');
    const { status, reason } = await cluster.condition(namespace, 'mistaken', 'Reconciling');
    assert.deepEqual([status, reason], ['False', 'AsSpecified']);
    return 'Unschedulable, then no image, then Ready';
  },
};
