import assert from 'node:assert/strict';
import { printLine } from '../../../testkit/src/scenarios/print-line.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { type Cluster, hostsOf } from '../cluster.ts';
import { installOperator, OPERATOR_NAMESPACE } from '../install.ts';
import { measured, UPDATE_GAP_MS } from '../measured.ts';
import { mostAway } from '../pods-away.ts';
import { lastRelease, type Released } from '../released.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { underWriters } from '../writers.ts';

const MEMBERS = 3;
const UPDATE_SECONDS = 300;
/** The release does not tell its state at checkpoints, and runs no feature level but the first: whoever may want it back says so. */
const UNDOABLE = { proof: { enabled: false }, raiseFeatureLevel: false };

export const upgrade: Scenario = {
  name: 'the operator of the last release is upgraded without a pod being restarted, then the members to this version and back, while clients write',
  fast: false,
  async run(cluster, namespace) {
    const released = await lastRelease(printLine);
    for (const archive of released.archives) await cluster.provider.loadImage(archive);
    try {
      await installReleased(cluster, released);
      await cluster.apply(namespace, coordinationCluster('upgraded', { version: released.version }));
      await cluster.ready(namespace, 'upgraded');
    } finally {
      await installOperator(cluster);
    }
    const former = await cluster.podUids(namespace);
    await lookedAt(cluster, namespace);
    assert.deepEqual(await cluster.podUids(namespace), former, 'the other operator has restarted pods');

    const took: string[] = [];
    let away = 0;
    const report = await underWriters(cluster, hostsOf('upgraded', namespace), async () => {
      for (const version of [packageJson.version, released.version]) {
        const began = performance.now();
        const most = await mostAway(namespace, MEMBERS, async () => {
          await cluster.apply(namespace, coordinationCluster('upgraded', { version, update: UNDOABLE }));
          await cluster.until(
            `every member runs ${version}`,
            async () => (await statusOf(cluster, namespace)).currentVersion === version,
            UPDATE_SECONDS,
          );
          await cluster.ready(namespace, 'upgraded');
        });
        away = Math.max(away, most);
        took.push(`${version} in ${((performance.now() - began) / 1000).toFixed(0)} s`);
      }
    });
    return measured(took.join(', '), report, { away, mostGapMs: UPDATE_GAP_MS });
  },
};

function installReleased(cluster: Cluster, { chart }: Released): Promise<string> {
  const release = ['rookery', chart, '--namespace', OPERATOR_NAMESPACE, '--create-namespace'];
  return cluster.helm('upgrade', '--install', ...release, '--wait', '--timeout', '3m');
}

/** Until the operator that was installed last has looked at the spec: it says so for each generation. */
async function lookedAt(cluster: Cluster, namespace: string): Promise<void> {
  const annotations = { 'example.com/touched': 'yes' };
  await cluster.patch(namespace, 'cc/upgraded', { spec: { services: { client: { annotations } } } });
  const { metadata } = await cluster.get(namespace, 'coordinationcluster', 'upgraded');
  await cluster.until('the operator has seen it', async () => {
    return (await statusOf(cluster, namespace)).observedGeneration === metadata.generation;
  });
  await cluster.ready(namespace, 'upgraded');
}

async function statusOf(cluster: Cluster, namespace: string): Promise<Readonly<Record<string, unknown>>> {
  return (await cluster.get(namespace, 'coordinationcluster', 'upgraded')).status ?? {};
}
