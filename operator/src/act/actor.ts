import type { CoordinationCluster } from '@rookery/crds';
import { ApiError, type DeleteOptions, isNotFound, type KubeApi } from '@rookery/kube';
import type { KubeObject, ResourceType } from '@rookery/kube/objects';
import { adminSecretName, FINALIZER, FORCE_NEW_CLUSTER_ANNOTATION } from '../model/cluster-names.ts';
import type { Step } from '../model/step.ts';
import { type AdminSecret, adminTokenOf } from '../observe/admin-secret.ts';
import type { AppliedObjects } from '../observe/applied.ts';
import { contentHash } from '../observe/canonical.ts';
import { writeKey } from '../observe/observer.ts';
import type { OwnWrites } from '../observe/own-writes.ts';
import { appliedTypeOf, CLUSTERS, PODS, SECRETS, VOLUME_CLAIMS } from '../resource-types.ts';
import type { AdminSecrets } from './admin-secret.ts';
import { type MemberCommand, MemberRefused, type TellMember } from './member-admin.ts';
import type { TlsSecrets } from './tls-secrets.ts';

/** What a member is told. */
type ToldStep = Extract<Step, MemberCommand>;

export interface ActorPorts {
  readonly api: KubeApi;
  readonly ownWrites: OwnWrites;
  readonly applied: AppliedObjects;
  readonly tellMember: TellMember;
  readonly adminSecrets: AdminSecrets;
  readonly tlsSecrets: TlsSecrets;
}

/** Performs one step, which is one write to the API server, or one request to a member. */
export class Actor {
  readonly #ports: ActorPorts;

  constructor(ports: ActorPorts) {
    this.#ports = ports;
  }

  /** Resolves with whether it changed anything. Rejects with ApiError or MemberRefused where it was not done, or where that is not known. */
  async perform(step: Step, cluster: CoordinationCluster, signal: AbortSignal): Promise<boolean> {
    const api = this.#ports.api.bounded({ signal });
    if (step.kind === 'apply') return this.#apply(api, step.object, step.over);
    await this.#write(api, step, cluster, signal);
    return true;
  }

