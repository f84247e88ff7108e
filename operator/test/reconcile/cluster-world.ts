import { createHash } from 'node:crypto';
import type { CoordinationCluster } from '@rookery/crds';
import type { KubeApi, WorkQueue } from '@rookery/kube';
import type { KubeObject } from '@rookery/kube/objects';
import type { Received } from '../../../kube/test/api-server.ts';
import { testPorts } from '../../../kube/test/manual-time.ts';
import { settle, until } from '../../../kube/test/until.ts';
import { startWorld, type World } from '../../../kube/test/world.ts';
import { Random } from '../../../testkit/src/random.ts';
import { memberAdmin } from '../../src/act/member-admin.ts';
import { CLUSTER_LABEL, FIRST_READ_ORDINAL, isReadOrdinal, podName } from '../../src/model/cluster-names.ts';
import type { StatefulSet, VolumeClaim } from '../../src/model/observed.ts';
import { memberClient } from '../../src/observe/member-client.ts';
import { buildOperator, type Operator } from '../../src/operator.ts';
import { newSerial } from '../act/serials.ts';
import { answerOf, CONFIG_MAP, clusterOf } from '../decide/observed-world.ts';
import { FakeMember } from './fake-members.ts';

export const CLUSTERS_PATH = '/apis/rookery.dev/v1/namespaces/ns/coordinationclusters';
export const CLUSTER_PATH = `${CLUSTERS_PATH}/zk`;
export const SET_PATH = '/apis/apps/v1/namespaces/ns/statefulsets/zk';
export const SECRET_PATH = '/api/v1/namespaces/ns/secrets/zk-admin';
export const AUTHORITY_PATH = '/api/v1/namespaces/ns/secrets/zk-authority';
export const CERTIFICATES_PATH = '/api/v1/namespaces/ns/secrets/zk-certificates';
export const CONFIG_PATH = `/api/v1/namespaces/ns/configmaps/${CONFIG_MAP}`;
export const SERVICE_PATH = '/api/v1/namespaces/ns/services/zk';
export const podPath = (ordinal: number): string => `/api/v1/namespaces/ns/pods/${podName('zk', ordinal)}`;
export const claimPath = (ordinal: number): string =>
  `/api/v1/namespaces/ns/persistentvolumeclaims/data-${podName('zk', ordinal)}`;

export const READ_SET_PATH = `${SET_PATH}-read`;
export const READ_SERVICE_PATH = '/api/v1/namespaces/ns/services/zk-read';
const setPathOf = (ordinal: number): string => (isReadOrdinal(ordinal) ? READ_SET_PATH : SET_PATH);

export const PROOF_SET_PATH = `${SET_PATH}-proof`;
export const PROOF_POD_PATH = '/api/v1/namespaces/ns/pods/zk-proof-0';
export const PROOF_CLAIM_PATH = '/api/v1/namespaces/ns/persistentvolumeclaims/data-zk-proof-0';
const PROVER_IP = '10.0.0.254';
/** Which the operator makes, and members take from the moment that they start. */
export const THE_TOKEN = 'the-token-of-the-members';
/** Read replicas that there may come to be. */
const MOST_READERS = 2;

/** A write that changes something of a cluster: Events and the Lease are not among them. */
export const isClusterWrite = ({ method, path }: Received): boolean =>
  method !== 'GET' && !path.includes('/events') && !path.includes('/leases');

export interface Replica {
  readonly operator: Operator;
  /** True when nothing is at work and nothing waits but for its time. */
  readonly idle: () => boolean;
  readonly lost: string[];
}

export interface ReplicaOptions {
  readonly identity?: string;
  readonly elects?: boolean;
  readonly hasCertManager?: boolean;
  /** Bounds what it may do, as a crash does. */
  readonly api?: (api: KubeApi) => KubeApi;
}

