import type { KubeObject } from '@rookery/kube/objects';

interface Written {
  /** Versions that our writes have replaced: a cache that shows one of these has not heard of them yet. */
  readonly replaced: Set<string>;
  readonly answer: KubeObject;
}

/**
 * What the API server answered to this process's own writes, for as long as the caches do not show it: without it a cluster's
 * identity that was just recorded would be unknown for a moment. Versions are compared for equality only, and none comes twice.
 */
export class OwnWrites {
  readonly #written = new Map<string, Written>();

  /** @param before the version that was seen when the write was decided; undefined: there was no object */
  wrote(key: string, before: string | undefined, answer: KubeObject): void {
    const replaced = new Set(this.#written.get(key)?.replaced);
    if (before !== undefined) replaced.add(before);
    // A write that changes nothing leaves the version: the cache is as new as the answer.
    if (answer.metadata.resourceVersion === before) this.#written.delete(key);
    else this.#written.set(key, { replaced, answer });
  }

  /** The newer of what a cache shows and what this process wrote. */
  latest<T extends KubeObject>(key: string, cached: T): T {
    const written = this.#written.get(key);
    if (written === undefined) return cached;
    const { resourceVersion } = cached.metadata;
    if (resourceVersion !== undefined && written.replaced.has(resourceVersion)) return written.answer as T;
    this.#written.delete(key);
    return cached;
  }

  forget(key: string): void {
    this.#written.delete(key);
  }
}
