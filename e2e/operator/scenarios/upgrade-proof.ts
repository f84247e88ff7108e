import assert from 'node:assert/strict';
import { type Cluster, hostsOf } from '../cluster.ts';
import { loadOtherReleases, NEXT_VERSION, PLANTED_MARK, PLANTED_VERSION } from '../other-releases.ts';
import { memberUids, nothingIsLeft } from '../proof-site.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { describe, underWriters } from '../writers.ts';

/** A pod that comes up, catches up and is compared; three of them rolled after it. */
const PROOF_SECONDS = 180;
const UPDATE_SECONDS = 400;
const NAME = 'proved';

interface Proof {
  readonly image: string;
  readonly result: string;
  readonly checkpoint: number;
}

async function proofOf(cluster: Cluster, namespace: string): Promise<Proof | undefined> {
  const { status } = await cluster.get(namespace, 'coordinationcluster', NAME);
  return status?.upgradeProof as Proof | undefined;
}

export const upgradeProof: Scenario = {
  name: 'a version that makes another tree of the log is stopped before any member runs it, and one that does not is proved and then rolled, while clients write',
  fast: false,
  async run(cluster, namespace) {
    await loadOtherReleases(cluster);
    const hosts = hostsOf(NAME, namespace);
    await cluster.apply(namespace, coordinationCluster(NAME, {}));
    await cluster.ready(namespace, NAME);
    await cluster.kazoo(hosts, 'put', `/${PLANTED_MARK}`, 'x');
    const former = await memberUids(cluster, namespace, NAME);
    let differed: Proof | undefined;
    const report = await underWriters(cluster, hosts, async () => {
      await cluster.apply(namespace, coordinationCluster(NAME, { version: PLANTED_VERSION }));
      await cluster.meets('Stalled', namespace, NAME, PROOF_SECONDS);
      const { reason, message } = await cluster.condition(namespace, NAME, 'Stalled');
      assert.equal(reason, 'UpgradeDiffers', message);
      differed = await proofOf(cluster, namespace);
      assert.equal(differed?.result, 'Differs');
      assert.match(message, new RegExp(`at log index ${differed?.checkpoint}\\b`));
      await cluster.told(namespace, NAME, 'UpgradeDiffers');
      assert.deepEqual(await memberUids(cluster, namespace, NAME), former, 'a member was made anew');

      await cluster.apply(namespace, coordinationCluster(NAME, {}));
      await cluster.ready(namespace, NAME);
      const clear = (): Promise<boolean> => nothingIsLeft(cluster, namespace, NAME);
      await cluster.until('nothing is left of the proof', clear, PROOF_SECONDS);
      assert.deepEqual(await memberUids(cluster, namespace, NAME), former, 'a member was made anew');

      await cluster.apply(namespace, coordinationCluster(NAME, { version: NEXT_VERSION }));
      await cluster.told(namespace, NAME, 'UpgradeProved');
      await cluster.until(
        'every member is another pod',
        async () => (await memberUids(cluster, namespace, NAME)).every((uid) => !former.includes(uid)),
        UPDATE_SECONDS,
      );
      await cluster.ready(namespace, NAME);
      await cluster.until('nothing is left of the second proof', clear, PROOF_SECONDS);
    });
    const proved = await proofOf(cluster, namespace);
    assert.deepEqual([proved?.result, proved?.image.endsWith(`:${NEXT_VERSION}`)], ['Equal', true]);
    return `stopped at log index ${differed?.checkpoint}, proved up to ${proved?.checkpoint}; ${describe(report)}`;
  },
};
