/** PURE: the storage class of the test's cluster, and what its provisioner decides. */

export const PROVISIONER = 'rookery.test/local-volumes';
/** As kind names its own. */
export const storageClassName = 'standard';

export const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name: storageClassName,
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
  },
  provisioner: PROVISIONER,
  reclaimPolicy: 'Delete',
  // The scheduler chooses the node first: the volume cannot leave it.
  volumeBindingMode: 'WaitForFirstConsumer',
} as const;

export interface List<T> {
  readonly items: readonly T[];
}

export interface Claim {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly accessModes: readonly string[];
    readonly volumeMode?: string;
    readonly resources: { readonly requests: { readonly storage: string } };
  };
}

export interface Volume {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: {
    readonly capacity: { readonly storage: string };
    readonly accessModes: readonly string[];
    readonly volumeMode: string;
    readonly storageClassName: string;
    readonly persistentVolumeReclaimPolicy: string;
    readonly claimRef: Readonly<Record<string, string>>;
    /** As the node sees it. */
    readonly local: { readonly path: string };
    readonly nodeAffinity: {
      readonly required: {
        readonly nodeSelectorTerms: readonly [{ readonly matchExpressions: readonly [NodeExpression] }];
      };
    };
  };
  readonly status?: { readonly phase: string };
}

interface NodeExpression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly [string];
}

/** Kubernetes' own annotations. */
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';

function volumeName(claim: Claim): string {
  return `pvc-${claim.metadata.uid}`;
}

/** Claims of this class for which the scheduler has chosen a node, and that have no volume yet. */
export function claimsWithoutVolume(claims: readonly Claim[], volumes: readonly Volume[]): readonly Claim[] {
  const names = new Set(volumes.map(({ metadata }) => metadata.name));
  return claims.filter(
    (claim) =>
      claim.spec.storageClassName === storageClassName &&
      claim.spec.volumeName === undefined &&
      claim.metadata.deletionTimestamp === undefined &&
      claim.metadata.annotations?.[SELECTED_NODE] !== undefined &&
      !names.has(volumeName(claim)),
  );
}

/** The volume for one of `claimsWithoutVolume`. */
export function volumeFor({ metadata, spec }: Claim): Volume {
  const name = `pvc-${metadata.uid}`;
  const node = metadata.annotations?.[SELECTED_NODE];
  if (node === undefined) throw new Error(`no node was chosen for ${metadata.namespace}/${metadata.name}`);
  const expression: NodeExpression = { key: 'kubernetes.io/hostname', operator: 'In', values: [node] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { [PROVISIONED_BY]: PROVISIONER } },
    spec: {
      capacity: { storage: spec.resources.requests.storage },
      accessModes: spec.accessModes,
      volumeMode: 'Filesystem',
      storageClassName,
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy,
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace: metadata.namespace,
        name: metadata.name,
        uid: metadata.uid,
      },
      local: { path: `/var/lib/volumes/${name}` },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } },
    },
  };
}

/** Volumes that were made here and whose claims are gone, unless they are to be kept. */
export function volumesToRemove(volumes: readonly Volume[]): readonly Volume[] {
  return volumes.filter(
    ({ metadata, spec, status }) =>
      metadata.annotations?.[PROVISIONED_BY] === PROVISIONER &&
      spec.persistentVolumeReclaimPolicy === 'Delete' &&
      status?.phase === 'Released',
  );
}
