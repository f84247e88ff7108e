import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import type { KubeObject } from '@rookery/kube/objects';
import { stringify } from 'yaml';
import { PEER_PORT, PROOF_SERVER_ID, proofName } from '../model/cluster-names.ts';
import type { Blueprint } from './blueprint.ts';
import type { ConfigMap } from './config-map.ts';
import { proverLabels } from './labels.ts';
import { memberConfigHash, proverConfig } from './member-config.ts';
import { owned } from './metadata.ts';
import { CONFIG_KEY, configMapName, PortName } from './names.ts';
import { ORDINAL_VARIABLE, podTemplate } from './pod-template.ts';
import { voters } from './pool.ts';
import type { Service } from './services.ts';
import { type StatefulSet, statefulSet } from './stateful-set.ts';

/**
 * What a version is proved by: one pod with a volume of its own, in which a learner runs the log of the ensemble. No Service for clients selects
 * it, and it is never ready.
 *
 * @param blueprint of the image that is proved
 */
export function proofObjects(blueprint: Blueprint): readonly KubeObject[] {
  return [proofConfigMap(blueprint), proofService(blueprint), proofStatefulSet(blueprint)];
}

function proofConfigMapName(blueprint: Blueprint): string {
  return configMapName(proofName(blueprint.cluster.metadata.name), memberConfigHash(blueprint));
}

function proofConfigMap(blueprint: Blueprint): ConfigMap {
  return {
    ...owned(blueprint, 'v1', 'ConfigMap', proofConfigMapName(blueprint)),
    data: { [CONFIG_KEY]: stringify(proverConfig(blueprint), { lineWidth: 0 }) },
  };
}

/** By which the members find it, who never becomes ready. */
function proofService(blueprint: Blueprint): Service {
  const { name } = blueprint.cluster.metadata;
  return {
    ...owned(blueprint, 'v1', 'Service', proofName(name)),
    spec: {
      type: 'ClusterIP',
      clusterIP: 'None',
      ipFamilyPolicy: 'PreferDualStack',
      publishNotReadyAddresses: true,
      selector: { ...proverLabels(name) },
      ports: [
        {
          name: PortName.peer,
          port: PEER_PORT,
          targetPort: PortName.peer,
          protocol: 'TCP',
          appProtocol: 'tcp',
        },
      ],
    },
  };
}

function proofStatefulSet(blueprint: Blueprint): StatefulSet {
  const { name } = blueprint.cluster.metadata;
  const { spec } = statefulSet(blueprint, voters(blueprint));
  return {
    ...owned(blueprint, 'apps/v1', 'StatefulSet', proofName(name)),
    spec: {
      ...spec,
      replicas: 1,
      serviceName: proofName(name),
      // Nobody counts on it: other settings may restart it at any moment.
      updateStrategy: { type: 'RollingUpdate' },
      // Nothing of its data is worth anything after it, whoever deletes the StatefulSet.
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
      selector: { matchLabels: { ...proverLabels(name) } },
      template: proofTemplate(blueprint),
    },
  };
}

/** The members' own, but for who it is, and that it may run beside any of them. */
function proofTemplate(blueprint: Blueprint): V1PodTemplateSpec {
  const { name } = blueprint.cluster.metadata;
  const { metadata, spec } = podTemplate(blueprint, voters(blueprint));
  const { affinity: _affinity, topologySpreadConstraints: _spread, ...rest } = spec!;
  return {
    metadata: { ...metadata, labels: { ...metadata?.labels, ...proverLabels(name) } },
    spec: {
      ...rest,
      containers: rest.containers.map((container) => ({
        ...container,
        env: (container.env ?? []).map((variable) =>
          variable.name === ORDINAL_VARIABLE
            ? { name: ORDINAL_VARIABLE, value: String(PROOF_SERVER_ID - 1) }
            : variable,
        ),
      })),
      volumes: (rest.volumes ?? []).map((volume) =>
        volume.configMap === undefined
          ? volume
          : { ...volume, configMap: { ...volume.configMap, name: proofConfigMapName(blueprint) } },
      ),
    },
  };
}
