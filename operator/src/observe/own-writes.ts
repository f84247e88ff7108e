import type { KubeObject } from '@rookery/kube/objects';

interface Written {
  /** Versions that our writes have replaced: a cache that shows one of these has not heard of them yet. */
  readonly replaced: Set<string>;
  readonly answer: KubeObject;
}

/** The UID of what this process has deleted: a cache that shows it has not heard of that yet. */
interface Deleted {
  readonly uid: string;
}

/**
 * What the API server answered to this process's own writes, for as long as the caches do not show it: without it a cluster's
 * identity that was just recorded would be unknown for a moment. Versions are compared for equality only, and none comes twice.
 */
export class OwnWrites {
  readonly #written = new Map<string, Written | Deleted>();

  /** @param before the version that was seen when the write was decided; undefined: there was no object */
  wrote(key: string, before: string | undefined, answer: KubeObject): void {
    const earlier = this.#written.get(key);
    const replaced = new Set(earlier !== undefined && 'replaced' in earlier ? earlier.replaced : []);
    if (before !== undefined) replaced.add(before);
    // A write that changes nothing leaves the version: the cache is as new as the answer.
    if (answer.metadata.resourceVersion === before) this.#written.delete(key);
    else this.#written.set(key, { replaced, answer });
  }

  deleted(key: string, uid: string): void {
    this.#written.set(key, { uid });
  }

  /** The newer of what a cache shows and what this process wrote; undefined where it has deleted what the cache shows. */
  latest<T extends KubeObject>(key: string, cached: T): T | undefined {
    const written = this.#written.get(key);
    if (written === undefined) return cached;
    const { resourceVersion, uid } = cached.metadata;
    if ('uid' in written) {
      if (written.uid === uid) return undefined;
    } else if (resourceVersion !== undefined && written.replaced.has(resourceVersion)) {
      return written.answer as T;
    }
    this.#written.delete(key);
    return cached;
  }

  forget(key: string): void {
    this.#written.delete(key);
  }
}
