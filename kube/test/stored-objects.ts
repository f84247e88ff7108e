import type { KubeObject } from '../src/objects.ts';

export interface StoredEvent {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly collection: string;
  readonly object: KubeObject;
}

/** What the scripted API server keeps: objects by path, one version for all, and the history that watches are fed from. */
export class StoredObjects {
  readonly #objects = new Map<string, KubeObject>();
  #history: StoredEvent[] = [];
  version = 100;
  /** Watches from before this version are answered with 410. */
  compactedAt = 0;
  onEvent: (event: StoredEvent) => void = () => {};

  get(path: string): KubeObject | undefined {
    return this.#objects.get(path);
  }

  paths(): string[] {
    return [...this.#objects.keys()].sort();
  }

  list(collection: string): KubeObject[] {
    return [...this.#objects]
      .filter(([path]) => collectionOf(path) === collection)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object);
  }

  put(path: string, object: KubeObject): KubeObject {
    const before = this.#objects.get(path);
    this.version++;
    const uid = before?.metadata.uid ?? `uid-${this.version}`;
    const generation = generationOf(object, before);
    const metadata = {
      ...object.metadata,
      uid,
      resourceVersion: String(this.version),
      ...(generation === undefined ? {} : { generation }),
    };
    const stored = { ...object, metadata };
    this.#objects.set(path, stored);
    this.#tell(before === undefined ? 'ADDED' : 'MODIFIED', path, stored);
    return stored;
  }

  remove(path: string): KubeObject {
    const before = this.#objects.get(path);
    if (before === undefined) throw new Error(`there is no ${path} to remove`);
    this.#objects.delete(path);
    this.version++;
    const metadata = { ...before.metadata, resourceVersion: String(this.version) };
    this.#tell('DELETED', path, { ...before, metadata });
    return before;
  }

  since(collection: string, version: number): StoredEvent[] {
    return this.#history.filter((event) => event.collection === collection && event.version > version);
  }

  /** Forgets the history: whoever was away has to list. */
  compact(): void {
    this.compactedAt = this.version;
    this.#history = [];
  }

  #tell(type: StoredEvent['type'], path: string, object: KubeObject): void {
    const event = { version: this.version, type, collection: collectionOf(path), object };
    this.#history.push(event);
    this.onEvent(event);
  }
}

/** Each other spec is another one, unless whoever writes it says which. */
function generationOf(object: KubeObject, before: KubeObject | undefined): number | undefined {
  const specOf = (whose: KubeObject): string | undefined =>
    JSON.stringify((whose as { spec?: unknown }).spec);
  const given = object.metadata.generation;
  if (specOf(object) === undefined) return given;
  if (before === undefined) return given ?? 1;
  const last = before.metadata.generation ?? 1;
  if (given !== undefined && given !== last) return given;
  return specOf(object) === specOf(before) ? last : last + 1;
}

function collectionOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
