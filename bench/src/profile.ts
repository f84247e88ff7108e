import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  /** Ids of the nodes that it called. */
  readonly children?: readonly number[];
}

/** The parts of V8's .cpuprofile that are read here; times in microseconds. A node is a function in one call stack. */
interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  readonly name: string;
  /** File and line; of native functions the caller; empty for the engine's own work. */
  readonly where: string;
  readonly ms: number;
  /** Of the time in which the process was not idle, 0 to 1. */
  readonly share: number;
}

const IDLE = '(idle)';

/**
 * The functions that took most time themselves, from the largest profile in a folder; none when there is no profile. Only
 * the last `lastMs` before the process ended count: what comes before is its start.
 */
export function topSelfTimes(folder: string, count: number, lastMs: number): SelfTime[] {
  const file = largestProfile(folder);
  if (file === undefined) return [];
  return selfTimes(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile, lastMs).slice(0, count);
}

export function selfTimes(profile: CpuProfile, lastMs = Number.POSITIVE_INFINITY): SelfTime[] {
  const microsById = new Map<number, number>();
  let untilEndMicros = 0;
  for (let i = profile.samples.length - 1; i >= 0 && untilEndMicros <= lastMs * 1000; i--) {
    const id = profile.samples[i]!;
    const micros = profile.timeDeltas[i] ?? 0;
    untilEndMicros += micros;
    microsById.set(id, (microsById.get(id) ?? 0) + micros);
  }
  const callers = new Map<number, ProfileNode>();
  for (const node of profile.nodes) for (const child of node.children ?? []) callers.set(child, node);

  const microsByFunction = new Map<string, { name: string; where: string; micros: number }>();
  let busyMicros = 0;
  for (const node of profile.nodes) {
    const micros = microsById.get(node.id) ?? 0;
    if (micros === 0 || node.callFrame.functionName === IDLE) continue;
    busyMicros += micros;
    const name = node.callFrame.functionName || '(anonymous)';
    const where = whereOf(node, callers.get(node.id));
    const key = `${name} ${where}`;
    const entry = microsByFunction.get(key) ?? { name, where, micros: 0 };
    entry.micros += micros;
    microsByFunction.set(key, entry);
  }
  return [...microsByFunction.values()]
    .sort((a, b) => b.micros - a.micros)
    .map(({ name, where, micros }) => ({ name, where, ms: micros / 1000, share: micros / busyMicros }));
}

/** Native functions have no place of their own, and some share a name: the caller tells a socket's write from a file's. */
function whereOf(node: ProfileNode, caller: ProfileNode | undefined): string {
  if (node.callFrame.url !== '') return `${shortened(node.callFrame.url)}:${node.callFrame.lineNumber + 1}`;
  const from = caller?.callFrame.functionName ?? '';
  return from === '' || from.startsWith('(') ? '' : `from ${from}`;
}

function shortened(url: string): string {
  return url.split('/').slice(-3).join('/');
}

/** A member that starts workers leaves several profiles: its main thread's is the largest. */
function largestProfile(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => join(folder, name))
    .sort((a, b) => statSync(b).size - statSync(a).size)[0];
}
