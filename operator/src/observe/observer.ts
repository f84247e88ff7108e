import type { CoordinationCluster } from '@rookery/crds';
import { type Clock, isNotFound, type KubeApi, type StoreView } from '@rookery/kube';
import { type KubeObject, keyOf, type ObjectName, type ResourceType } from '@rookery/kube/objects';
import { planOf } from '../desired/plan.ts';
import type { Found } from '../desired/running.ts';
import {
  adminSecretName,
  CLUSTER_LABEL,
  DATA_CLAIM,
  ordinalOf,
  ordinalOfClaim,
  proofClaimName,
  proofName,
  proofPodName,
  readName,
  readOrdinalOf,
  statefulSetName,
} from '../model/cluster-names.ts';
import type {
  MemberReport,
  Observed,
  ObservedPod,
  ObservedReadReplicas,
  ProofSite,
  StatefulSet,
  VolumeClaim,
} from '../model/observed.ts';
import type { Plan } from '../model/plan.ts';
import type { ObservedTls } from '../model/tls.ts';
import {
  appliedTypeOf,
  appliedTypes,
  CLUSTERS,
  PODS,
  SECRETS,
  SERVICES,
  STATEFUL_SETS,
  VOLUME_CLAIMS,
} from '../resource-types.ts';
import { type AdminSecret, adminSecretFacts, adminTokenOf } from './admin-secret.ts';
import { type AppliedObjects, isOwnedBy } from './applied.ts';
import type { AskMember } from './member-client.ts';
import { observedTls } from './observed-tls.ts';
import type { OwnWrites } from './own-writes.ts';
import type { Pod } from './pod.ts';
import { heardIn, memberAddress, memberPods, observedPod } from './pods.ts';
import type { TlsSecret } from './tls-secrets.ts';
import { lastWarning } from './warnings.ts';

/** Of one namespace's or all namespaces' clusters, pods and applied types, by the plural of the type. */
export interface Caches {
  of<T extends KubeObject>(type: ResourceType): StoreView<T>;
}

export interface ObserverPorts {
  readonly api: KubeApi;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly askMember: AskMember;
  readonly ownWrites: OwnWrites;
  readonly applied: AppliedObjects;
  readonly context: { readonly serverImage: string; readonly hasCertManager: boolean };
}

const PAGE_LIMIT = 500;

/**
 * Gathers what a decision needs: from the caches what is watched, from the API server what the caches do not show, from the members by
 * HTTP how they are. Of a cluster that is being deleted everything is read past the caches: what follows cannot be undone.
 */
export class Observer {
  readonly #ports: ObserverPorts;

  constructor(ports: ObserverPorts) {
    this.#ports = ports;
  }

