import assert from 'node:assert/strict';
import { join } from 'node:path';
import { repository } from '../../../tools/kube/folders.ts';
import type { Scenario } from '../scenario.ts';

const chart = join(repository, 'charts', 'coordination-cluster');

export const helmWaits: Scenario = {
  name: 'helm --wait comes back once all members serve, and fails where the spec is refused',
  fast: false,
  async run(cluster, namespace) {
    const release = ['waited', chart, '--namespace', namespace, '--set', 'storage.size=1Gi', '--wait'];
    await cluster.helm('install', ...release, '--timeout', '3m');
    const { status, message } = await cluster.condition(namespace, 'waited', 'Ready');
    assert.equal(status, 'True', message);
    const refused = cluster.helm('upgrade', ...release, '--set', 'version=0.1.1', '--timeout', '20s');
    await assert.rejects(refused, 'helm takes a refused change for done');
    const { reason } = await cluster.condition(namespace, 'waited', 'Stalled');
    assert.equal(reason, 'UpgradeNotSupported');
    await cluster.helm('upgrade', ...release, '--timeout', '1m');
    return `helm install --wait: ${message}`;
  },
};
