import {
  type CoordinationCluster,
  type CoordinationClusterSpecInput,
  type CoordinationClusterStatus,
  withDefaults,
} from '@rookery/crds';
import type { KubeObject } from '@rookery/kube/objects';
import { blueprintOf } from '../../src/desired/blueprint.ts';
import { memberConfigHash } from '../../src/desired/member-config.ts';
import { configMapName } from '../../src/desired/names.ts';
import { planOf } from '../../src/desired/plan.ts';
import { FINALIZER, podName } from '../../src/model/cluster-names.ts';
import {
  type AnswerRole,
  type MemberAnswer,
  NO_READ_REPLICAS,
  type Observed,
  type ObservedPod,
  type StatefulSet,
  type VolumeClaim,
} from '../../src/model/observed.ts';
import { leafOf, tlsOf } from './tls-world.ts';

export const NOW = '2026-01-01T00:00:00Z';
export const CONTEXT = { serverImage: 'example/server', hasCertManager: true };

export function clusterOf(
  spec: Partial<CoordinationClusterSpecInput> = {},
  more: { readonly status?: CoordinationClusterStatus; readonly metadata?: object } = {},
): CoordinationCluster {
  return {
    apiVersion: 'rookery.dev/v1',
    kind: 'CoordinationCluster',
    metadata: {
      name: 'zk',
      namespace: 'ns',
      uid: 'uid-zk',
      resourceVersion: '1',
      generation: 4,
      creationTimestamp: NOW,
      finalizers: spec.storage?.retention?.whenDeleted === 'Delete' ? [FINALIZER] : [],
      ...more.metadata,
    },
    spec: withDefaults({ version: '1.0.0', ...spec }),
    ...(more.status === undefined ? {} : { status: more.status }),
  };
}

/** The name of that of a cluster whose settings are the usual ones. */
export const CONFIG_MAP = configMapName('zk', memberConfigHash(blueprintOf(clusterOf(), CONTEXT)));

/** What a plan is made from, of a cluster of which there is nothing. */
export const NOTHING_FOUND = {
  statefulSet: undefined,
  pods: [],
  volumeClaims: [],
  tls: tlsOf(),
  readReplicas: NO_READ_REPLICAS,
} as const;

/** The StatefulSet that the operator makes of the cluster. */
export function statefulSetOf(cluster: CoordinationCluster): StatefulSet {
  const made = planOf({ ...NOTHING_FOUND, cluster }, CONTEXT).objects.find(
    ({ kind }) => kind === 'StatefulSet',
  );
  return { ...(made as StatefulSet), metadata: { ...made!.metadata, uid: 'uid-set', resourceVersion: '2' } };
}

export function answerOf(serverId: number, role: AnswerRole, more: Partial<MemberAnswer> = {}): MemberAnswer {
  return {
    version: '1.0.0',
    serverId,
    raftId: serverId,
    instance: serverId * 10,
    clusterId: 'c1',
    role,
    term: 5,
    leader: 1,
    configurationIndex: 1,
    changing: false,
    featureLevel: 1,
    highestFeatureLevel: 1,
    serving: true,
    reason: '',
    certificates: [
      {
        listener: 'members',
        serial: leafOf(serverId - 1).serial,
        notAfter: leafOf(0).notAfter,
        trusted: ['one'],
      },
    ],
    members: [1, 2, 3].map((other) => ({
      serverId: other,
      raftId: other,
      instance: other * 10,
      connected: true,
      role: other === 1 ? 'leader' : 'voter',
      lagEntries: 0,
    })),
    ...more,
  };
}

export function podOf(
  ordinal: number,
  answer: MemberAnswer | string,
  more: Partial<ObservedPod> = {},
): ObservedPod {
  return {
    name: podName('zk', ordinal),
    uid: `uid-pod-${ordinal}`,
    resourceVersion: `7${ordinal}`,
    ordinal,
    address: `10.0.0.${ordinal}`,
    ready: typeof answer !== 'string',
    deleting: false,
    goneBy: '',
    node: `node-${ordinal}`,
    image: 'example/server:1.0.0',
    orphaned: false,
    outdated: false,
    notReadySince: typeof answer === 'string' ? NOW : '',
    configMap: '',
    peerTls: 'required',
    trouble: '',
    report: typeof answer === 'string' ? { kind: 'silent', why: answer } : { kind: 'answer', answer },
    ...more,
  };
}

/** Three members of the cluster c1, the first of which leads. */
export const THREE: readonly ObservedPod[] = [
  podOf(0, answerOf(1, 'leader')),
  podOf(1, answerOf(2, 'follower')),
  podOf(2, answerOf(3, 'follower')),
];

/** Everything as the spec says, with the given differences. */
export function observedOf(cluster: CoordinationCluster, more: Partial<Observed> = {}): Observed {
  const statefulSet = 'statefulSet' in more ? more.statefulSet : statefulSetOf(clusterOf());
  const pods = more.pods ?? THREE;
  const volumeClaims = more.volumeClaims ?? [];
  const tls = more.tls ?? tlsOf();
  const site = more.proof === undefined ? {} : { proof: more.proof };
  const readReplicas = more.readReplicas ?? NO_READ_REPLICAS;
  const plan = planOf({ cluster, statefulSet, pods, volumeClaims, tls, readReplicas, ...site }, CONTEXT);
  return {
    cluster,
    statefulSet,
    pods,
    adminToken: 'there',
    tls,
    plan,
    objects: plan.objects.map((wanted) => ({ wanted, state: 'right', found: wanted })),
    surplus: [],
    volumeClaims,
    podsRefused: '',
    now: NOW,
    ...more,
    readReplicas: {
      ...readReplicas,
      objects: plan.readReplicas.map((wanted) => ({ wanted, state: 'right', found: wanted })),
    },
  };
}

export function withState(
  observed: Observed,
  name: string,
  state: Observed['objects'][number]['state'],
): Observed {
  const isIt = ({ kind, metadata }: KubeObject): boolean => `${kind} ${metadata.name}` === name;
  return {
    ...observed,
    objects: observed.objects.map((object) => (isIt(object.wanted) ? { ...object, state } : object)),
  };
}

interface ClaimSizes {
  readonly requested?: string;
  readonly capacity?: string;
  readonly phase?: string;
}

/** @param sizes 10Gi of both by default */
export function claimOf(
  ordinal: number,
  more: object = {},
  { requested = '10Gi', capacity = requested, phase = 'Bound' }: ClaimSizes = {},
): VolumeClaim {
  const metadata = {
    name: `data-${podName('zk', ordinal)}`,
    namespace: 'ns',
    uid: `uid-${ordinal}`,
    ...more,
  };
  const spec = { resources: { requests: { storage: requested } } };
  const status = { phase, capacity: { storage: capacity } };
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec, status };
}
