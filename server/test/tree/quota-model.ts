import { writeQuotaText } from '../../src/tree/quota-text.ts';

interface ModelNode {
  data: string | null;
  /** Of an ephemeral node: its session. */
  readonly session: number;
}

/** One step of a write, in plain words. `data` null is no data. */
export type ModelStep =
  | { readonly op: 'create'; readonly path: string; readonly data: string | null; readonly session?: number }
  | { readonly op: 'delete'; readonly path: string }
  | { readonly op: 'setData'; readonly path: string; readonly data: string | null };

const FOLDER = '/zookeeper/quota';
const LIMITS = '/zookeeper_limits';
const STATS = '/zookeeper_stats';

type Numbers = ReadonlyMap<string, number>;

/** undefined where it is no list of `name=number`. */
function numbersOf(text: string | null): Numbers | undefined {
  const pairs = (text ?? '').split(/[,;]/).filter((pair) => pair !== '');
  const read = pairs.map((pair) => pair.split('='));
  if (read.some(([, value]) => value === undefined || !/^-?\d+$/.test(value))) return undefined;
  return new Map(read.map(([name, value]) => [name!, Number(value)]));
}

/**
 * Quotas as Apache ZooKeeper 3.9.5 keeps them, in the plainest way: all nodes by path, each quota looked for by all prefixes of a path, and a text
 * that is read and written anew each time. Access lists, versions and sequences are not there.
 */
export class QuotaModel {
  nodes = new Map<string, ModelNode>(
    ['/', '/zookeeper', '/zookeeper/config', FOLDER].map((path) => [path, { data: '', session: 0 }]),
  );

  /** Stats that the write has made: they do not hold before it is through. */
  readonly #made = new Set<string>();

  apply(steps: readonly ModelStep[], enforces: boolean): number[] {
    const before = new Map([...this.nodes].map(([path, node]) => [path, { ...node }]));
    const codes: number[] = [];
    this.#made.clear();
    for (const step of steps) {
      const code = this.#step(step, enforces);
      codes.push(code);
      if (code === 0) continue;
      this.nodes = before;
      while (codes.length < steps.length) codes.push(-2);
      break;
    }
    return codes;
  }

  closeSession(session: number): void {
    const owned = [...this.nodes].filter(([, node]) => node.session === session).map(([path]) => path);
    for (const path of owned.sort()) this.#remove(path);
  }

  /** Counts what is below every quota that has stats: as when quotas come into force. */
  recount(): void {
    for (const path of this.nodes.keys())
      if (path.startsWith(`${FOLDER}/`) && path.endsWith(LIMITS))
        this.#countBelow(path.slice(FOLDER.length, -LIMITS.length));
  }

  #step(step: ModelStep, enforces: boolean): number {
    const { op, path } = step;
    const node = this.nodes.get(path);
    if (op === 'create') {
      const parent = this.nodes.get(parentOf(path));
      if (parent === undefined) return -101;
      if (node !== undefined) return -110;
      if (parent.session > 0) return -108;
      const code = this.#refusal(path, step.data, 1, lengthOf(step.data), enforces);
      if (code !== 0) return code;
      this.nodes.set(path, { data: step.data, session: step.session ?? 0 });
      this.#made.add(path);
      this.#add(path, 1, lengthOf(step.data));
      if (path.startsWith(`${FOLDER}/`) && path.endsWith(STATS))
        this.#countBelow(path.slice(FOLDER.length, -STATS.length));
      return 0;
    }
    if (node === undefined) return -101;
    if (op === 'delete') {
      if ([...this.nodes.keys()].some((other) => other.startsWith(`${path}/`))) return -111;
      this.#remove(path);
      return 0;
    }
    const more = lengthOf(step.data) - lengthOf(node.data);
    const code = this.#refusal(path, step.data, 0, more, enforces);
    if (code !== 0) return code;
    node.data = step.data;
    this.#add(path, 0, more);
    return 0;
  }

  #remove(path: string): void {
    const { data } = this.nodes.get(path)!;
    this.nodes.delete(path);
    this.#add(path, -1, -lengthOf(data));
  }

  #refusal(path: string, data: string | null, count: number, bytes: number, enforces: boolean): number {
    if (path.startsWith(`${FOLDER}/`) && (path.endsWith(LIMITS) || path.endsWith(STATS))) {
      if (parentOf(path) === FOLDER || numbersOf(data) === undefined) return -8;
    }
    const prefix = this.#quotaOf(path);
    if (prefix === undefined || !enforces) return 0;
    const limits = numbersOf(this.nodes.get(FOLDER + prefix + LIMITS)!.data)!;
    const stats = this.nodes.get(FOLDER + prefix + STATS);
    if (stats === undefined || this.#made.has(FOLDER + prefix + STATS)) return 0;
    const now = numbersOf(stats.data)!;
    const isOver = (name: string, hard: string, more: number): boolean => {
      const most = limits.get(hard) ?? -1;
      return more !== 0 && most > -1 && (now.get(name) ?? -1) + more > most;
    };
    return isOver('count', 'countHardLimit', count) || isOver('bytes', 'byteHardLimit', bytes) ? -125 : 0;
  }

  #add(path: string, count: number, bytes: number): void {
    const prefix = this.#quotaOf(path);
    const stats = prefix === undefined ? undefined : this.nodes.get(FOLDER + prefix + STATS);
    if (stats === undefined) return;
    const now = numbersOf(stats.data)!;
    stats.data = writeQuotaText(
      (now.get('count') ?? -1) + count,
      (now.get('bytes') ?? -1) + bytes,
      undefined,
    );
  }

  #quotaOf(path: string): string | undefined {
    const names = path.split('/').slice(1);
    const prefixes = names.map((_, at) => `/${names.slice(0, at + 1).join('/')}`);
    return prefixes.findLast((prefix) => this.nodes.has(FOLDER + prefix + LIMITS));
  }

  #countBelow(prefix: string): void {
    const stats = this.nodes.get(FOLDER + prefix + STATS);
    if (stats === undefined) return;
    const below = [...this.nodes].filter(([path]) => path === prefix || path.startsWith(`${prefix}/`));
    const bytes = below.reduce((sum, [, { data }]) => sum + lengthOf(data), 0);
    stats.data = writeQuotaText(below.length, bytes, undefined);
  }
}

function lengthOf(data: string | null): number {
  return data?.length ?? 0;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 1));
}