  async #write(
    api: KubeApi,
    step: Exclude<Step, { kind: 'apply' }>,
    cluster: CoordinationCluster,
    signal: AbortSignal,
  ): Promise<void> {
    switch (step.kind) {
      case 'wait':
        return;
      case 'addFinalizer':
        return this.#setFinalizers(api, cluster, [...(cluster.metadata.finalizers ?? []), FINALIZER]);
      case 'removeFinalizer':
        return this.#removeFinalizer(api, cluster);
      case 'createAdminToken':
      case 'addAdminToken':
      case 'dropAdminToken':
        return this.#ports.adminSecrets.perform(api, step, cluster);
      case 'makeAuthority':
      case 'writeCertificates':
      case 'switchAuthority':
      case 'dropAuthority':
        return this.#ports.tlsSecrets.perform(api, step, cluster);
      case 'changeMembership':
      case 'handOver':
      case 'raiseFeatureLevel':
      case 'logCheckpoint':
      case 'forceNewCluster':
        return this.#tell(api, cluster, step, signal);
      case 'endForceNewCluster': {
        const { uid, resourceVersion } = cluster.metadata;
        // Of that version: what somebody has written there since is not taken away.
        const patch = {
          metadata: { uid, resourceVersion, annotations: { [FORCE_NEW_CLUSTER_ANNOTATION]: null } },
        };
        this.#wrote(cluster, await api.mergePatch<KubeObject>(CLUSTERS, cluster.metadata, patch));
        return;
      }
      case 'delete':
        return this.#delete(api, step.object, {
          propagation: step.why === 'claimTemplate' ? 'Orphan' : 'Background',
          // No kubelet is there to say that it has stopped.
          ...(step.why === 'abandoned' && step.object.kind === PODS.kind ? { gracePeriodSeconds: 0 } : {}),
        });
      case 'expandVolume': {
        const { uid, resourceVersion } = step.claim.metadata;
        const spec = { resources: { requests: { storage: step.size } } };
        await api.mergePatch(VOLUME_CLAIMS, step.claim.metadata, {
          metadata: { uid, resourceVersion },
          spec,
        });
        return;
      }
      case 'writeStatus': {
        // With the UID: what was seen of a cluster must not become the status of the next one of that name.
        const { apiVersion, kind } = cluster;
        const { name, namespace, uid } = cluster.metadata;
        const written = { apiVersion, kind, metadata: { name, namespace, uid }, status: step.status };
        this.#wrote(cluster, await api.applyStatus<KubeObject>(CLUSTERS, written));
        return;
      }
      default:
        step satisfies never;
    }
  }

  async #tell(
    api: KubeApi,
    { metadata: { name, namespace } }: CoordinationCluster,
    step: ToldStep,
    signal: AbortSignal,
  ): Promise<void> {
    const secret = await api.get<AdminSecret>(SECRETS, { namespace, name: adminSecretName(name) });
    const token = adminTokenOf(secret);
    if (token === undefined) throw new MemberRefused('the admin Secret holds no token that a member takes');
    const { address } = 'leader' in step ? step.leader : step.member;
    await this.#ports.tellMember(address, token, step, signal);
  }

  async #setFinalizers(
    api: KubeApi,
    cluster: CoordinationCluster,
    finalizers: readonly string[],
  ): Promise<void> {
    const { resourceVersion, uid } = cluster.metadata;
    // The whole list is written: the version makes sure that nobody's entry is lost.
    const patch = { metadata: { resourceVersion, uid, finalizers } };
    this.#wrote(cluster, await api.mergePatch<KubeObject>(CLUSTERS, cluster.metadata, patch));
  }

  async #removeFinalizer(api: KubeApi, cluster: CoordinationCluster): Promise<void> {
    const kept = (cluster.metadata.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
    try {
      await this.#setFinalizers(api, cluster, kept);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** Whether the apply changed anything: the version tells of others' writes, too, such as that of a status. */
  async #apply(api: KubeApi, object: KubeObject, over: KubeObject | undefined): Promise<boolean> {
    const type = appliedTypeOf(object);
    const key = writeKey(type, object.metadata);
    const answer = await this.#applied(api, type, object, over);
    this.#ports.applied.record(object, over, answer);
    this.#ports.ownWrites.wrote(key, over?.metadata.resourceVersion, answer);
    return over === undefined || contentHash(answer) !== contentHash(over);
  }

  /**
   * Where somebody else wrote into a list that is merged by a key (the ports of a Service), what they added stays beside what is wanted,
   * and the two may exclude each other: the API server then refuses the whole. A merge patch puts each list as it is wanted.
   */
  async #applied(
    api: KubeApi,
    type: ResourceType,
    object: KubeObject,
    over: KubeObject | undefined,
  ): Promise<KubeObject> {
    try {
      return await api.apply(type, object);
    } catch (error) {
      if (over === undefined || !(error instanceof ApiError) || error.code !== UNPROCESSABLE) throw error;
      const { apiVersion: _version, kind: _kind, metadata, ...content } = object;
      const { resourceVersion } = over.metadata;
      return api.mergePatch(type, metadata, { metadata: { resourceVersion }, ...content });
    }
  }

  /** What is gone already, or is another object by now, is as good as deleted: the next look tells. */
  async #delete(api: KubeApi, object: KubeObject, options: DeleteOptions): Promise<void> {
    const { uid, resourceVersion } = object.metadata;
    if (uid === undefined)
      throw new Error(`${object.kind} ${object.metadata.name} has no UID to be deleted by`);
    const seen = [VOLUME_CLAIMS, PODS].find(({ kind }) => kind === object.kind);
    const type = seen ?? appliedTypeOf(object);
    // What lives on by itself is deleted only as it was seen.
    const isAsSeen = seen !== undefined && resourceVersion !== undefined;
    const preconditions = { uid, ...(isAsSeen ? { resourceVersion } : {}) };
    try {
      await api.delete(type, object.metadata, { ...options, preconditions });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    this.#ports.ownWrites.deleted(writeKey(type, object.metadata), uid);
  }

  #wrote(cluster: CoordinationCluster, answer: KubeObject): void {
    this.#ports.ownWrites.wrote(
      writeKey(CLUSTERS, cluster.metadata),
      cluster.metadata.resourceVersion,
      answer,
    );
  }
}

const UNPROCESSABLE = 422;
