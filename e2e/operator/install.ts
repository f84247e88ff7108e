import { join } from 'node:path';
import { run } from '../../tools/kube/commands.ts';
import { repository } from '../../tools/kube/folders.ts';
import { contentsHash } from '../../tools/kube/images/contents.ts';
import { buildKazooImage } from '../../tools/kube/images/kazoo.ts';
import { archiveOf, images } from '../../tools/kube/images/list.ts';
import type { Log } from '../../tools/kube/provider.ts';
import { startClientPod } from './client-pod.ts';
import { type Cluster, clientPrograms } from './cluster.ts';

/** Where the operator runs. */
export const OPERATOR_NAMESPACE = 'rookery-system';

/** Kubernetes, and the images of this working copy on every node. */
export async function startKubernetes(cluster: Cluster, log: Log): Promise<void> {
  for (const part of ['server', 'operator'])
    await run([process.execPath, join(repository, part, 'scripts', 'bundle.ts')]);
  // First: it installs what builds the images.
  await cluster.provider.up(log);
  log((await run([process.execPath, join(repository, 'tools', 'kube', 'images', 'main.ts')])).trimEnd());
  for (const { name } of images) await cluster.provider.loadImage(archiveOf(name));
}

/** The operator by Helm. @param values besides those that every scenario goes by, as `helm` takes them */
export async function installOperator(cluster: Cluster, ...values: readonly string[]): Promise<void> {
  const release = [...(await operatorRelease()), ...values];
  await cluster.helm('upgrade', '--install', ...release, '--wait', '--timeout', '3m');
}

/** In a few words, what of the operator runs. */
export async function installedOperator(cluster: Cluster): Promise<string> {
  const pods = await cluster.list(OPERATOR_NAMESPACE, 'pods');
  const nodes = new Set(pods.map(({ spec }) => spec?.nodeName));
  return `${pods.length} replicas on ${nodes.size} nodes`;
}

/** The release and its values. An image of the same tag with other contents is a change, too: its pods are started anew. */
export async function operatorRelease(): Promise<readonly string[]> {
  const chart = join(repository, 'charts', 'rookery');
  const contents = await contentsHash(archiveOf('rookery-operator'));
  const values = ['--set-string', `podAnnotations.image-contents=${contents}`];
  return ['rookery', chart, '--namespace', OPERATOR_NAMESPACE, '--create-namespace', ...values];
}

/** A pod that kazoo can be run in. */
export async function installClientPod(cluster: Cluster, python: string): Promise<void> {
  const { reference, archive } = await buildKazooImage(python, clientPrograms);
  await cluster.provider.loadImage(archive);
  await startClientPod(reference);
}