  /** undefined: there is no such cluster. Rejects where the API server cannot be asked. */
  async observe(name: ObjectName, signal: AbortSignal): Promise<Observed | undefined> {
    const api = this.#ports.api.bounded({ signal });
    const cluster = await this.#cluster(api, name);
    if (cluster === undefined) return undefined;
    const deleting = cluster.metadata.deletionTimestamp !== undefined;
    const { namespace } = cluster.metadata;
    const [statefulSet, secret, tls] = await Promise.all([
      this.#find<StatefulSet>(
        api,
        STATEFUL_SETS,
        { namespace, name: statefulSetName(cluster.metadata.name) },
        deleting,
      ),
      this.#get<AdminSecret>(api, SECRETS, { namespace, name: adminSecretName(cluster.metadata.name) }),
      this.#tls(api, cluster),
    ]);
    const own = statefulSet !== undefined && isOwnedBy(statefulSet, cluster) ? statefulSet : undefined;
    const token = adminTokenOf(secret);
    const adminSecret = adminSecretFacts(cluster, secret);
    const [found, readers] = await Promise.all([
      this.#pods(api, cluster, own, token, signal),
      this.#readReplicas(api, cluster, token, signal),
    ]);
    const [podsRefused, pods] = await Promise.all([
      deleting ? '' : podsRefusedBy(api, own, found),
      deleting ? found : withClaimTrouble(api, namespace, found),
    ]);
    // What is left of a StatefulSet that is gone tells what it kept.
    const volumeClaims = await this.#volumeClaims(api, cluster, deleting || own === undefined);
    const proof = deleting ? undefined : await this.#proof(api, cluster, token, signal);
    const site = proof === undefined ? {} : { proof };
    const plan = this.#plan({
      ...{ cluster, statefulSet: own, pods, volumeClaims, tls, ...site },
      readReplicas: { ...readers, objects: [] },
    });
    const [objects, readObjects] = await Promise.all(
      [plan.objects, plan.readReplicas].map((planned) =>
        Promise.all(planned.map((wanted) => this.#object(api, cluster, wanted, deleting))),
      ),
    );
    return {
      cluster,
      statefulSet: own,
      pods,
      adminToken: secret === undefined ? 'missing' : token === undefined ? 'unusable' : 'there',
      ...(adminSecret === undefined ? {} : { adminSecret }),
      tls,
      plan,
      objects: objects ?? [],
      surplus: plan.invalid === undefined ? this.#surplus(cluster, plan, [...pods, ...readers.pods]) : [],
      volumeClaims,
      readReplicas: { ...readers, objects: readObjects ?? [] },
      ...site,
      podsRefused,
      now: `${new Date(this.#ports.clock.wallMs()).toISOString().slice(0, 19)}Z`,
    };
  }

  async #cluster(api: KubeApi, name: ObjectName): Promise<CoordinationCluster | undefined> {
    const cached = this.#ports.caches.of<CoordinationCluster>(CLUSTERS).get(name);
    if (cached === undefined) return undefined;
    const cluster = this.#ports.ownWrites.latest(writeKey(CLUSTERS, name), cached);
    if (cluster?.metadata.deletionTimestamp === undefined) return cluster;
    return this.#get(api, CLUSTERS, name);
  }

  #plan(found: Found): Plan {
    try {
      return planOf(found, this.#ports.context);
    } catch (error) {
      // What the schema and its rules let through, and no object can be made of.
      const peerTls = { mode: 'off', wanted: 'off' } as const;
      return {
        objects: [],
        readReplicas: [],
        peerTls,
        invalid: error instanceof Error ? error.message : String(error),
      };
    }
  }

  #tls(api: KubeApi, cluster: CoordinationCluster): Promise<ObservedTls> {
    const { namespace } = cluster.metadata;
    return observedTls(
      cluster,
      (name) => this.#get<TlsSecret>(api, SECRETS, { namespace, name }),
      this.#ports.caches.of(SERVICES).list(namespace),
    );
  }

  async #object(api: KubeApi, cluster: CoordinationCluster, wanted: KubeObject, fresh: boolean) {
    const found = await this.#find(api, appliedTypeOf(wanted), wanted.metadata, fresh);
    const state = this.#ports.applied.stateOf(cluster, wanted, found);
    return { wanted, state, found };
  }

  /**
   * The caches hold only what carries our label. What they do not show may be new, may have lost its label, or may be somebody else's: the
   * API server knows.
   */
  async #find<T extends KubeObject>(
    api: KubeApi,
    type: ResourceType,
    name: ObjectName,
    fresh: boolean,
  ): Promise<T | undefined> {
    const cached = fresh ? undefined : this.#ports.caches.of<T>(type).get(name);
    const known = cached && this.#ports.ownWrites.latest(writeKey(type, name), cached);
    return known ?? this.#get<T>(api, type, name);
  }

  async #get<T extends KubeObject>(
    api: KubeApi,
    type: ResourceType,
    name: ObjectName,
  ): Promise<T | undefined> {
    try {
      return await api.get<T>(type, name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #surplus(cluster: CoordinationCluster, plan: Plan, pods: readonly ObservedPod[]): readonly KubeObject[] {
    const needed = new Set([
      ...[...plan.objects, ...plan.readReplicas].map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      // A pod whose turn has not come reads its former settings at each start of its container.
      ...pods.map(({ configMap }) => `ConfigMap ${configMap}`),
    ]);
    // A StatefulSet is never too much: it goes with its cluster only.
    const types = appliedTypes(this.#ports.context).filter((type) => type !== STATEFUL_SETS);
    return types
      .flatMap((type) => this.#ports.caches.of(type).list(cluster.metadata.namespace))
      .filter((object) => isOwnedBy(object, cluster) && object.metadata.deletionTimestamp === undefined)
      .filter(({ kind, metadata }) => !needed.has(`${kind} ${metadata.name}`));
  }

  async #pods(
    api: KubeApi,
    cluster: CoordinationCluster,
    statefulSet: StatefulSet | undefined,
    token: string | undefined,
    signal: AbortSignal,
    ordinalOfPod: typeof ordinalOf = ordinalOf,
  ): Promise<readonly ObservedPod[]> {
    const { name, namespace, deletionTimestamp } = cluster.metadata;
    const found =
      deletionTimestamp === undefined
        ? this.#ports.caches.of<Pod>(PODS).list(namespace)
        : await this.#list<Pod>(api, PODS, cluster);
    return Promise.all(
      memberPods(name, found, ordinalOfPod).map((pod) => this.#ask(cluster, pod, statefulSet, token, signal)),
    );
  }

  /** Where none are wanted and the caches show none, the API server is asked for nothing. */
  async #readReplicas(
    api: KubeApi,
    cluster: CoordinationCluster,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<Omit<ObservedReadReplicas, 'objects'>> {
    const { name, namespace, deletionTimestamp } = cluster.metadata;
    const deleting = deletionTimestamp !== undefined;
    const set = { namespace, name: readName(name) };
    const isAsked = deleting || cluster.spec.readReplicas > 0;
    const cached = this.#ports.caches.of<StatefulSet>(STATEFUL_SETS).get(set);
    const found =
      isAsked || cached !== undefined
        ? await this.#find<StatefulSet>(api, STATEFUL_SETS, set, deleting)
        : undefined;
    const statefulSet = found !== undefined && isOwnedBy(found, cluster) ? found : undefined;
    const pods = await this.#pods(api, cluster, statefulSet, token, signal, readOrdinalOf);
    return {
      statefulSet,
      pods: deleting ? pods : await withClaimTrouble(api, namespace, pods),
      volumeClaims: await this.#volumeClaims(api, cluster, deleting, readOrdinalOf),
      podsRefused: deleting ? '' : await podsRefusedBy(api, statefulSet, pods),
    };
  }

  async #ask(
    cluster: CoordinationCluster,
    pod: Pod,
    statefulSet: StatefulSet | undefined,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<ObservedPod> {
    const address = memberAddress(pod, statefulSet);
    const report: MemberReport =
      address === undefined
        ? { kind: 'silent', why: 'its pod does not run' }
        : token === undefined
          ? { kind: 'silent', why: 'there is no admin token to ask it with' }
          : await this.#ports.askMember(address, token, signal);
    return heardIn(cluster, observedPod(cluster.metadata.name, pod, statefulSet, report));
  }

  /**
   * What there is for a proof; undefined: nothing. While one is under way the API server is asked for what the cache does not show: a proof must not
   * seem to be over because the cache is behind.
   */
  async #proof(
    api: KubeApi,
    cluster: CoordinationCluster,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<ProofSite | undefined> {
    const { name, namespace } = cluster.metadata;
    const { caches, ownWrites } = this.#ports;
    const set = { namespace, name: proofName(name) };
    const cached = caches.of<StatefulSet>(STATEFUL_SETS).get(set);
    const isUnderWay = cluster.status?.operation?.type === 'ProveUpgrade';
    const found = isUnderWay
      ? await this.#find<StatefulSet>(api, STATEFUL_SETS, set, false)
      : cached && ownWrites.latest(writeKey(STATEFUL_SETS, set), cached);
    const statefulSet = found !== undefined && isOwnedBy(found, cluster) ? found : undefined;
    const claimAt = { namespace, name: proofClaimName(name) };
    // A cluster may be called as what proves for another one is.
    const isOwn = ({ metadata }: KubeObject): boolean => metadata.labels?.[CLUSTER_LABEL] === name;
    const kept = caches.of<VolumeClaim>(VOLUME_CLAIMS).get(claimAt);
    const known = kept && ownWrites.latest(writeKey(VOLUME_CLAIMS, claimAt), kept);
    const claim = known !== undefined && isOwn(known) ? known : undefined;
    const seenPod = caches.of<Pod>(PODS).get({ namespace, name: proofPodName(name) });
    const pod = seenPod !== undefined && isOwn(seenPod) ? seenPod : undefined;
    if (statefulSet === undefined && claim === undefined && pod === undefined) return undefined;
    const asked = pod && (await this.#ask(cluster, pod, statefulSet, token, signal));
    const [seen] = asked === undefined ? [] : await withClaimTrouble(api, namespace, [asked]);
    return {
      statefulSet,
      pod: seen,
      claim,
      podRefused: pod === undefined ? await podsRefusedBy(api, statefulSet, []) : '',
    };
  }

  async #volumeClaims(
    api: KubeApi,
    cluster: CoordinationCluster,
    fresh: boolean,
    ordinalOfPod: typeof ordinalOf = ordinalOf,
  ): Promise<readonly VolumeClaim[]> {
    const { name, namespace } = cluster.metadata;
    const claims = fresh
      ? await this.#list<VolumeClaim>(api, VOLUME_CLAIMS, cluster)
      : this.#ports.caches.of<VolumeClaim>(VOLUME_CLAIMS).list(namespace);
    return claims.filter(
      ({ metadata }) =>
        metadata.labels?.[CLUSTER_LABEL] === name &&
        ordinalOfClaim(name, metadata.name, ordinalOfPod) !== undefined,
    );
  }

  /** All that carry the cluster's label. */
  async #list<T extends KubeObject>(
    api: KubeApi,
    type: ResourceType,
    cluster: CoordinationCluster,
  ): Promise<T[]> {
    const { name, namespace } = cluster.metadata;
    const scope = { namespace, labelSelector: `${CLUSTER_LABEL}=${name}` };
    const all: T[] = [];
    let next: string | undefined;
    do {
      const page = await api.list<T>(type, scope, { limit: PAGE_LIMIT, next });
      all.push(...page.items);
      next = page.next;
    } while (next !== undefined);
    return all;
  }
}

async function podsRefusedBy(
  api: KubeApi,
  statefulSet: StatefulSet | undefined,
  pods: readonly ObservedPod[],
): Promise<string> {
  if (statefulSet === undefined || pods.length >= (statefulSet.spec.replicas ?? 0)) return '';
  return lastWarning(api, statefulSet, 'FailedCreate');
}

/** The scheduler says that a pod's volume is missing. Why it is stands in an Event about the claim alone; that of the first such pod will do. */
async function withClaimTrouble(
  api: KubeApi,
  namespace: string,
  pods: readonly ObservedPod[],
): Promise<readonly ObservedPod[]> {
  const waiting = pods.find(({ trouble }) => trouble.includes(VOLUME_CLAIMS.kind));
  if (waiting === undefined) return pods;
  const { kind } = VOLUME_CLAIMS;
  const claim = { kind, metadata: { namespace, name: `${DATA_CLAIM}-${waiting.name}` } };
  const why = await lastWarning(api, claim, 'ProvisioningFailed');
  if (why === '') return pods;
  return pods.map((pod) => (pod === waiting ? { ...pod, trouble: `${pod.trouble}; ${why}` } : pod));
}

/** Under which a write of this object is remembered. */
export function writeKey(type: ResourceType, name: ObjectName): string {
  return `${type.plural} ${keyOf(name)}`;
}
