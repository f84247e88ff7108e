import { createHash, randomInt } from 'node:crypto';
import type { Timer } from '../ports.ts';

export function randomBelow(bound: number): number {
  return bound < 1 ? 0 : randomInt(Math.floor(bound));
}

export function md5(message: Uint8Array): Uint8Array {
  return createHash('md5').update(message).digest();
}

/** What every client in a process of Node has of it: its clock, its timers, its turns, chance. */
export class Machine {
  nowMs(): number {
    return performance.now();
  }

  wallMs(): number {
    return Date.now();
  }

  after(delayMs: number, task: () => void): Timer {
    const timer = setTimeout(task, delayMs);
    return { cancel: () => clearTimeout(timer) };
  }

  atTurnEnd(task: () => void): void {
    setImmediate(task);
  }

  random(bound: number): number {
    return randomBelow(bound);
  }

  md5(message: Uint8Array): Uint8Array {
    return md5(message);
  }
}
