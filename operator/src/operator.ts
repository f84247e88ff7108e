import {
  Controller,
  Events,
  joinStores,
  type KubeApi,
  type KubeMetrics,
  Leadership,
  Manager,
  type Ports,
  Reflector,
  type StoreView,
} from '@rookery/kube';
import { type KubeObject, keyOf, type ObjectName, type ResourceType } from '@rookery/kube/objects';
import { Actor } from './act/actor.ts';
import { AdminSecrets } from './act/admin-secret.ts';
import { CertificateMaker } from './act/certificate-authority.ts';
import type { TellMember } from './act/member-admin.ts';
import { TlsSecrets } from './act/tls-secrets.ts';
import { CLUSTER_LABEL } from './model/cluster-names.ts';
import { AppliedObjects } from './observe/applied.ts';
import type { AskMember } from './observe/member-client.ts';
import { type Caches, Observer } from './observe/observer.ts';
import { OwnWrites } from './observe/own-writes.ts';
import { Reconciler } from './reconcile.ts';
import { appliedTypes, CLUSTERS, PODS, VOLUME_CLAIMS } from './resource-types.ts';

/** Clusters that are worked on at a time. */
const WORKERS = 4;

export interface OperatorOptions {
  /** Empty: all. */
  readonly namespaces: readonly string[];
  /** The image of the members without its tag, where a cluster names no other. */
  readonly serverImage: string;
  /** Whether cert-manager's types are there, to be watched and asked by. */
  readonly hasCertManager: boolean;
  /** Of this process alone. */
  readonly identity: string;
  /** undefined: there is one replica only, and it works at once. */
  readonly lease: Required<ObjectName> | undefined;
  readonly onLost: (why: string) => void;
}

export interface OperatorPorts extends Ports {
  readonly api: KubeApi;
  readonly metrics: KubeMetrics;
  readonly askMember: AskMember;
  readonly tellMember: TellMember;
  /** A new secret that nobody can guess: printable ASCII without spaces. */
  readonly newToken: () => string;
  /** 32 hexadecimal digits that nobody can guess. */
  readonly newSerial: () => string;
}

export interface Operator {
  readonly manager: Manager;
  readonly events: Events;
  readonly isLeader: () => boolean;
}

/** One replica of the operator, not yet started. */
export function buildOperator(options: OperatorOptions, ports: OperatorPorts): Operator {
  const { metrics, clock, log } = ports;
  const leadership = leadershipOf(
    options,
    ports,
    () => void manager.lead(),
    (why) => {
      void manager.giveUp();
      options.onLost(why);
    },
  );
  // Whatever writes is bound to the lease; the lease itself is written by the unbound API.
  const api = ports.api.bounded({ mayWrite: () => leadership.isLeader() });
  const events = new Events({ component: 'rookery-operator', instance: options.identity }, { ...ports, api });
  const caches = new WatchedTypes(options, ports, (key) => controller.queue.add(key));
  const ownWrites = new OwnWrites();
  const applied = new AppliedObjects();
  const { serverImage, hasCertManager } = options;
  const context = { serverImage, hasCertManager };
  const observer = new Observer({
    api,
    caches,
    clock,
    askMember: ports.askMember,
    ownWrites,
    applied,
    context,
  });
  const actor = new Actor({
    api,
    ownWrites,
    applied,
    tellMember: ports.tellMember,
    adminSecrets: new AdminSecrets(ports.newToken),
    tlsSecrets: new TlsSecrets(new CertificateMaker(ports.newSerial)),
  });
  const reconciler = new Reconciler({ observer, actor, events, ownWrites, applied, log });
  const controller = new Controller(
    {
      name: 'cluster',
      workers: WORKERS,
      reconcile: (key, signal) => reconciler.reconcile(key, signal),
    },
    ports,
  );
  metrics.showLeader(() => leadership.isLeader());
  const manager = new Manager({
    reflectors: caches.reflectors,
    controllers: [controller],
    events,
    leadership,
    log,
  });
  return { manager, events, isLeader: () => leadership.isLeader() };
}

type Leading = Pick<Leadership, 'start' | 'stop' | 'isLeader'>;

function leadershipOf(
  { lease, identity }: OperatorOptions,
  ports: OperatorPorts,
  onElected: () => void,
  onLost: (why: string) => void,
): Leading {
  if (lease === undefined) return { start: onElected, stop: async () => {}, isLeader: () => true };
  return new Leadership({ lease, identity, onElected, onLost }, ports);
}

/** A reflector of each type in each namespace. All but the clusters themselves are those that carry our label. */
class WatchedTypes implements Caches {
  readonly reflectors: Reflector[] = [];
  readonly #stores = new Map<ResourceType, StoreView<KubeObject>>();

  constructor(options: OperatorOptions, ports: OperatorPorts, enqueue: (key: string) => void) {
    const { namespaces } = options;
    const scopes = namespaces.length === 0 ? [{}] : namespaces.map((namespace) => ({ namespace }));
    for (const type of [CLUSTERS, PODS, VOLUME_CLAIMS, ...appliedTypes(options)]) {
      const selector = type === CLUSTERS ? {} : { labelSelector: CLUSTER_LABEL };
      const keysOf = type === CLUSTERS ? ownKey : labelledKey;
      const ofType = scopes.map(
        (scope) => new Reflector({ type, scope: { ...scope, ...selector }, keysOf, enqueue }, ports),
      );
      this.reflectors.push(...ofType);
      this.#stores.set(type, joinStores(ofType.map(({ store }) => store)));
    }
  }

  of<T extends KubeObject>(type: ResourceType): StoreView<T> {
    const store = this.#stores.get(type);
    if (store === undefined) throw new Error(`${type.plural} are not watched`);
    return store as StoreView<T>;
  }
}

function ownKey({ metadata }: KubeObject): readonly string[] {
  return [keyOf(metadata)];
}

/** By the label and not by the owner: a pod's owner is the StatefulSet, and both belong to the same cluster. */
function labelledKey({ metadata }: KubeObject): readonly string[] {
  const name = metadata.labels?.[CLUSTER_LABEL];
  return name === undefined ? [] : [keyOf({ ...metadata, name })];
}
