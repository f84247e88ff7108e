import type { V1ServicePort, V1ServiceSpec } from '@kubernetes/client-node';
import type { KubeObject } from '@rookery/kube/objects';
import {
  CLIENT_PORT,
  externalServiceName,
  HTTP_PORT,
  PEER_PORT,
  peerServiceName,
  podName,
} from '../model/cluster-names.ts';
import type { Blueprint } from './blueprint.ts';
import { selectorLabels } from './labels.ts';
import { owned } from './metadata.ts';
import { objectNames, PortName } from './names.ts';
import { ordinalsOf, type Pool } from './pool.ts';

/** Kubernetes sets it on each pod of a StatefulSet. */
const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';

export interface Service extends KubeObject {
  readonly spec: V1ServiceSpec;
}

function memberSelector(cluster: string, { labels }: Pool, ordinal: number): Record<string, string> {
  return { ...labels, [POD_NAME_LABEL]: podName(cluster, ordinal) };
}

/**
 * appProtocol tells service meshes not to look for HTTP where there is none. The target is a port's name, so that the Service need
 * not know which number a pod of another version has given it.
 */
function port(name: string, number: number, appProtocol: 'tcp' | 'http'): V1ServicePort {
  return { name, port: number, targetPort: name, protocol: 'TCP', appProtocol };
}

const clientPort = () => port(PortName.client, CLIENT_PORT, 'tcp');

/** Spreads clients over the ready members: one address that stays. */
export function clientService(blueprint: Blueprint): Service {
  const { metadata, spec } = blueprint.cluster;
  const { type, annotations, ipFamilyPolicy } = spec.services.client;
  const service = owned(blueprint, 'v1', 'Service', objectNames(metadata.name).clientService);
  return {
    ...service,
    ...(Object.keys(annotations).length === 0
      ? {}
      : { metadata: { ...service.metadata, annotations: { ...annotations } } }),
    spec: {
      type,
      ipFamilyPolicy,
      sessionAffinity: 'None',
      selector: { ...selectorLabels(metadata.name) },
      ports: [clientPort()],
    },
  };
}

/** Spreads clients over the ready read replicas, within the cluster. */
export function readService(blueprint: Blueprint, { name, labels }: Pool): Service {
  return {
    ...owned(blueprint, 'v1', 'Service', name),
    spec: {
      type: 'ClusterIP',
      ipFamilyPolicy: blueprint.cluster.spec.services.client.ipFamilyPolicy,
      sessionAffinity: 'None',
      selector: { ...labels },
      ports: [clientPort()],
    },
  };
}

/**
 * Names every ready member by addresses and SRV records, for clients that choose among them, and each by a name of its own. Names are for
 * good, addresses are not: a client that resolved the records once finds the members by them after each pod was replaced.
 */
export function headlessService(blueprint: Blueprint, pool: Pool): Service {
  const { spec } = blueprint.cluster;
  return {
    ...owned(blueprint, 'v1', 'Service', pool.headlessService),
    spec: {
      type: 'ClusterIP',
      clusterIP: 'None',
      ipFamilyPolicy: spec.services.client.ipFamilyPolicy,
      ...alsoNotReady(blueprint),
      selector: { ...pool.labels },
      ports: [clientPort()],
    },
  };
}

/** A member that serves reads alone is not ready. Where each has a name of its own, who finds one that serves nothing goes on to the next. */
function alsoNotReady({ cluster }: Blueprint): Pick<V1ServiceSpec, 'publishNotReadyAddresses'> {
  return cluster.spec.config.readOnlyMode ? { publishNotReadyAddresses: true } : {};
}

/** One for each member, for clients outside: a load balancer over all of them would tear sessions from member to member. */
export function externalServices(blueprint: Blueprint, pool: Pool): readonly Service[] {
  const { metadata, spec } = blueprint.cluster;
  const { enabled, type, annotations } = spec.services.external;
  if (!enabled) return [];
  return ordinalsOf(pool).map((ordinal) => {
    const service = owned(blueprint, 'v1', 'Service', externalServiceName(metadata.name, ordinal));
    const own = Object.entries(annotations).map(([key, value]) => [
      key,
      value.replaceAll('{ordinal}', String(ordinal)),
    ]);
    return {
      ...service,
      ...(own.length === 0
        ? {}
        : { metadata: { ...service.metadata, annotations: Object.fromEntries(own) } }),
      spec: {
        type,
        ipFamilyPolicy: spec.services.client.ipFamilyPolicy,
        ...alsoNotReady(blueprint),
        selector: memberSelector(metadata.name, pool, ordinal),
        ports: [clientPort()],
      },
    };
  });
}

/**
 * One for each member, for the others: a name by which its pod is found before it is ready, too; none becomes ready unless they find each
 * other. A pod has names under one Service alone (its subdomain), and that is the one for clients, whose names have to leave with it.
 */
export function peerServices(blueprint: Blueprint, pool: Pool): readonly Service[] {
  const { name } = blueprint.cluster.metadata;
  return ordinalsOf(pool).map((ordinal) => ({
    ...owned(blueprint, 'v1', 'Service', peerServiceName(name, ordinal)),
    spec: {
      type: 'ClusterIP',
      clusterIP: 'None',
      ipFamilyPolicy: 'PreferDualStack',
      publishNotReadyAddresses: true,
      selector: memberSelector(name, pool, ordinal),
      ports: [port(PortName.peer, PEER_PORT, 'tcp'), port(PortName.http, HTTP_PORT, 'http')],
    },
  }));
}
