import type { WatchFacts } from './facts.ts';
import { javaHex } from './java-text.ts';

/** How many watch how much. */
export function watchCounts(watches: WatchFacts): { connections: number; paths: number; total: number } {
  let connections = 0;
  let total = 0;
  const paths = new Set<string>();
  for (const each of watches.bySession()) {
    if (each.paths.length === 0) continue;
    connections++;
    total += each.paths.length;
    for (const path of each.paths) paths.add(path);
  }
  return { connections, paths: paths.size, total };
}

/** `wchs`. */
export function watchSummary(watches: WatchFacts): string {
  const { connections, paths, total } = watchCounts(watches);
  return `${connections} connections watching ${paths} paths\nTotal watches:${total}\n`;
}

/** `wchc`: the watched paths of each session. */
export function watchesBySession(watches: WatchFacts): string {
  let text = '';
  for (const { session, paths } of watches.bySession()) {
    if (paths.length > 0) text += `0x${javaHex(session)}\n${paths.map((path) => `\t${path}\n`).join('')}`;
  }
  return `${text}\n`;
}

/** `wchp`: the sessions that watch each path. */
export function watchesByPath(watches: WatchFacts): string {
  const byPath = new Map<string, string>();
  for (const { session, paths } of watches.bySession()) {
    for (const path of paths) byPath.set(path, `${byPath.get(path) ?? ''}\t0x${javaHex(session)}\n`);
  }
  let text = '';
  for (const [path, sessions] of byPath) text += `${path}\n${sessions}`;
  return `${text}\n`;
}
