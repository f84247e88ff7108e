import type { Action, Operation, Result } from './operation.ts';

/** Writes a history down while it happens. */
export class Recorder {
  readonly #operations: { -readonly [K in keyof Operation]: Operation[K] }[] = [];
  #instant = 0;

  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /** Returns the operation's id. */
  invoke(client: number, session: number, action: Action): number {
    const id = this.#operations.length;
    this.#operations.push({
      id,
      client,
      session,
      action,
      invoked: this.#instant++,
      completed: Infinity,
      result: { kind: 'unknown' },
    });
    return id;
  }

  complete(id: number, result: Result): void {
    const operation = this.#operations[id];
    if (operation === undefined || operation.completed !== Infinity) {
      throw new Error(`operation ${id} was not open`);
    }
    operation.completed = this.#instant++;
    operation.result = result;
  }
}
