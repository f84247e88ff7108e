import { run } from '../../tools/kube/commands.ts';
import type { Cluster } from './cluster.ts';

/** Before all others but that of the node's own addresses: its kubelet goes on reaching the pod. */
const PRIORITY = '1';

/** Runs `during` while a pod is cut off from all others, on its node and elsewhere; its node and whoever sits there still reach it. */
export async function whileCutOff(
  cluster: Cluster,
  { node, address }: { readonly node: string; readonly address: string },
  during: () => Promise<void>,
): Promise<void> {
  const enter = cluster.provider.onNode(node);
  if (enter === undefined) throw new Error('nodes are no part of this machine, and no pod can be cut off');
  const rules = async (change: 'add' | 'del'): Promise<void> => {
    for (const packets of [
      ['from', address],
      ['to', address, 'iif', 'eth0'],
    ])
      await run([...enter, 'ip', 'rule', change, 'priority', PRIORITY, ...packets, 'blackhole']);
  };
  await rules('add');
  try {
    await during();
  } finally {
    await rules('del');
  }
}
