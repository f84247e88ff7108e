import type {
  CoordinationCluster,
  CoordinationClusterSpecInput,
  CoordinationClusterStatus,
} from '@rookery/crds';
import type { KubeObject } from '@rookery/kube/objects';
import { planOf } from '../../src/desired/plan.ts';
import { type Found, runningMembers, runningReadReplicas } from '../../src/desired/running.ts';
import {
  FINALIZER,
  FORCE_NEW_CLUSTER_ANNOTATION,
  ROTATE_CA_ANNOTATION,
} from '../../src/model/cluster-names.ts';
import type { Container, StatefulSet } from '../../src/model/observed.ts';
import type { Plan } from '../../src/model/plan.ts';
import { CONTEXT, clusterOf, NOW } from '../decide/observed-world.ts';
import { ROTATE } from './certificates.ts';
import { FORCE_WORDS, type World } from './world.ts';

/** What users do to a cluster: they say what it is to be, delete it, or ask for one out of a survivor. */
export type Edit = Spec | 'delete' | `force ${Exclude<(typeof FORCE_WORDS)[number], ''>}` | 'rotate';
export type Spec = Partial<CoordinationClusterSpecInput>;

/** Of volumes; a site's `requested` and `capacity` are places in it, from 1. */
export const SIZES = ['10Gi', '20Gi'] as const;

/** The version of an image that nobody can pull. */
export const BROKEN_VERSION = '1.1.0-broken';

/** One plan of so many is made twice. */
const SAMPLE = 997;

export interface Planned {
  readonly plan: Plan;
  readonly infrastructure: number;
  readonly set: number;
  /** 0: there is to be none. */
  readonly readSet: number;
}

/** What all objects but the StatefulSet tell the members. */
interface Infrastructure {
  /** Named in the configuration file. */
  readonly members: number;
  readonly hasClusterId: boolean;
}

/** Whatever is too large for a state is kept here once, under a number. The first number is 1. */
export class Catalogue {
  readonly edits: readonly Edit[];
  readonly statuses = new Numbered<CoordinationClusterStatus>();
  readonly sets = new Numbered<StatefulSet>();
  readonly templates = new Numbered<NonNullable<StatefulSet['spec']['template']>>();
  readonly infrastructures = new Numbered<Infrastructure>();
  readonly #clusters = new Map<string, CoordinationCluster>();
  readonly #sets = new Map<string, StatefulSet>();
  #asked = 0;
  readonly #remnants = new Map<number, number>();
  readonly #plans = new Map<string, Planned>();

  constructor(edits: readonly Edit[]) {
    this.edits = edits;
  }

  /** What the user asks for. */
  cluster({ edits, status, deletion, isHeld, asks }: World): CoordinationCluster {
    const key = `${edits} ${status} ${deletion} ${isHeld} ${asks}`;
    return remembered(this.#clusters, key, () => {
      const spec = this.edits.slice(0, edits + 1).findLast((edit) => typeof edit === 'object') ?? {};
      // Of who proves a version these worlds know nothing.
      const update = { proof: { enabled: false } };
      return clusterOf(
        { update, ...spec },
        {
          ...(status === 0 ? {} : { status: this.statuses.of(status) }),
          metadata: {
            generation: edits + 1,
            annotations: {
              ...(asks === 0 ? {} : { [FORCE_NEW_CLUSTER_ANNOTATION]: FORCE_WORDS[asks]! }),
              ...(this.isRotationAsked(edits) ? { [ROTATE_CA_ANNOTATION]: ROTATE } : {}),
            },
            finalizers: isHeld ? [FINALIZER] : [],
            ...(deletion === 0 ? {} : { deletionTimestamp: NOW }),
          },
        },
      );
    });
  }

  /** @param edits that have been made */
  isRotationAsked(edits: number): boolean {
    return this.edits.slice(0, edits + 1).includes('rotate');
  }

  /** The StatefulSet as the API server shows it. */
  statefulSet({ set, isSetSeen, seenTemplate, setUid }: World): StatefulSet | undefined {
    return this.#found(set, isSetSeen, seenTemplate, `uid-set-${setUid}`);
  }

  /** That of the read replicas. */
  readStatefulSet({ readSet, isReadSetSeen, seenReadTemplate }: World): StatefulSet | undefined {
    return this.#found(readSet, isReadSetSeen, seenReadTemplate, READ_SET_UID);
  }

  #found(set: number, isSeen: boolean, seenTemplate: number, uid: string): StatefulSet | undefined {
    if (set === 0) return undefined;
    return remembered(this.#sets, `${set} ${isSeen} ${seenTemplate} ${uid}`, () => {
      const object = this.sets.of(set);
      const metadata = {
        ...object.metadata,
        uid,
        resourceVersion: String(set),
        generation: 2,
      };
      const status =
        seenTemplate === 0
          ? {}
          : { observedGeneration: isSeen ? 2 : 1, updateRevision: revisionOf(seenTemplate) };
      return { ...object, metadata, status };
    });
  }

  /** As the operator plans: by these alone of what was found, which is looked at now and then. */
  plan(found: Found, { edits, set, readSet }: World): Planned {
    const running = [runningMembers(found), runningReadReplicas(found)];
    const key = [edits, set, readSet, found.cluster.status?.clusterId, ...running].join(' ');
    const planned = remembered(this.#plans, key, () => this.#planned(planOf(found, CONTEXT)));
    if (++this.#asked % SAMPLE === 0 && this.#planned(planOf(found, CONTEXT)).set !== planned.set)
      throw new Error('a plan depends on more of what was found than the walk knows (catalogue.ts, plan)');
    return planned;
  }

  /** What a later decision still depends on of a status that something has happened since: it is written anew, whatever else it says. */
  remnantOf(status: number): number {
    if (status === 0) return 0;
    return remembered(this.#remnants, status, () =>
      this.statuses.numberOf(remnantOf(this.statuses.of(status))),
    );
  }

  setNumber(object: StatefulSet): number {
    return this.sets.numberOf(object);
  }

  templateOf(set: number): number {
    const { template } = this.sets.of(set).spec;
    return template === undefined ? 0 : this.templates.numberOf(template);
  }

  isBroken(template: number): boolean {
    return this.versionOf(template) === BROKEN_VERSION;
  }

  versionOf(template: number): string {
    return this.containersOf(template)[0]?.image?.split(':').at(-1) ?? '';
  }

  containersOf(template: number): readonly Container[] {
    return this.templates.of(template).spec?.containers ?? [];
  }

  /** An index of SIZES and 1. */
  claimSizeOf(set: number): number {
    const [claim] = this.sets.of(set).spec.volumeClaimTemplates ?? [];
    return sizeNumber(
      (claim as { spec: { resources: { requests: { storage: string } } } }).spec.resources.requests.storage,
    );
  }

  replicasOf(set: number): number {
    return set === 0 ? 0 : (this.sets.of(set).spec.replicas ?? 0);
  }

  #planned(plan: Plan): Planned {
    const others = plan.objects.filter(({ kind }) => kind !== 'StatefulSet');
    const set = plan.objects.find(({ kind }) => kind === 'StatefulSet') as StatefulSet | undefined;
    const readSet = plan.readReplicas.at(-1) as StatefulSet | undefined;
    if (set === undefined) throw new Error(`a plan without a StatefulSet: ${plan.invalid}`);
    return {
      plan,
      infrastructure: this.infrastructures.numberOf(toldBy(others), JSON.stringify(others)),
      set: this.sets.numberOf(set),
      readSet: readSet === undefined ? 0 : this.sets.numberOf(readSet),
    };
  }
}

