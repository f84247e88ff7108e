import type { Prng } from '../prng.ts';
import type { FaultyFile } from './faulty-file.ts';

export type FolderItem = FaultyFile | FaultyFolder;

type Change =
  | { readonly kind: 'add'; readonly name: string; readonly item: FolderItem }
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string; readonly item: FolderItem };

/** A folder's names: as they are seen, and as they are on the platter. Changes since the last sync may or may not survive a crash. */
export class FaultyFolder {
  #cached = new Map<string, FolderItem>();
  readonly #durable = new Map<string, FolderItem>();
  #unsynced: { readonly number: number; readonly change: Change }[] = [];
  #changes = 0;

  get(name: string): FolderItem | undefined {
    return this.#cached.get(name);
  }

  names(): string[] {
    return [...this.#cached.keys()];
  }

  items(): FolderItem[] {
    return [...this.#cached.values()];
  }

  add(name: string, item: FolderItem): void {
    this.#change({ kind: 'add', name, item });
  }

  remove(name: string): void {
    this.#change({ kind: 'remove', name });
  }

  rename(from: string, to: string, item: FolderItem): void {
    this.#change({ kind: 'rename', from, to, item });
  }

  beginSync(): number {
    return this.#changes;
  }

  synced(upTo: number): void {
    for (const change of this.#take(upTo)) apply(this.#durable, change);
  }

  syncFailed(upTo: number, prng: Prng): void {
    for (const change of this.#take(upTo)) if (prng.chance(0.5)) apply(this.#durable, change);
  }

  /** Of this folder and, since files stay what they are whatever their names, of all that the names lead to. */
  crash(prng: Prng): { lostNames: number; tornFiles: number } {
    const changes = this.#take(this.#changes);
    const survives = prng.pick([0, 0.5, 0.9, 1]);
    let lostNames = 0;
    let tornFiles = 0;
    for (const change of changes) {
      if (prng.chance(survives)) apply(this.#durable, change);
      else lostNames++;
    }
    this.#cached = new Map(this.#durable);
    for (const item of new Set(this.#cached.values())) {
      if (item instanceof FaultyFolder) {
        const inner = item.crash(prng);
        lostNames += inner.lostNames;
        tornFiles += inner.tornFiles;
      } else if (item.crash(prng)) {
        tornFiles++;
      }
    }
    return { lostNames, tornFiles };
  }

  #take(upTo: number): Change[] {
    const taken = this.#unsynced.filter(({ number }) => number <= upTo);
    this.#unsynced = this.#unsynced.filter(({ number }) => number > upTo);
    return taken.map(({ change }) => change);
  }

  #change(change: Change): void {
    apply(this.#cached, change);
    this.#unsynced.push({ number: ++this.#changes, change });
  }
}

function apply(names: Map<string, FolderItem>, change: Change): void {
  switch (change.kind) {
    case 'add':
      names.set(change.name, change.item);
      return;
    case 'remove':
      names.delete(change.name);
      return;
    case 'rename':
      names.delete(change.from);
      names.set(change.to, change.item);
      return;
    default:
      change satisfies never;
  }
}
