import assert from 'node:assert/strict';
import packageJson from '../../package.json' with { type: 'json' };
import { type Cluster, hostsOf } from '../cluster.ts';
import { measured, UPDATE_GAP_MS } from '../measured.ts';
import { loadOtherReleases, NEXT_LEVEL_VERSION } from '../other-releases.ts';
import { memberUids, nothingIsLeft } from '../proof-site.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { underWriters } from '../writers.ts';

const NAME = 'levelled';
/** A proof, and three pods rolled after it. */
const UPDATE_SECONDS = 400;
const PROOF_SECONDS = 180;

export const featureLevel: Scenario = {
  name: 'members are upgraded to a version with another feature level and back, and then for good: the level is raised once all run it, and the former version is stopped before any member runs it, while clients write',
  fast: false,
  async run(cluster, namespace) {
    await loadOtherReleases(cluster);
    await apply(cluster, namespace, packageJson.version, false);
    await cluster.ready(namespace, NAME);
    const first = await levelOf(cluster, namespace);
    const took: string[] = [];
    const report = await underWriters(cluster, hostsOf(NAME, namespace), async () => {
      for (const version of [NEXT_LEVEL_VERSION, packageJson.version]) {
        await rolledTo(cluster, namespace, version, false, took);
        assert.equal(
          await levelOf(cluster, namespace),
          first,
          'the level was raised though the spec holds it back',
        );
      }
      await rolledTo(cluster, namespace, NEXT_LEVEL_VERSION, true, took);
      await cluster.until(
        'the level is raised',
        async () => (await levelOf(cluster, namespace)) === first + 1,
      );
      await cluster.told(namespace, NAME, 'FeatureLevelRaised');

      const pods = await memberUids(cluster, namespace, NAME);
      await apply(cluster, namespace, packageJson.version, true);
      await cluster.meets('Stalled', namespace, NAME, PROOF_SECONDS);
      const { reason, message } = await cluster.condition(namespace, NAME, 'Stalled');
      assert.equal(reason, 'UpgradeProofStuck', message);
      assert.deepEqual(await memberUids(cluster, namespace, NAME), pods, 'a member was made anew');
      await apply(cluster, namespace, NEXT_LEVEL_VERSION, true);
      await cluster.until(
        'nothing is left of the proof',
        () => nothingIsLeft(cluster, namespace, NAME),
        PROOF_SECONDS,
      );
      await cluster.ready(namespace, NAME);
      assert.deepEqual(await memberUids(cluster, namespace, NAME), pods, 'a member was made anew');
    });
    const account = `level ${first} with ${took.join(', ')}, where it became ${first + 1}`;
    return measured(account, report, { mostGapMs: UPDATE_GAP_MS });
  },
};

/** Every member is another pod, and the cluster Ready. */
async function rolledTo(
  cluster: Cluster,
  namespace: string,
  version: string,
  raiseFeatureLevel: boolean,
  took: string[],
): Promise<void> {
  const former = await memberUids(cluster, namespace, NAME);
  const began = performance.now();
  await apply(cluster, namespace, version, raiseFeatureLevel);
  await cluster.until(
    `every member is another pod, of ${version}`,
    async () => (await memberUids(cluster, namespace, NAME)).every((uid) => !former.includes(uid)),
    UPDATE_SECONDS,
  );
  await cluster.ready(namespace, NAME);
  took.push(`${version} in ${((performance.now() - began) / 1000).toFixed(0)} s`);
}

async function apply(
  cluster: Cluster,
  namespace: string,
  version: string,
  raiseFeatureLevel: boolean,
): Promise<void> {
  const update = { raiseFeatureLevel, proof: { timeout: '90s' } };
  await cluster.apply(namespace, coordinationCluster(NAME, { version, update }));
}

async function levelOf(cluster: Cluster, namespace: string): Promise<number> {
  const { status } = await cluster.get(namespace, 'coordinationcluster', NAME);
  return Number(status?.featureLevel);
}
