import type { Action } from '../history/operation.ts';
import type { ActionSource } from './client.ts';

/** A list of requests, each asked until it was answered. */
export class Script implements ActionSource {
  #waiting: Action[];
  #unanswered: number;

  constructor(actions: readonly Action[]) {
    this.#waiting = [...actions];
    this.#unanswered = actions.length;
  }

  get done(): boolean {
    return this.#unanswered === 0;
  }

  next(): readonly Action[] {
    const next = this.#waiting.shift();
    return next === undefined ? [] : [next];
  }

  learn(): void {
    this.#unanswered--;
  }

  lost(action: Action): void {
    this.#waiting.push(action);
  }
}
