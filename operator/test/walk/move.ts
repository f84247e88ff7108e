import { podName as nameOfPod } from '../../src/model/cluster-names.ts';
import { copyOf, settle, type World } from './world.ts';

/**
 * - `fair`: happens sooner or later if it goes on being possible, and so does what users do
 * - `fault`: may happen, and costs one of the faults that a way may have
 */
export interface Move {
  readonly kind: 'fair' | 'fault';
  readonly label: string;
  readonly next: World;
}

export const podName = (ordinal: number): string => nameOfPod('zk', ordinal);

/** All that may happen in one state without the operator. */
export class Moves {
  readonly all: Move[] = [];
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  fair(label: string, change: (next: World) => void): void {
    this.#add('fair', label, change);
  }

  fault(label: string, change: (next: World) => void): void {
    this.#add('fault', label, (next) => {
      next.faults--;
      change(next);
    });
  }

  #add(kind: Move['kind'], label: string, change: (next: World) => void): void {
    const next = copyOf(this.#world);
    change(next);
    this.all.push({ kind, label, next: settle(next) });
  }
}
