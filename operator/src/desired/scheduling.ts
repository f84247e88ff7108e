import type { V1PodSpec, V1Toleration, V1TopologySpreadConstraint } from '@kubernetes/client-node';
import type { CoordinationCluster } from '@rookery/crds';
import type { Pool } from './pool.ts';

type Toleration = CoordinationCluster['spec']['scheduling']['tolerations'][number];

const NODE_KEY = 'kubernetes.io/hostname';
const ZONE_KEY = 'topology.kubernetes.io/zone';

/** Where the pods go: apart from others of their pool. What the spec leaves out is left out here. */
export function scheduling({ spec }: CoordinationCluster, { labels }: Pool): Partial<V1PodSpec> {
  const { spread, zones, priorityClassName, nodeSelector, tolerations } = spec.scheduling;
  const labelSelector = { matchLabels: { ...labels } };
  const evenly = (topologyKey: string): V1TopologySpreadConstraint => ({
    maxSkew: 1,
    topologyKey,
    // Also over zones: nodes that name none would be left out by DoNotSchedule.
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector,
  });
  const constraints = [
    ...(spread === 'Preferred' ? [evenly(NODE_KEY)] : []),
    ...(zones ? [evenly(ZONE_KEY)] : []),
  ];
  return {
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector: { ...nodeSelector } }),
    ...(tolerations.length === 0 ? {} : { tolerations: tolerations.map(toleration) }),
    ...(constraints.length === 0 ? {} : { topologySpreadConstraints: constraints }),
    // Not a spread constraint: with a skew of 1 three members fit on two nodes.
    ...(spread === 'Required'
      ? {
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: NODE_KEY, labelSelector }],
            },
          },
        }
      : {}),
  };
}

/** The API server drops empty texts. */
function toleration({ key, operator, value, effect, tolerationSeconds }: Toleration): V1Toleration {
  return {
    ...(key === undefined || key === '' ? {} : { key }),
    ...(operator === undefined ? {} : { operator }),
    ...(value === undefined || value === '' ? {} : { value }),
    ...(effect === undefined ? {} : { effect }),
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  };
}