/** An operator, the API server that it works on, three members, and what the StatefulSet's controller would do. */
export class ClusterWorld {
  readonly world: World;
  readonly members: readonly FakeMember[];
  readonly readers: readonly FakeMember[];
  /** The learner by which a version is proved. */
  readonly prover: FakeMember;
  newToken = (): string => THE_TOKEN;

  /** Made by its static functions alone. */
  constructor(
    world: World,
    { members, readers, prover }: Pick<ClusterWorld, 'members' | 'readers' | 'prover'>,
  ) {
    this.world = world;
    this.members = members;
    this.readers = readers;
    this.prover = prover;
  }

  /** @param count members that there may come to be */
  static async start(count = 3): Promise<ClusterWorld> {
    // Events are told apart by random names.
    const world = await startWorld(testPorts(new Random(1)));
    const some = (length: number) => Promise.all(Array.from({ length }, () => new FakeMember().start()));
    const members = await some(count);
    const readers = await some(MOST_READERS);
    const prover = await new FakeMember().start();
    world.closing.push(() => Promise.all([...members, ...readers, prover].map((member) => member.stop())));
    return new ClusterWorld(world, { members, readers, prover });
  }

  readonly #addressOf = (ip: string): string =>
    ip === PROVER_IP ? this.prover.address : this.memberAt(Number(ip.split('.')[3])).address;

  /** The process in the pod of this ordinal. */
  memberAt(ordinal: number): FakeMember {
    return isReadOrdinal(ordinal) ? this.readers[ordinal - FIRST_READ_ORDINAL]! : this.members[ordinal]!;
  }

