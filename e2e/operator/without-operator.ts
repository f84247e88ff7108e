import assert from 'node:assert/strict';
import type { Cluster } from './cluster.ts';
import { OPERATOR_NAMESPACE } from './install.ts';

/** Runs `during` while no replica of the operator does; afterwards there are as many as before. */
export async function withoutOperator(cluster: Cluster, during: () => Promise<void>): Promise<void> {
  const inNamespace = ['--namespace', OPERATOR_NAMESPACE];
  const [deployment] = await cluster.list(OPERATOR_NAMESPACE, 'deployment');
  assert.ok(deployment, 'the operator has no Deployment');
  const name = `deployment/${deployment.metadata.name}`;
  const setReplicas = (replicas: unknown): Promise<string> =>
    cluster.kubectl([...inNamespace, 'scale', name, `--replicas=${replicas}`]);
  await setReplicas(0);
  try {
    await cluster.until('no operator runs', async () => {
      return (await cluster.list(OPERATOR_NAMESPACE, 'pods')).length === 0;
    });
    await during();
  } finally {
    await setReplicas(deployment.spec?.replicas);
    await cluster.kubectl([...inNamespace, 'rollout', 'status', name, '--timeout=120s']);
  }
}
