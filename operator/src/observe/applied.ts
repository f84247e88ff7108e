import type { CoordinationCluster } from '@rookery/crds';
import { type KubeObject, keyOf } from '@rookery/kube/objects';
import type { ObjectState } from '../model/observed.ts';
import { contentHash } from './canonical.ts';

interface Entry {
  readonly wanted: string;
  readonly answer: string;
  /** What the answer replaced. */
  readonly before: string | undefined;
}

/**
 * Remembers what was applied and what the API server made of it. An object is right while it is equal to that answer.
 *
 * Comparing with what is wanted, field by field, would need to know which defaults the API server fills in, how it writes quantities and
 * which lists it merges; its own answer knows all that, for every version of it. Whatever anybody changes later differs from the answer,
 * fields included that nobody asked for. After a start nothing is remembered, and each object is applied once: where nothing differs,
 * that is no change and no event.
 */
export class AppliedObjects {
  readonly #entries = new Map<string, Entry>();

  /** @param cluster whose object it is to be */
  stateOf(cluster: CoordinationCluster, wanted: KubeObject, found: KubeObject | undefined): ObjectState {
    const entry = this.#entries.get(keyFor(wanted));
    const asBefore = entry !== undefined && entry.wanted === contentHash(wanted);
    if (found === undefined) return asBefore ? 'drifted' : 'missing';
    if (!isOwnedBy(found, cluster)) return isLeftOver(found, cluster) ? 'leaving' : 'foreign';
    if (found.metadata.deletionTimestamp !== undefined) return 'leaving';
    if (!asBefore) return 'differs';
    const content = contentHash(found);
    if (content === entry.answer) return 'right';
    // The cache may be behind our own write. Applied again that is no change, and nobody has to hear of it.
    return content === entry.before ? 'differs' : 'drifted';
  }

  record(wanted: KubeObject, before: KubeObject | undefined, answer: KubeObject): void {
    this.#entries.set(keyFor(wanted), {
      wanted: contentHash(wanted),
      before: before && contentHash(before),
      answer: contentHash(answer),
    });
  }

  /** All that belongs to a cluster that is gone. */
  forget(cluster: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(`${cluster} `)) this.#entries.delete(key);
  }
}

export function isOwnedBy(object: KubeObject, { metadata }: CoordinationCluster): boolean {
  return controllerOf(object)?.uid === metadata.uid;
}

/** Of a cluster of this name that was deleted: Kubernetes is about to collect it. */
function isLeftOver(object: KubeObject, { kind, metadata }: CoordinationCluster): boolean {
  const controller = controllerOf(object);
  return controller?.kind === kind && controller.name === metadata.name;
}

/** Whose object it is; undefined: nobody's. */
export function controllerOf(object: KubeObject) {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** Begins with the key of the cluster, which is the owner of what is wanted. */
function keyFor(wanted: KubeObject): string {
  const cluster = keyOf({ ...wanted.metadata, name: controllerOf(wanted)?.name ?? '' });
  return `${cluster} ${wanted.kind} ${wanted.metadata.name}`;
}
