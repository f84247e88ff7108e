/** How much memory containers take, as the kubelets of their nodes measure it. */
import { kubectl } from '../../tools/kube/kubectl.ts';
import type { Cluster } from './cluster.ts';

export interface ContainerMemory {
  readonly pod: string;
  /** What counts against the limit and cannot be taken back: without the page cache. */
  readonly residentMiB: number;
  readonly limitMiB: number;
}

const BYTES_PER_MIB = 1024 * 1024;
const MIB_OF_UNIT: Readonly<Record<string, number>> = { Mi: 1, Gi: 1024 };

interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string };
    readonly containers?: readonly { readonly memory?: { readonly rssBytes?: number } }[];
  }[];
}

interface PodSpec {
  readonly nodeName?: string;
  readonly containers: readonly [{ readonly resources: { readonly limits: { readonly memory: string } } }];
}

/** Of each pod's one container in this namespace. Rejects while a kubelet has not measured one of them yet. */
export async function memoryOf(cluster: Cluster, namespace: string): Promise<readonly ContainerMemory[]> {
  const pods = (await cluster.list(namespace, 'pods')).map(({ metadata, spec }) => ({
    pod: metadata.name,
    spec: spec as unknown as PodSpec,
  }));
  const measured = new Map<string, number>();
  for (const node of new Set(pods.map(({ spec }) => spec.nodeName))) {
    const answer = await kubectl(['get', '--raw', `/api/v1/nodes/${node}/proxy/stats/summary`]);
    for (const { podRef, containers } of (JSON.parse(answer) as Summary).pods) {
      const bytes = containers?.[0]?.memory?.rssBytes;
      if (podRef.namespace === namespace && bytes !== undefined) measured.set(podRef.name, bytes);
    }
  }
  return pods.map(({ pod, spec }) => {
    const bytes = measured.get(pod);
    if (bytes === undefined || bytes === 0) throw new Error(`${pod} is not measured yet`);
    const limitMiB = mebibytes(spec.containers[0].resources.limits.memory);
    return { pod, residentMiB: Math.ceil(bytes / BYTES_PER_MIB), limitMiB };
  });
}

/** Of a limit as the charts and the operator write it: in Mi or Gi. */
function mebibytes(quantity: string): number {
  const [, number, unit = ''] = quantity.match(/^(\d+)([MG]i)$/) ?? [];
  const factor = MIB_OF_UNIT[unit];
  if (factor === undefined) throw new Error(`the limit ${quantity} is not in Mi or Gi`);
  return Number(number) * factor;
}
