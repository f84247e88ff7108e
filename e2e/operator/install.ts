import { join } from 'node:path';
import { run } from '../kube/commands.ts';
import { repository } from '../kube/folders.ts';
import { archiveOf, images } from '../kube/images/list.ts';
import type { Log } from '../kube/provider.ts';
import type { Cluster } from './cluster.ts';

/** Where the operator runs. */
export const operatorNamespace = 'rookery-system';

/** Kubernetes, the images of this working copy on every node, and the operator by Helm. */
export async function installOperator(cluster: Cluster, log: Log): Promise<void> {
  log((await run([process.execPath, join(repository, 'e2e', 'kube', 'images', 'main.ts')])).trimEnd());
  await cluster.provider.up(log);
  for (const { name } of images) await cluster.provider.loadImage(archiveOf(name));
  const chart = join(repository, 'charts', 'rookery');
  const target = ['--namespace', operatorNamespace, '--create-namespace'];
  await cluster.helm('upgrade', '--install', 'rookery', chart, ...target, '--wait', '--timeout', '3m');
}
