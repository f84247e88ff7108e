import { readdirSync, readFileSync } from 'node:fs';
import type { Place } from './secret-search.ts';

/**
 * What other users of the machine, and the programs that it starts, see of a process: its arguments, and those and the environment of each of
 * its descendants. Its own environment is left out: who gives a secret there has chosen so, and nobody else can read it.
 */
export function processPlaces(pid: number, name: string): Place[] {
  const descendants = descendantsOf(pid);
  return [
    { name: `the arguments of ${name}`, content: read(`/proc/${pid}/cmdline`) },
    ...descendants.flatMap((child) => [
      { name: `the arguments of ${child}, started by ${name}`, content: read(`/proc/${child}/cmdline`) },
      { name: `the environment of ${child}, started by ${name}`, content: read(`/proc/${child}/environ`) },
    ]),
  ];
}

function descendantsOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = read(`/proc/${entry}/stat`).toString('latin1');
    // The command name may hold blanks and parentheses; state and parent stand behind its last one.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent > 0) parents.set(Number(entry), parent);
  }
  const found: number[] = [];
  const todo = [pid];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    for (const [child, parent] of parents) {
      if (parent !== next) continue;
      found.push(child);
      todo.push(child);
    }
  }
  return found;
}

/** Empty where the process has ended meanwhile. */
function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}
