import assert from 'node:assert/strict';
import type { Cluster } from '../cluster.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';

/** All at once: of none of them a majority is left to replace it. */
export async function loseVolumes(
  cluster: Cluster,
  namespace: string,
  pods: readonly string[],
): Promise<void> {
  const inNamespace = ['--namespace', namespace];
  // A claim goes once no pod has it mounted.
  await cluster.kubectl([...inNamespace, 'delete', '--wait=false', ...pods.map((pod) => `pvc/data-${pod}`)]);
  await cluster.kubectl([
    ...[...inNamespace, 'delete', '--grace-period=0', '--force'],
    ...pods.map((pod) => `pod/${pod}`),
  ]);
}

export const lostForGood: Scenario = {
  name: 'a majority that has lost its volumes is told as what it is, and nothing is changed',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('bereft', {}));
    await cluster.ready(namespace, 'bereft');
    await loseVolumes(cluster, namespace, ['bereft-1', 'bereft-2']);
    await cluster.until('the status says who has lost what', async () => {
      const { reason, message } = await cluster.condition(namespace, 'bereft', 'QuorumHealthy');
      return (
        reason === 'LostForGood' &&
        message.includes('2 of 3 voters have lost their data (bereft-1, bereft-2)')
      );
    });
    await cluster.told(namespace, 'bereft', 'QuorumLost');
    const { status, reason } = await cluster.condition(namespace, 'bereft', 'Stalled');
    assert.deepEqual([status, reason], ['True', 'LostForGood']);
    const survivors = (await cluster.list(namespace, 'pvc')).map(({ metadata }) => metadata.name);
    assert.ok(survivors.includes('data-bereft-0'), `volumes that are there: ${survivors.join(', ')}`);
    return 'LostForGood, and the last volume is left alone';
  },
};