function remnantOf({
  clusterId,
  recovery,
  voters,
  currentVersion,
  operation,
  conditions = [],
  tls,
}: CoordinationClusterStatus) {
  const quorum = conditions.find(({ type }) => type === 'QuorumHealthy');
  const { type, startedAt, target, forced } = operation ?? {};
  return {
    ...(clusterId === undefined ? {} : { clusterId }),
    ...(recovery === undefined ? {} : { recovery }),
    ...(voters === undefined ? {} : { voters }),
    ...(currentVersion === undefined ? {} : { currentVersion }),
    ...(operation === undefined
      ? {}
      : {
          operation: {
            type,
            startedAt,
            ...(target === undefined ? {} : { target }),
            ...(forced === undefined ? {} : { forced }),
          },
        }),
    ...(quorum === undefined ? {} : { conditions: [{ ...quorum, message: '' }] }),
    ...(tls?.peer === undefined ? {} : { tls: { peer: tls.peer } }),
  } as CoordinationClusterStatus;
}

/** Of the read replicas' StatefulSet: where it is deleted none of their pods is left, and nobody takes one for the other. */
export const READ_SET_UID = 'uid-read-set';

/** An index of FORCE_WORDS. */
export function forceWord(edit: string): number {
  return FORCE_WORDS.findIndex((word) => edit === `force ${word}`);
}

export const revisionOf = (template: number): string => `revision-${template}`;

export function sizeNumber(size: string): number {
  const place = (SIZES as readonly string[]).indexOf(size);
  if (place < 0) throw new Error(`no volume of the model has ${size}`);
  return place + 1;
}

function toldBy(objects: readonly KubeObject[]): Infrastructure {
  const config = objects.find(({ kind }) => kind === 'ConfigMap') as KubeObject & {
    readonly data: Readonly<Record<string, string>>;
  };
  const text = Object.values(config.data).join('\n');
  return { members: text.match(/^ {2}- id: /gm)?.length ?? 0, hasClusterId: /^clusterId: /m.test(text) };
}

/** Values under numbers from 1, equal ones under the same. */
class Numbered<Value extends object> {
  readonly #values: Value[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #known = new WeakMap<Value, number>();

  numberOf(value: Value, text?: string): number {
    const known = text === undefined ? this.#known.get(value) : undefined;
    if (known !== undefined) return known;
    const number = remembered(this.#numbers, text ?? JSON.stringify(value), () => this.#values.push(value));
    if (text === undefined) this.#known.set(value, number);
    return number;
  }

  of(number: number): Value {
    const value = this.#values[number - 1];
    if (value === undefined) throw new Error(`nothing has the number ${number}`);
    return value;
  }
}

function remembered<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
