import { type KubeObject, keyOf, type ObjectName } from './objects.ts';

/** What the cache's readers see. It may be behind the API server: before a destructive step ask that one. */
export interface StoreView<T extends KubeObject> {
  get(name: ObjectName): T | undefined;
  list(namespace?: string): T[];
}

/** The objects of one type as they were last heard of. Each change is told to `onChange` with the states before and after. */
export class Store<T extends KubeObject> implements StoreView<T> {
  readonly #objects = new Map<string, T>();
  readonly #onChange: (before: T | undefined, after: T | undefined) => void;

  constructor(onChange: (before: T | undefined, after: T | undefined) => void) {
    this.#onChange = onChange;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(name: ObjectName): T | undefined {
    return this.#objects.get(keyOf(name));
  }

  list(namespace?: string): T[] {
    const all = [...this.#objects.values()];
    return namespace === undefined ? all : all.filter(({ metadata }) => metadata.namespace === namespace);
  }

  put(object: T): void {
    const key = keyOf(object.metadata);
    const before = this.#objects.get(key);
    this.#objects.set(key, object);
    this.#onChange(before, object);
  }

  remove(object: T): void {
    const key = keyOf(object.metadata);
    const before = this.#objects.get(key);
    this.#objects.delete(key);
    this.#onChange(before, undefined);
  }

  /** Becomes equal to a whole list. Tells of what differs only; what a list no longer has was deleted while nobody listened. */
  replaceAll(objects: readonly T[]): void {
    const listed = new Set(objects.map(({ metadata }) => keyOf(metadata)));
    for (const [key, gone] of [...this.#objects]) if (!listed.has(key)) this.remove(gone);
    for (const object of objects) {
      const before = this.get(object.metadata);
      const same =
        before?.metadata.uid === object.metadata.uid &&
        before?.metadata.resourceVersion === object.metadata.resourceVersion;
      if (before === undefined || !same) this.put(object);
    }
  }
}

/** Several namespaces, each with a store of its own, as one. */
export function joinStores<T extends KubeObject>(stores: readonly StoreView<T>[]): StoreView<T> {
  return {
    get: (name) => {
      for (const store of stores) {
        const object = store.get(name);
        if (object !== undefined) return object;
      }
      return undefined;
    },
    list: (namespace) => stores.flatMap((store) => store.list(namespace)),
  };
}
