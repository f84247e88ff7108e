import type { CoordinationCluster } from '@rookery/crds';
import type { KubeObject } from '@rookery/kube/objects';
import { CLIENT_PORT, CLUSTER_LABEL, HTTP_PORT, PEER_PORT } from '../model/cluster-names.ts';
import type { Blueprint } from './blueprint.ts';
import { OPERATOR_LABELS, selectorLabels } from './labels.ts';
import { owned } from './metadata.ts';
import { objectNames } from './names.ts';

type Peer = CoordinationCluster['spec']['networkPolicy']['clientFrom'][number];
type Selector = NonNullable<Peer['podSelector']>;

/** Written out here: the client library's type calls `from` by another name. */
export interface NetworkPolicy extends KubeObject {
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes: readonly ['Ingress'];
    readonly ingress: readonly IngressRule[];
  };
}

interface IngressRule {
  /** Absent: from everywhere. */
  readonly from?: readonly Peer[];
  readonly ports: readonly { readonly port: number; readonly protocol: 'TCP' }[];
}

/** What `app.kubernetes.io/name` says on the pods of what scrapes metrics, as their charts and operators set it. */
const SCRAPERS = ['alloy', 'opentelemetry-collector', 'prometheus', 'prometheus-agent', 'vmagent'] as const;

/**
 * Who reaches which port. Policies add up: whoever needs more, a scraper of another name for one, is let in by a policy of their
 * own over the same pods. Kubelets always reach the pods of their node, so probes need no rule. What members send is not bound.
 *
 * client  whom the spec says, or everybody
 * peer    the members of the same cluster, its read replicas, and who proves a version for them
 * http    those whom the peer port is for, since each is asked about all by whoever stands before one of them; the operator, wherever it
 *         runs, and what scrapes metrics, in any namespace. /admin asks for a token on top of it; the rest of the namespace has no
 *         business there.
 */
export function networkPolicy(blueprint: Blueprint): NetworkPolicy | undefined {
  const { metadata, spec } = blueprint.cluster;
  const { enabled, clientFrom } = spec.networkPolicy;
  if (!enabled) return undefined;
  const members: Selector = { matchLabels: memberLabels(blueprint) };
  return {
    ...owned(blueprint, 'networking.k8s.io/v1', 'NetworkPolicy', objectNames(metadata.name).networkPolicy),
    spec: {
      podSelector: members,
      policyTypes: ['Ingress'],
      ingress: [
        {
          ...(clientFrom.length === 0 ? {} : { from: clientFrom.map(withoutEmpty) }),
          ...toPort(CLIENT_PORT),
        },
        { from: [{ podSelector: members }], ...toPort(PEER_PORT) },
        {
          from: [
            { podSelector: members },
            { namespaceSelector: {}, podSelector: { matchLabels: { ...OPERATOR_LABELS } } },
            {
              namespaceSelector: {},
              podSelector: {
                matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values: [...SCRAPERS] }],
              },
            },
          ],
          ...toPort(HTTP_PORT),
        },
      ],
    },
  };
}

/** Also of read replicas and of who proves a version, while there are any: the members have to reach them, and they the members. */
function memberLabels({
  cluster: { metadata },
  hasProver,
  hasReadReplicas,
}: Blueprint): Record<string, string> {
  return hasProver || hasReadReplicas
    ? { [CLUSTER_LABEL]: metadata.name }
    : { ...selectorLabels(metadata.name) };
}

function toPort(port: number): Pick<IngressRule, 'ports'> {
  return { ports: [{ port, protocol: 'TCP' }] };
}

/** The API server drops empty lists and maps of conditions, but keeps a selector without any: it selects everything. */
function withoutEmpty({ podSelector, namespaceSelector, ipBlock }: Peer): Peer {
  return {
    ...(podSelector === undefined ? {} : { podSelector: conditions(podSelector) }),
    ...(namespaceSelector === undefined ? {} : { namespaceSelector: conditions(namespaceSelector) }),
    ...(ipBlock === undefined ? {} : { ipBlock: range(ipBlock) }),
  };
}

function conditions({ matchLabels = {}, matchExpressions = [] }: Selector): Selector {
  return {
    ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
    ...(matchExpressions.length === 0
      ? {}
      : {
          matchExpressions: matchExpressions.map(({ key, operator, values = [] }) => ({
            key,
            operator,
            ...(values.length === 0 ? {} : { values }),
          })),
        }),
  };
}

function range({ cidr, except = [] }: NonNullable<Peer['ipBlock']>): NonNullable<Peer['ipBlock']> {
  return { cidr, ...(except.length === 0 ? {} : { except }) };
}
