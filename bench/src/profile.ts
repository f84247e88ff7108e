import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of V8's .cpuprofile that are read here; times in microseconds. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  readonly name: string;
  /** File and line; empty for the engine's own work. */
  readonly where: string;
  readonly ms: number;
  /** Of the time in which the process was not idle, 0 to 1. */
  readonly share: number;
}

const IDLE = '(idle)';

/** The functions that took most time themselves, from the largest profile in a folder; none when there is no profile. */
export function topSelfTimes(folder: string, count: number): SelfTime[] {
  const file = largestProfile(folder);
  return file === undefined
    ? []
    : selfTimes(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile).slice(0, count);
}

export function selfTimes(profile: CpuProfile): SelfTime[] {
  const microsById = new Map<number, number>();
  profile.samples.forEach((id, i) => {
    microsById.set(id, (microsById.get(id) ?? 0) + (profile.timeDeltas[i] ?? 0));
  });
  const microsByFunction = new Map<string, { name: string; where: string; micros: number }>();
  let busyMicros = 0;
  for (const { id, callFrame } of profile.nodes) {
    const micros = microsById.get(id) ?? 0;
    if (micros === 0 || callFrame.functionName === IDLE) continue;
    busyMicros += micros;
    const where = callFrame.url === '' ? '' : `${shortened(callFrame.url)}:${callFrame.lineNumber + 1}`;
    const name = callFrame.functionName || '(anonymous)';
    const key = `${name} ${where}`;
    const entry = microsByFunction.get(key) ?? { name, where, micros: 0 };
    entry.micros += micros;
    microsByFunction.set(key, entry);
  }
  return [...microsByFunction.values()]
    .sort((a, b) => b.micros - a.micros)
    .map(({ name, where, micros }) => ({ name, where, ms: micros / 1000, share: micros / busyMicros }));
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
