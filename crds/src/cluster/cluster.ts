import { defaulted, type Field, type InputOf, type OutputOf, object, rules } from '../schema/builder.ts';
import { fillDefaults } from '../schema/defaults.ts';
import type { API_VERSION, KIND } from './names.ts';
import { MAX_NAME_LENGTH, MAX_OBJECT_NAME_LENGTH } from './names.ts';
import { spec } from './spec.ts';
import { status } from './status.ts';

/** What a person may write. */
export type CoordinationClusterSpecInput = InputOf<typeof spec>;
/** What the operator reads: defaults are filled in. */
export type CoordinationClusterSpec = OutputOf<typeof spec>;
export type CoordinationClusterStatus = OutputOf<typeof status>;
export type ClusterMember = NonNullable<CoordinationClusterStatus['members']>[number];
export type ClusterOperation = NonNullable<CoordinationClusterStatus['operation']>;
export type ClusterUpgradeProof = NonNullable<CoordinationClusterStatus['upgradeProof']>;
export type ClusterCondition = NonNullable<CoordinationClusterStatus['conditions']>[number];
export type ClusterEndpoints = NonNullable<CoordinationClusterStatus['endpoints']>;
export type ClusterPhase = NonNullable<CoordinationClusterStatus['phase']>;

/** The part of metav1.ObjectMeta that the operator reads. */
export interface ClusterMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  /** RFC 3339. */
  readonly creationTimestamp: string;
  /** RFC 3339; there once somebody has deleted it and its finalizers are not all gone. */
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface CoordinationCluster {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: typeof KIND;
  readonly metadata: ClusterMetadata;
  readonly spec: CoordinationClusterSpec;
  readonly status?: CoordinationClusterStatus;
}

/** The spec as it is after the API server has filled in the defaults; the given one is not changed. */
export function withDefaults(given: CoordinationClusterSpecInput): CoordinationClusterSpec {
  return fillDefaults(spec.node, given) as CoordinationClusterSpec;
}

/**
 * The status of one that no operator has looked at. Without it tools that know kstatus take an object of a kind that they do not know for done
 * (Flux's own kinds have the same default).
 */
const NOT_OBSERVED = { observedGeneration: -1 };

/** Lower-case, a letter first: Services are named after the cluster. */
const NAME = '^[a-z]([-a-z0-9]*[a-z0-9])?$';

/** Kubernetes itself checks and describes metadata, and lets a CRD say nothing of it but of the name. */
const metadata: Field<unknown, unknown, 'optional'> = {
  presence: 'optional',
  node: {
    type: 'object',
    properties: {
      // The bound is Kubernetes' own. It is here so that the cost of the rules below can be told.
      name: { type: 'string', maxLength: MAX_OBJECT_NAME_LENGTH },
    },
  },
};

const HAS_VOLUMES = 'has(self.status) && has(self.status.volumeSize)';

export const cluster = object(
  'An ensemble of a ZooKeeper-compatible coordination service.',
  {
    metadata,
    spec,
    status: defaulted(status, NOT_OBSERVED),
  },
  rules(
    {
      // Volumes of Kubernetes cannot shrink. An expansion that was refused can be taken back: the status knows the size that there is.
      fieldPath: '.spec.storage.size',
      rule: `quantity(self.spec.storage.size).compareTo(quantity(oldSelf.spec.storage.size)) >= 0 || (${HAS_VOLUMES} && quantity(self.spec.storage.size).compareTo(quantity(self.status.volumeSize)) >= 0)`,
      message: 'a volume cannot shrink: write at least the present size',
      messageExpression: `'a volume cannot shrink: write ' + (${HAS_VOLUMES} ? self.status.volumeSize : oldSelf.spec.storage.size) + ' or more'`,
    },
    {
      fieldPath: '.metadata.name',
      rule: `size(self.metadata.name) <= ${MAX_NAME_LENGTH}`,
      message: `write a name of at most ${MAX_NAME_LENGTH} characters: pods, Services and labels are named after it`,
    },
    {
      fieldPath: '.metadata.name',
      rule: `self.metadata.name.matches(r'${NAME}')`,
      message:
        'write a name of lower-case letters, digits and hyphens that begins with a letter, such as "my-cluster": Services are named after it',
    },
  ),
);