  replica({
    identity = 'a',
    elects = false,
    hasCertManager = false,
    api = (all) => all,
  }: ReplicaOptions = {}): Replica {
    const { world } = this;
    const queues: Pick<WorkQueue, 'depth' | 'taken'>[] = [];
    const metrics = Object.assign(Object.create(world.metrics) as typeof world.metrics, {
      showQueue: (_name: string, queue: WorkQueue) => void queues.push(queue),
      showCache: () => {},
      showLeader: () => {},
      queueAdded: () => {},
      watchRestarted: () => {},
      reconciled: () => {},
      eventDropped: () => {},
    });
    const lost: string[] = [];
    const operator = buildOperator(
      {
        namespaces: ['ns'],
        serverImage: 'example/server',
        hasCertManager,
        identity,
        lease: elects ? { namespace: 'ns', name: 'operator' } : undefined,
        onLost: (why) => void lost.push(why),
      },
      {
        ...world,
        metrics,
        api: api(world.api),
        askMember: memberClient(world.scheduler, this.#addressOf),
        tellMember: memberAdmin(world.scheduler, this.#addressOf),
        newToken: () => this.newToken(),
        newSerial,
      },
    );
    world.closing.push(() => operator.manager.stop(0));
    operator.manager.start();
    return {
      operator,
      lost,
      idle: () => queues.every(({ depth, taken }) => taken === 0 && (depth === 0 || !operator.isLeader())),
    };
  }

  /** Lets the replica work, its timers included, until the condition holds. */
  async drive(replica: Replica, condition: () => boolean, what: string): Promise<void> {
    for (let round = 0; round < 60; round++) {
      await this.quiet(replica);
      this.seenSet();
      this.seenSet(READ_SET_PATH);
      if (condition()) return;
      this.world.time.advance(2_000);
    }
    throw new Error(`waited in vain for ${what}: ${JSON.stringify(this.cluster?.status)}`);
  }

  /** Until nothing is under way. */
  async quiet(replica: Replica): Promise<void> {
    for (let calm = 0; calm < 3; calm++) {
      await settle();
      if (replica.idle()) continue;
      await until(replica.idle, 'the workers');
      calm = -1;
    }
  }

  get cluster(): CoordinationCluster | undefined {
    return this.world.server.objects.get(CLUSTER_PATH) as CoordinationCluster | undefined;
  }

  get phase(): string | undefined {
    return this.cluster?.status?.phase;
  }

  conditionReason(type: string): string | undefined {
    return this.cluster?.status?.conditions?.find((condition) => condition.type === type)?.reason;
  }

  /** As somebody writes it with kubectl: a new generation. */
  writeCluster(spec: Parameters<typeof clusterOf>[0] = {}): void {
    const before = this.cluster;
    const made = clusterOf(spec);
    const { uid: _uid, resourceVersion: _version, finalizers: _finalizers, ...metadata } = made.metadata;
    const generation = (before?.metadata.generation ?? 0) + 1;
    const object = { ...before, ...made, metadata: { ...metadata, ...before?.metadata, generation } };
    this.world.server.objects.put(CLUSTER_PATH, object);
  }

  /** As `kubectl annotate` does: the generation stays. */
  annotate(annotations: Readonly<Record<string, string>>): void {
    const { metadata, ...rest } = this.cluster!;
    const all = { ...metadata.annotations, ...annotations };
    this.world.server.objects.put(CLUSTER_PATH, { ...rest, metadata: { ...metadata, annotations: all } });
  }

  /** As `kubectl delete` does: at once where no finalizer holds it. */
  deleteCluster(): void {
    const { metadata, ...rest } = this.cluster!;
    if ((metadata.finalizers ?? []).length === 0) {
      this.world.server.objects.remove(CLUSTER_PATH);
      return;
    }
    const deletionTimestamp = '2026-01-01T00:00:00Z';
    const object = { ...rest, metadata: { ...metadata, deletionTimestamp } };
    this.world.server.objects.put(CLUSTER_PATH, object);
  }

  /** Its controller has seen it, and names its template by a hash of it. */
  seenSet(path = SET_PATH): StatefulSet | undefined {
    const { objects } = this.world.server;
    const set = objects.get(path) as StatefulSet | undefined;
    if (set === undefined) return undefined;
    if (path === SET_PATH) this.#adopt(set);
    const { generation } = set.metadata;
    if (generation === undefined || set.status?.observedGeneration === generation) return set;
    const updateRevision = createHash('sha1').update(JSON.stringify(set.spec.template)).digest('hex');
    const status = { updateRevision, observedGeneration: generation };
    return objects.put(path, { ...set, status } as KubeObject) as StatefulSet;
  }

  /** Pods that have lost their StatefulSet become those of the next one. */
  #adopt({ metadata: { uid = '' } }: StatefulSet): void {
    const { objects } = this.world.server;
    for (const ordinal of this.members.keys()) {
      const pod = objects.get(podPath(ordinal));
      const [owner] = pod?.metadata.ownerReferences ?? [];
      if (pod === undefined || owner === undefined || owner.uid === uid) continue;
      const ownerReferences = [{ ...owner, uid }];
      objects.put(podPath(ordinal), { ...pod, metadata: { ...pod.metadata, ownerReferences } });
    }
  }

  /** What the controller of StatefulSets and the kubelets do: pods with volumes, and members in them that form the cluster c1. */
  startPods(): void {
    for (const [ordinal, member] of this.members.entries()) {
      member.answer = answerOf(ordinal + 1, ordinal === 0 ? 'leader' : 'follower');
      this.startPod(ordinal);
    }
  }

  /**
   * One of them, whatever its member answers.
   * @param revision of the StatefulSet's template
   * @param waiting why its container cannot start
   */
  startPod(ordinal: number, { revision, waiting }: { revision?: string; waiting?: string } = {}): void {
    const { objects } = this.world.server;
    const set = objects.get(setPathOf(ordinal)) as StatefulSet;
    const made = revision === undefined ? {} : { 'controller-revision-hash': revision };
    const labels = { [CLUSTER_LABEL]: 'zk', ...made };
    const owner = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      name: set.metadata.name,
      uid: set.metadata.uid!,
      controller: true,
    };
    this.memberAt(ordinal).tokens = [THE_TOKEN];
    objects.put(podPath(ordinal), {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'ns', name: podName('zk', ordinal), labels, ownerReferences: [owner] },
      spec: { ...podSpecOf(set), nodeName: `node-${ordinal}` },
      status:
        waiting === undefined
          ? {
              phase: 'Running',
              podIP: `10.0.0.${ordinal}`,
              conditions: [{ type: 'Ready', status: 'True' }],
            }
          : {
              phase: 'Pending',
              conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: this.#now() }],
              containerStatuses: [{ state: { waiting: { reason: waiting } } }],
            },
    } as KubeObject);
    if (objects.get(claimPath(ordinal)) !== undefined) return;
    const [template] = set.spec.volumeClaimTemplates as readonly VolumeClaim[];
    const spec = template?.spec;
    objects.put(claimPath(ordinal), {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        namespace: 'ns',
        name: `data-${podName('zk', ordinal)}`,
        labels: { [CLUSTER_LABEL]: 'zk' },
      },
      spec,
      status: { phase: 'Bound', capacity: spec?.resources?.requests },
    } as KubeObject);
  }

  /** What the controller of StatefulSets and a kubelet do for a proof. @returns whether its pod is there */
  runProver(waiting?: string): boolean {
    const { objects } = this.world.server;
    const set = objects.get(PROOF_SET_PATH) as StatefulSet | undefined;
    if (set === undefined) {
      const pod = objects.get(PROOF_POD_PATH);
      if (pod?.metadata.labels?.[CLUSTER_LABEL] === 'zk') objects.remove(PROOF_POD_PATH);
      return false;
    }
    this.prover.tokens = [THE_TOKEN];
    const labels = { [CLUSTER_LABEL]: 'zk' };
    const made = { namespace: 'ns', labels };
    if (objects.get(PROOF_POD_PATH) === undefined) {
      const { uid = '', name } = set.metadata;
      const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name, uid, controller: true };
      objects.put(PROOF_POD_PATH, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...made, name: 'zk-proof-0', ownerReferences: [owner] },
        spec: podSpecOf(set),
        status:
          waiting === undefined
            ? { phase: 'Running', podIP: PROVER_IP }
            : { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: waiting } } }] },
      } as KubeObject);
    }
    if (objects.get(PROOF_CLAIM_PATH) === undefined)
      objects.put(PROOF_CLAIM_PATH, {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { ...made, name: 'data-zk-proof-0' },
      } as KubeObject);
    return true;
  }

  /** RFC 3339, as the API server writes it. */
  #now(): string {
    return `${new Date(this.world.clock.wallMs()).toISOString().slice(0, 19)}Z`;
  }

  stopPods(): void {
    for (const ordinal of this.members.keys()) this.world.server.objects.remove(podPath(ordinal));
  }

  /** From nothing to a cluster that is Ready. */
  async bringUp(replica: Replica, spec: Parameters<typeof clusterOf>[0] = {}): Promise<void> {
    this.writeCluster(spec);
    await this.drive(replica, () => this.world.server.objects.get(SET_PATH) !== undefined, 'the StatefulSet');
    this.startPods();
    await this.drive(replica, () => this.phase === 'Ready', 'a cluster that is Ready');
  }

  /** The writes so far, as `PATCH /path`. */
  writes(): string[] {
    return this.world.server.requests.filter(isClusterWrite).map(({ method, path }) => `${method} ${path}`);
  }

  events(): string[] {
    const { objects } = this.world.server;
    return objects.list('/api/v1/namespaces/ns/events').map((event) => {
      const { reason, message } = event as KubeObject & { reason: string; message: string };
      return `${reason}: ${message}`;
    });
  }
}

function podSpecOf({ spec }: StatefulSet): object {
  return { containers: spec.template?.spec?.containers ?? [] };
}
