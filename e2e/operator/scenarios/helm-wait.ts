import assert from 'node:assert/strict';
import { join } from 'node:path';
import { repository } from '../../../tools/kube/folders.ts';
import type { Scenario } from '../scenario.ts';

const chart = join(repository, 'charts', 'coordination-cluster');

export const helmWaits: Scenario = {
  name: 'helm --wait comes back once all members serve, and fails where what the spec asks for cannot run',
  fast: false,
  async run(cluster, namespace) {
    const release = ['waited', chart, '--namespace', namespace, '--set', 'storage.size=1Gi', '--wait'];
    await cluster.helm('install', ...release, '--timeout', '3m');
    const { status, message } = await cluster.condition(namespace, 'waited', 'Ready');
    assert.equal(status, 'True', message);
    const noSuchVersion = ['--set', 'version=0.9.9', '--set', 'update.proof.timeout=10s'];
    const upgrade = cluster.helm('upgrade', ...release, ...noSuchVersion, '--timeout', '2m');
    await assert.rejects(upgrade, 'helm takes a version that does not run for done');
    const { reason } = await cluster.condition(namespace, 'waited', 'Stalled');
    assert.equal(reason, 'UpgradeProofStuck');
    await cluster.helm('upgrade', ...release, '--timeout', '3m');
    return `helm install --wait: ${message}`;
  },
};
