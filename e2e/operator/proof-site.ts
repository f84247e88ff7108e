import type { Cluster } from './cluster.ts';

const proverOf = (name: string): string => `${name}-proof`;

/** By pod; those that a version is proved in are not among them. */
export async function memberUids(
  cluster: Cluster,
  namespace: string,
  name: string,
): Promise<readonly string[]> {
  const pods = await cluster.list(namespace, 'pods');
  return pods
    .filter(({ metadata }) => metadata.name !== `${proverOf(name)}-0`)
    .map(({ metadata }) => metadata.uid);
}

/** Pod, volume and StatefulSet, and the learner: the status would tell of it as an operation. */
export async function nothingIsLeft(cluster: Cluster, namespace: string, name: string): Promise<boolean> {
  const names: string[] = [];
  for (const type of ['pods', 'pvc', 'statefulsets', 'services'])
    names.push(...(await cluster.list(namespace, type)).map(({ metadata }) => metadata.name));
  const { status } = await cluster.get(namespace, 'coordinationcluster', name);
  return !names.some((each) => each.includes(proverOf(name))) && status?.operation === undefined;
}
