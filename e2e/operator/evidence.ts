import type { Cluster } from './cluster.ts';

/** Everything of these namespaces that helps to see why something failed. */
export async function keepEvidence(cluster: Cluster, namespaces: readonly string[]): Promise<string> {
  const parts: string[] = [];
  const add = async (args: readonly string[]): Promise<void> => {
    const output = await cluster.kubectl(args).catch((error: Error) => error.message);
    parts.push(`$ kubectl ${args.join(' ')}\n${output}`);
  };
  for (const namespace of namespaces) {
    const inNamespace = ['--namespace', namespace];
    await add([...inNamespace, 'get', 'all,pvc,configmap,networkpolicy', '-o', 'wide']);
    await add([...inNamespace, 'get', 'coordinationcluster', '-o', 'yaml']);
    await add([...inNamespace, 'get', 'events', '--sort-by=.lastTimestamp']);
    await add([...inNamespace, 'describe', 'pods']);
    const pods = await cluster.list(namespace, 'pods').catch(() => []);
    for (const { metadata } of pods) {
      await add([...inNamespace, 'logs', metadata.name, '--tail=200']);
      await add([...inNamespace, 'logs', metadata.name, '--previous', '--tail=200']);
    }
  }
  return parts.join('\n\n');
}
